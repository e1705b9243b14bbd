import { describe, expect, it } from 'vitest';
import { createCovariates, HORIZON, type SeriesHistory } from '../../../../shared/features/index.ts';
import { completeForecast } from '../../../../shared/forecast/complete-forecast.ts';
import { plausibleRange } from '../../../../shared/forecast/plausible-range.ts';
import { CATEGORIES, FIRST_DAY, SERIES, SOURCE } from '../../../support/datasets/sample-history.ts';

const DAYS = 420;
const ORIGIN = FIRST_DAY + DAYS - 1;

function historyOf(units: (day: number) => number, items: (day: number) => number = () => 0): SeriesHistory {
  return {
    firstDay: FIRST_DAY,
    milliUnits: Int32Array.from({ length: DAYS }, (_, day) => Math.round(1000 * units(day))),
    onpromotion: Uint16Array.from({ length: DAYS + HORIZON + 1 }, (_, day) => items(day)),
    tickets: new Int32Array(DAYS).fill(-1),
  };
}

function rangeAt(history: SeriesHistory, h = 3, origin = ORIGIN) {
  const source = { ...SOURCE, holidays: [] };
  const covariates = createCovariates(source, origin, origin + HORIZON, CATEGORIES).of(SERIES);
  const range = plausibleRange(history, covariates, origin, h, null);
  if (!range) throw new Error('the series has known days');
  return range;
}

function complete(history: SeriesHistory, z: number, guard = true) {
  const covariates = createCovariates({ ...SOURCE, holidays: [] }, ORIGIN, ORIGIN + HORIZON, CATEGORIES);
  const basis = { series: SERIES, history, origin: ORIGIN, effect: null, peers: null, smoothingShare: 0 };
  return completeForecast(
    { ...basis, covariates: covariates.of(SERIES) },
    new Float64Array(HORIZON).fill(z),
    guard,
  );
}

