import { describe, expect, it } from 'vitest';
import {
  buildForecastView,
  describeDay,
  describeForecast,
  forecastTotals,
} from '../../../../dashboard/src/forecast/forecast-view.ts';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { ForecastBody } from '../../../../shared/schemas/api/forecast.ts';
import type { SalesDailyBody } from '../../../../shared/schemas/api/sales-daily.ts';

const TODAY = '2026-11-22';
const dayAt = (offset: number) => toIsoDate(toDayNumber(TODAY) + offset);
const head = { store_nbr: '44', family: 'DAIRY', as_of: '2026-11-22T19:35:00.000Z', watermark: null };

const daily = (units: (number | null)[]): SalesDailyBody => ({
  ...head,
  points: units.map((value, index) => ({
    date: dayAt(index - units.length),
    units: value,
    onpromotion: index === 0 ? 9 : 0,
  })),
  today: { date: TODAY, units: 40, onpromotion: 2, complete: false },
});
const forecast = (count = 16): ForecastBody => ({
  ...head,
  origin: dayAt(-1),
  model_version: 'v1',
  points: Array.from({ length: count }, (_, index) => ({
    date: dayAt(index),
    h: index + 1,
    mean: 101,
    p10: 80,
    p50: 100 + index,
    p90: 130,
    source: 'model' as const,
    onpromotion: index === 3 ? 5 : 0,
    cumulative: null,
  })),
});

describe('the chart of sales and forecast', () => {
  it('has every day once, from the first sale to the last forecast', () => {
    const view = buildForecastView(daily([90, null, 110]), forecast(), 84);
    expect(view.days.map((day) => day.date)).toEqual(
      Array.from({ length: 19 }, (_, index) => dayAt(index - 3)),
    );
    expect(view.firstOpen).toBe(3);
    expect(view.days.slice(0, 4).map((day) => day.sold)).toEqual([90, null, 110, null]);
  });

  it("has today's sales so far and today's forecast", () => {
    const today = buildForecastView(daily([90]), forecast(), 84).days[1];
    expect(today).toMatchObject({ date: TODAY, soFar: 40, sold: null, forecast: { h: 1, p50: 100 } });
  });

  it('is as high as the upper end of the interval', () => {
    const view = buildForecastView(daily([90, 110]), forecast(), 84);
    expect(view.largest).toBe(130);
    expect(view.largestPromotion).toBe(9);
    expect(buildForecastView(daily([500]), forecast(), 84).largest).toBe(500);
  });

  it('keeps the newest days of a long history', () => {
    const view = buildForecastView(daily(Array.from({ length: 90 }, (_, index) => index)), forecast(), 42);
    expect(view.firstOpen).toBe(42);
    expect(view.days[0]).toMatchObject({ date: dayAt(-42), sold: 48 });
  });

  it('shows either one if the other is missing', () => {
    const sales = buildForecastView(daily([1, 2]), null, 84);
    expect([sales.days.length, sales.firstOpen]).toEqual([3, 2]);
    const ahead = buildForecastView(null, forecast(), 84);
    expect([ahead.days.length, ahead.firstOpen]).toEqual([16, 0]);
    expect(buildForecastView(null, null, 84).days).toEqual([]);
  });
});

describe('the totals', () => {
  it('add up means and compare with as many days before', () => {
    const [seven, fourteen] = forecastTotals(
      daily(Array.from({ length: 14 }, () => 100)),
      forecast(),
      [7, 14],
    );
    expect(seven).toMatchObject({ days: 7, from: TODAY, to: dayAt(6), units: 707 });
    expect(seven?.change).toBeCloseTo(0.01);
    expect(fourteen?.units).toBe(14 * 101);
  });

  it('have no comparison if a day is missing or unknown, or all were zero', () => {
    const change = (units: (number | null)[]) => forecastTotals(daily(units), forecast(), [7])[0]?.change;
    expect(change([1, 2, 3, 4, 5, 6])).toBeNull();
    expect(change([1, 2, 3, null, 5, 6, 7])).toBeNull();
    expect(change([0, 0, 0, 0, 0, 0, 0])).toBeNull();
    expect(forecastTotals(null, forecast(), [7])[0]?.change).toBeNull();
  });

  it('leave out a span beyond the forecast', () => {
    expect(forecastTotals(null, forecast(14), [7, 14, 16]).map((total) => total.days)).toEqual([7, 14]);
  });
});

describe('the chart in words', () => {
  it('names range, total and extremes', () => {
    const body = forecast();
    expect(describeForecast(buildForecastView(daily([90, null, 110]), body, 84), body)).toBe(
      '2 days of sales, from 90 to 110 units a day, 100 on average. Forecast from Sun 22 Nov to Mon 7 Dec: ' +
        '1,616 units in all, most on Mon 7 Dec (115), least on Sun 22 Nov (100).',
    );
    expect(describeForecast(buildForecastView(null, null, 84), null)).toBe(
      'No sales are known. No forecast.',
    );
  });

  it('describes one day in full', () => {
    const { days } = buildForecastView(daily([90, null]), forecast(), 84);
    expect(days.slice(0, 3).map(describeDay)).toEqual([
      'Fri 20 Nov, 90 sold, 9 items on promotion',
      'Sat 21 Nov, not known',
      'Sun 22 Nov, 40 sold so far, forecast 100, likely 80 to 130, 2 items on promotion',
    ]);
  });
});
