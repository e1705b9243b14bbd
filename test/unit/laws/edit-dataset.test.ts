import { describe, expect, it } from 'vitest';
import type { SeriesKey } from '../../../shared/schemas/series.ts';
import { notableChange, pairForecasts, quantileOf, relativeChange } from '../../laws/change.ts';
import { daysAgo, forgetDay, moveWeeks, putTogether, takeApart } from '../../laws/edit-dataset.ts';
import { smallDataset } from '../../support/datasets/small-dataset.ts';
import type { PanelForecast } from '../../support/trainer/forecast-panel.ts';

const dataset = smallDataset(30, ['A', 'B']);

describe('edited datasets', () => {
  it('are the same when they are put together as they were', () => {
    expect(putTogether(dataset, takeApart(dataset))).toEqual(dataset);
  });

  it('sort series that were added in another order', () => {
    const { series, stores } = takeApart(dataset);
    expect(putTogether(dataset, { series: series.toReversed(), stores: stores.toReversed() })).toEqual(
      dataset,
    );
  });

  it('end earlier, lack one day or move by weeks, and leave the original as it is', () => {
    const before = structuredClone(dataset);
    const shorter = daysAgo(dataset, 2).panel;
    expect(shorter.dayCount).toBe(28);
    expect([...shorter.milliUnits.subarray(28, 31)]).toEqual([1000, 2000, 3000]);
    expect(shorter.tickets).toHaveLength(56);
    const forgotten = forgetDay(dataset, 1, (key) => key === '2:A').panel.milliUnits;
    expect([forgotten.indexOf(-1), forgotten.lastIndexOf(-1)]).toEqual([88, 88]);
    const moved = moveWeeks(dataset, 3);
    expect([moved.panel.firstDay - dataset.panel.firstDay, moved.shiftDays]).toEqual([21, 21]);
    expect(dataset).toEqual(before);
  });
});

describe('changes of forecasts', () => {
  const forecastOf = (units: Readonly<Record<SeriesKey, number>>): PanelForecast => ({
    series: new Map(
      Object.entries(units).map(([key, median]) => [
        key as SeriesKey,
        { days: [{ median, mean: median, p10: 0, p90: median }], cumulative: [] },
      ]),
    ),
    replaced: 0,
  });

  it('are paired by series, as it is named afterwards', () => {
    const pairs = pairForecasts(forecastOf({ '1:A': 4, '1:B': 5 }), forecastOf({ '2:A': 8 }), (key) =>
      key === '1:A' ? '2:A' : null,
    );
    expect(pairs).toEqual([{ series: '1:A', h: 1, before: 4, after: 8 }]);
  });

  it('are infinite for a series that is not forecast afterwards', () => {
    const pairs = pairForecasts(forecastOf({ '1:A': 4, '1:B': 5 }), forecastOf({ '1:A': 4 }));
    expect(pairs.map(relativeChange)).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('are measured in shares of the greater, and one unit is none', () => {
    const pair = { series: '1:A' as const, h: 1 };
    expect(relativeChange({ ...pair, before: 4, after: 8 })).toBe(0.5);
    expect(relativeChange({ ...pair, before: 0, after: 0.2 })).toBe(0.2);
    expect(notableChange({ ...pair, before: 2, after: 1 })).toBe(0);
    expect(notableChange({ ...pair, before: 10, after: 8 })).toBeCloseTo(0.2);
    expect(notableChange({ ...pair, before: 10, after: Number.NaN })).toBe(Number.POSITIVE_INFINITY);
  });

  it('have quantiles', () => {
    expect(quantileOf([3, 1, 2, 4], 0.5)).toBe(2);
    expect(quantileOf([3, 1, 2, 4], 0.99)).toBe(4);
    expect(quantileOf([], 0.5)).toBeNaN();
  });
});