describe('the range that a forecast is believed in', () => {
  it('is a third of the least to three times the most of the same weekdays, with three units to spare', () => {
    const range = rangeAt(historyOf((day) => 40 + (day % 7 === (DAYS - 1 + 3) % 7 ? 20 : 0)));
    // The days around the same one a year ago count, of which the least sold 40.
    expect(range).toEqual({ low: 40 / 3 - 3, high: 3 * 60 + 3, usual: 60 });
  });

  it('is that of all days where the weekday sold nothing by chance', () => {
    // Before a year is over, so that no season counts.
    const origin = FIRST_DAY + 104;
    const isTargetWeekday = (day: number) => day % 7 === (104 + 3) % 7;
    const lumpy = historyOf((day) => (day % 8 === 0 && !isTargetWeekday(day) ? 60 : 0));
    expect(rangeAt(lumpy, 3, origin).high).toBe(3 * 60 + 3);
    const silentByHabit = historyOf((day) => (isTargetWeekday(day) ? 0 : 60));
    expect(rangeAt(silentByHabit, 3, origin).high).toBe(3);
  });

  it('leaves slow sellers their lumps', () => {
    const range = rangeAt(historyOf((day) => Number(day % 11 === 0)));
    expect(range.low).toBe(0);
    expect(range.high).toBeGreaterThanOrEqual(3);
  });

  it('lets a series sell nothing that sold nothing on its last days', () => {
    expect(rangeAt(historyOf((day) => (day >= DAYS - 2 ? 0 : 90))).low).toBe(0);
    expect(rangeAt(historyOf((day) => (day >= DAYS - 1 ? 0 : 90))).low).toBe(27);
  });

  it('ignores zeros before the first sale: a product of last week is not replaced by nothing', () => {
    const launched = historyOf((day) => (day >= DAYS - 6 ? 12 : 0));
    // Day 1 is the weekday before the launch, day 3 one after it.
    for (const h of [1, 3]) expect(rangeAt(launched, h)).toEqual({ low: 0, high: 3 * 12 + 3, usual: 12 });
    const returned = historyOf((day) => (day >= DAYS - 6 || day < 200 ? 12 : 0));
    expect(rangeAt(returned, 1)).toMatchObject({ high: 39, usual: 12 });
  });

  it('finds nothing too little for a new product: its first sale may be its only one', () => {
    const soldOnce = historyOf((day) => (day === DAYS - 1 ? 21 : 0));
    expect(rangeAt(soldOnce)).toMatchObject({ low: 0, high: 66 });
    const forecast = complete(soldOnce, Math.log1p(1.3));
    expect([...forecast.sources].filter((source) => source === 'history')).toEqual([]);
  });

  it('knows the season of the year before', () => {
    const usual = rangeAt(historyOf(() => 50));
    const christmas = historyOf((day) => (Math.abs(day - (DAYS - 1 + 3 - 364)) <= 2 ? 400 : 50));
    expect(rangeAt(christmas).high).toBe(3 * 400 + 3);
    expect(usual.high).toBe(153);
  });

  it('is wider where the target is promoted, or the days before were', () => {
    const plain = rangeAt(historyOf(() => 50));
    const promoted = rangeAt(
      historyOf(
        () => 50,
        (day) => Number(day === DAYS - 1 + 3) * 12,
      ),
    );
    expect(promoted.high).toBeGreaterThanOrEqual(4 * (plain.high - 3));
    expect(promoted.low).toBe(plain.low);
    const after = rangeAt(
      historyOf(
        () => 50,
        (day) => Number(day < DAYS) * 12,
      ),
    );
    expect(after.low).toBeLessThan(plain.low);
  });

  it('is wider on and around a holiday', () => {
    const origin = ORIGIN;
    const history = historyOf(() => 50);
    const date = new Date((origin + 4) * 86_400_000).toISOString().slice(0, 10);
    const holidays = [
      { ...SOURCE.holidays[0], date, type: 'Holiday', locale: 'National', transferred: false },
    ];
    const source = { ...SOURCE, holidays: holidays as unknown as typeof SOURCE.holidays };
    const covariates = createCovariates(source, origin, origin + HORIZON, CATEGORIES).of(SERIES);
    const high = (h: number) => plausibleRange(history, covariates, origin, h, null)?.high ?? 0;
    expect(high(4)).toBeGreaterThan(4 * 150);
    expect(high(3)).toBeGreaterThan(4 * 150);
    expect(high(12)).toBe(153);
  });

  it('goes by all days of the last weeks where the weekday is hardly known, and is none without any day', () => {
    const weekday = (DAYS - 1 + 3) % 7;
    const history = historyOf((day) => (day % 7 === weekday && day > DAYS - 60 ? -1 : 50));
    expect(rangeAt(history).high).toBe(153);
    const source = createCovariates(SOURCE, ORIGIN, ORIGIN + HORIZON, CATEGORIES).of(SERIES);
    expect(
      plausibleRange(
        historyOf(() => -1),
        source,
        ORIGIN,
        3,
        null,
      ),
    ).toBeNull();
  });
});

describe('a forecast outside of it', () => {
  it('gives way to what the series usually sells, and says so', () => {
    const history = historyOf(() => 50);
    for (const z of [Math.log1p(6000), 0]) {
      const { logForecasts, means, sources } = complete(history, z);
      for (let i = 0; i < HORIZON; i++) {
        expect(sources[i]).toBe('history');
        expect(Math.expm1(logForecasts[i] ?? 0)).toBeCloseTo(50, 9);
        expect(means[i]).toBeCloseTo(50, 9);
      }
    }
  });

  it('gives way where its mean alone is outside, which lies above the median for a series with ups and downs', () => {
    const history = historyOf((day) => (Math.floor(day / 7) % 2 === 0 ? 10 : 40));
    const median = Math.log1p(110);
    const { high } = rangeAt(history);
    const unguarded = complete(history, median, false);
    expect(Math.expm1(unguarded.logForecasts[2] ?? 0)).toBeLessThan(high);
    expect(unguarded.means[2]).toBeGreaterThan(high);
    const { sources, means } = complete(history, median);
    expect(sources[2]).toBe('history');
    expect(means[2]).toBeLessThanOrEqual(40);
  });

  it('stays without the guard, and a believable one stays with it', () => {
    const history = historyOf(() => 50);
    expect(Math.expm1(complete(history, Math.log1p(6000), false).logForecasts[0] ?? 0)).toBeCloseTo(6000, 6);
    const fine = complete(history, Math.log1p(120));
    expect(new Set(fine.sources)).toEqual(new Set(['model']));
    expect(Math.expm1(fine.logForecasts[7] ?? 0)).toBeCloseTo(120, 9);
  });
});
