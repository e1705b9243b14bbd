import { expect, it } from 'vitest';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type SeriesKey, seriesKey } from '../../../shared/schemas/series.ts';
import type { Dataset } from '../../../workers/trainer/data/dataset.ts';
import { findImplausibilities } from '../../panels/expected-range.ts';
import { FIRST_DAY, smallDataset } from '../../support/datasets/small-dataset.ts';
import type { PanelForecast } from '../../support/trainer/forecast-panel.ts';

const DAYS = 70;
const dataset = smallDataset(DAYS, ['DAIRY']);
const KEY: SeriesKey = '1:DAIRY';

/** What each weekday sold, but `units` on the days of `h` of the first series. */
function forecastWith(units: number, h: readonly number[] = []): PanelForecast {
  const series = dataset.panel.series.map(({ storeNbr, family }) => {
    const key = seriesKey(storeNbr, family);
    const days = Array.from({ length: 16 }, (_, i) => {
      const usual = 1 + ((DAYS + i) % 7);
      const median = key === KEY && h.includes(i + 1) ? units : usual;
      return { median, mean: median, p10: median, p90: median };
    });
    return [key, { days, cumulative: [] }] as const;
  });
  return { series: new Map(series), replaced: 0 };
}

const holidayOn = (h: number): Dataset['holidays'] => [
  {
    ...{ date: toIsoDate(FIRST_DAY + DAYS - 1 + h), type: 'Holiday', locale: 'National' },
    ...{ locale_name: 'Ecuador', description: 'a day', transferred: false },
  },
];

it('finds nothing in forecasts of what was sold', () => {
  expect(findImplausibilities(dataset, forecastWith(0))).toEqual([]);
});

it('finds forecasts above three times the most of the same weekdays, and of no number', () => {
  const found = findImplausibilities(dataset, forecastWith(12, [2, 7]));
  expect(found).toEqual([{ series: KEY, h: 2, units: 12, least: 2, greatest: 2 }]);
  expect(findImplausibilities(dataset, forecastWith(Number.NaN, [5]))).toHaveLength(1);
});

it('finds forecasts below a third of the least', () => {
  const large = {
    ...dataset,
    panel: { ...dataset.panel, milliUnits: dataset.panel.milliUnits.map((u) => u * 10) },
  };
  const low = findImplausibilities(large, forecastWith(1)).filter(({ series }) => series === KEY);
  expect(low.map(({ h }) => h)).toEqual(
    [2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 16].filter((h) => h % 7 !== 1),
  );
});

it('takes a planned promotion and a holiday for an explanation', () => {
  const onpromotion = dataset.panel.onpromotion.slice();
  onpromotion[DAYS + 1] = 4;
  const planned = { ...dataset, panel: { ...dataset.panel, onpromotion } };
  expect(findImplausibilities(planned, forecastWith(12, [2]))).toEqual([]);
  const withHoliday = { ...dataset, holidays: holidayOn(3) };
  expect(findImplausibilities(withHoliday, forecastWith(12, [2, 3, 4]))).toEqual([]);
  expect(findImplausibilities(withHoliday, forecastWith(40, [5]))).toHaveLength(1);
});

it('ignores zeros before the first sale of a series', () => {
  const milliUnits = dataset.panel.milliUnits.slice();
  // First sold two days before the end: three and four units.
  milliUnits.fill(0, 0, DAYS);
  milliUnits.set([3000, 4000], DAYS - 2);
  const launched = { ...dataset, panel: { ...dataset.panel, milliUnits } };
  expect(findImplausibilities(launched, forecastWith(14, [2]))).toEqual([]);
  expect(findImplausibilities(launched, forecastWith(16, [2]))).toEqual([
    { series: KEY, h: 2, units: 16, least: 3, greatest: 4 },
  ]);
});
