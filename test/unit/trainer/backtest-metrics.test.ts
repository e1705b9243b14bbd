import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFORMAL_DEFAULTS } from '../../../shared/forecast/intervals.ts';
import { coverageOf, scoreOf } from '../../../shared/forecast/metrics.ts';
import { breakDown } from '../../../workers/trainer/backtest/breakdown.ts';
import { intervalsFromOthers } from '../../../workers/trainer/backtest/intervals-from-others.ts';
import { IntervalErrors, PointErrors } from '../../../workers/trainer/backtest/point-errors.ts';
import { seasonalScale } from '../../../workers/trainer/backtest/seasonal-scale.ts';
import { summarizeBacktest } from '../../../workers/trainer/backtest/summarize.ts';
import { simulatedWindow } from './simulated-window.ts';

const BASELINES = ['seasonal_naive', 'same_weekday_mean_4'];

describe('the errors of points', () => {
  it('are those of the metrics, and MASE divides by the scale of each series', () => {
    const errors = new PointErrors();
    errors.add(10, 12, 4);
    errors.add(0, -3, 2);
    errors.add(5, 2, Number.NaN);
    const { mase, ...others } = errors.scores();
    expect(others).toEqual(scoreOf([10, 0, 5], [12, -3, 2]));
    expect(mase).toBe((2 / 4 + 0 / 2) / 2);
  });

  it('of intervals count what lies inside, how wide they are and the pinball loss', () => {
    const errors = new IntervalErrors();
    errors.add(10, 8, 9, 12);
    errors.add(20, 0, 5, 10);
    const { coverage80, width80, width80_share, pinball } = errors.scores() ?? {};
    expect(coverage80).toBe(0.5);
    expect(width80).toBe(7);
    expect(width80_share).toBe(14 / 30);
    const first = (0.1 * 2 + 0.5 * 1 + 0.1 * 2) / 3;
    const second = (0.1 * 20 + 0.5 * 15 + 0.9 * 10) / 3;
    expect(pinball).toBeCloseTo((first + second) / 2, 12);
    expect(new IntervalErrors().scores()).toBeNull();
  });

  it('have a pinball loss that no other constant makes smaller than the true quantiles do', () => {
    const values = Array.from({ length: 99 }, (_, i) => i + 1);
    const loss = (p10: number, p50: number, p90: number) => {
      const errors = new IntervalErrors();
      for (const value of values) errors.add(value, p10, p50, p90);
      return errors.scores()?.pinball ?? 0;
    };
    const quantile = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(quantile, quantile, quantile, (low, middle, high) => {
        expect(loss(low, middle, high)).toBeGreaterThanOrEqual(loss(10, 50, 90) - 1e-9);
      }),
    );
  });
});

describe('the scale of MASE', () => {
  const history = (milliUnits: number[]) => ({
    firstDay: 100,
    milliUnits: Int32Array.from(milliUnits),
    onpromotion: new Uint16Array(milliUnits.length),
    tickets: new Int32Array(milliUnits.length),
  });

  it('is the mean error of repeating last week on the known days up to the origin', () => {
    const days = [1, 2, 3, 4, 5, 6, 7, 3, -1, 3, 8, 5, 6, 7, 900].map((units) => units * 1000);
    expect(seasonalScale(history(days), 100 + 13)).toBeCloseTo((2 + 0 + 4 + 0 + 0 + 0) / 6, 12);
  });

  it('is unknown where last week always repeats itself or nothing is known', () => {
    expect(seasonalScale(history(Array(30).fill(2000)), 129)).toBeNaN();
    expect(seasonalScale(history([1000, 2000]), 101)).toBeNaN();
  });
});

describe('the breakdown of a backtest', () => {
  const windows = [1, 2, 3].map((seed, i) => simulatedWindow(seed, 17_000 + 16 * i, 0.2));
  const families = Array.from({ length: 200 }, (_, s) => (s % 4 === 0 ? 'DAIRY' : 'BEVERAGES'));
  const summary = summarizeBacktest(windows, BASELINES, CONFORMAL_DEFAULTS);
  const breakdown = breakDown(windows, summary, families, CONFORMAL_DEFAULTS);

  it('loses and doubles no point in any dimension', () => {
    const total = windows.reduce((sum, { actual }) => sum + actual.length, 0);
    const { all, ...dimensions } = breakdown;
    for (const segments of [[all], ...Object.values(dimensions)]) {
      expect(segments.reduce((sum, { scores }) => sum + (scores.model?.count ?? 0), 0)).toBe(total);
    }
    expect(dimensions.family.map(({ name }) => name)).toEqual(['BEVERAGES', 'DAIRY']);
    expect(dimensions.horizon.map(({ name }) => name)).toEqual(
      Array.from({ length: 16 }, (_, i) => `${i + 1}`),
    );
  });

  it('agrees with the summary, window by window and over all points', () => {
    expect(breakdown.all.scores.model).toMatchObject({
      rmsle: expect.closeTo(summary.pooled.model?.rmsle ?? 0, 10),
      wape: expect.closeTo(summary.pooled.model?.wape ?? 0, 10),
    });
    expect(breakdown.all.interval?.coverage80).toBeCloseTo(summary.coverage80, 10);
    // Every simulated series has a scale of 20 units.
    const absolute = windows.flatMap(({ actual, predicted }) =>
      [...actual].map((units, i) => Math.abs(units - (predicted.model?.[i] ?? 0))),
    );
    const meanAbsolute = absolute.reduce((sum, error) => sum + error, 0) / absolute.length;
    expect(breakdown.all.scores.model?.mase).toBeCloseTo(meanAbsolute / 20, 10);
    expect(breakdown.window.map(({ interval }) => interval?.coverage80)).toEqual(
      summary.windows.map(({ coverage80 }) => coverage80),
    );
  });

  it('tells volume classes apart, small ones first', () => {
    expect(breakdown.volume.length).toBe(summary.conformal.class_bounds.length + 1);
    expect(breakdown.volume[0]?.name).toMatch(/^0-/);
    expect(breakdown.volume.at(-1)?.name).toMatch(/\+$/);
  });
});

describe('intervals from other windows', () => {
  it('do not change when the sales of their own window do', () => {
    const windows = [1, 2, 3].map((seed, i) => simulatedWindow(seed, 17_000 + 16 * i, 0.2));
    const [held] = windows;
    if (!held) throw new Error('no window');
    const changed = {
      ...held,
      actual: held.actual.map((units) => units * 9),
      residual: held.residual.map((residual) => residual + 2),
    };
    const before = intervalsFromOthers(windows, held, CONFORMAL_DEFAULTS);
    const after = intervalsFromOthers([changed, ...windows.slice(1)], changed, CONFORMAL_DEFAULTS);
    expect(after).toEqual(before);
    expect(coverageOf(held.actual, before?.p10 ?? [], before?.p90 ?? [])).toBeGreaterThan(0.75);
  });

  it('never cross', () => {
    const windows = [1, 2].map((seed, i) => simulatedWindow(seed, 17_000 + 16 * i, 0.2));
    for (const window of windows) {
      const { p10, p50, p90 } = intervalsFromOthers(windows, window, CONFORMAL_DEFAULTS) ?? {};
      expect(p50?.every((value, i) => value >= (p10?.[i] ?? 9e9) && value <= (p90?.[i] ?? -1))).toBe(true);
    }
  });
});
