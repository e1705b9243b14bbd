import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizeBacktest } from '../../../../../workers/trainer/evaluate/backtest-summary.ts';
import { breakDown } from '../../../../../workers/trainer/evaluate/breakdown.ts';
import { heldOutIntervals } from '../../../../../workers/trainer/evaluate/held-out-intervals.ts';
import { CONFORMAL_DEFAULTS } from '../../../../../workers/trainer/evaluate/intervals/fit-intervals.ts';
import { scorePoint } from '../../../../../workers/trainer/evaluate/metrics.ts';
import { IntervalErrors, PointErrors } from '../../../../../workers/trainer/evaluate/point-errors.ts';
import { seasonalScale } from '../../../../../workers/trainer/evaluate/run-backtest.ts';
import { addUpDays } from '../../../../../workers/trainer/evaluate/window-result.ts';
import { simulatedWindow } from '../../../../support/trainer/simulated-window.ts';

const BASELINES = ['seasonal_naive', 'same_weekday_mean_4'];

describe('point errors', () => {
  it('equal those of the metrics; MASE divides by the scale of each series', () => {
    const errors = new PointErrors();
    errors.add(10, 12, 12, 4, 'a');
    errors.add(0, -3, -3, 2, 'a');
    errors.add(5, 2, 2, Number.NaN, 'b');
    const { mase, sum_wape, ...others } = errors.scores();
    expect(others).toEqual(scorePoint([10, 0, 5], [12, -3, 2]));
    expect(sum_wape).toBeCloseTo((2 + 3) / 15, 12);
    expect(mase).toBe((2 / 4 + 0 / 2) / 2);
  });

  it('of intervals are coverage, width and pinball loss', () => {
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

  it('have a pinball loss that is minimal at the true quantiles', () => {
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

  it('is unknown if last week always repeats or nothing is known', () => {
    expect(seasonalScale(history(Array(30).fill(2000)), 129)).toBeNaN();
    expect(seasonalScale(history([1000, 2000]), 101)).toBeNaN();
  });
});

describe('the breakdown of a backtest', () => {
  const windows = [1, 2, 3].map((seed, i) => simulatedWindow(seed, 17_000 + 16 * i, 0.2));
  const families = Array.from({ length: 200 }, (_, s) => (s % 4 === 0 ? 'DAIRY' : 'BEVERAGES'));
  const summary = summarizeBacktest(windows, BASELINES, CONFORMAL_DEFAULTS);
  const breakdown = breakDown(windows, summary, families);

  it('neither loses nor doubles a point in any dimension', () => {
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

  it('equals the summary, window by window and over all points', () => {
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

  it('separates volume classes, small ones first', () => {
    expect(breakdown.volume.length).toBe(summary.conformal.class_bounds.length + 1);
    expect(breakdown.volume[0]?.name).toMatch(/^0-/);
    expect(breakdown.volume.at(-1)?.name).toMatch(/\+$/);
  });
});

describe('held-out intervals', () => {
  const windows = [1, 2, 3, 4, 5].map((seed, i) => simulatedWindow(seed, 17_000 + 16 * i, 0.2, 480));
  const before = heldOutIntervals(windows, CONFORMAL_DEFAULTS);

  /** The window with other sales and nothing else changed. */
  const changed = (window: (typeof windows)[number]) => {
    const days = {
      ...window,
      actual: window.actual.map((units) => units * 9),
      residual: window.residual.map((residual) => residual + 2),
    };
    return { ...days, cumulative: addUpDays({ ...days, mean: window.predicted.model ?? days.actual }) };
  };

  it('do not change with the sales of their own window', () => {
    for (const i of [0, 3]) {
      const held = windows[i] as (typeof windows)[number];
      const after = heldOutIntervals(windows.with(i, changed(held)), CONFORMAL_DEFAULTS);
      expect(after[i]).toEqual(before[i]);
      const other = (i + 1) % windows.length;
      expect(after[other]?.others).not.toEqual(before[other]?.others);
    }
  });

  it('from earlier windows do not change with the sales of later ones, and need three of them', () => {
    const after = heldOutIntervals(windows.with(4, changed(windows[4] as never)), CONFORMAL_DEFAULTS);
    expect(after.map(({ earlier }) => earlier)).toEqual(before.map(({ earlier }) => earlier));
    expect(before.map(({ earlier }) => earlier !== null)).toEqual([false, false, false, true, true]);
    expect(before[3]?.earlier).not.toEqual(before[3]?.others);
    expect(before[4]?.earlier).toEqual(before[4]?.others);
  });

  it('never cross, and cumulative ones never fall from one day to the next', () => {
    windows.forEach((window, w) => {
      for (const kind of ['daily', 'cumulative'] as const) {
        const { p10, p50, p90 } = before[w]?.others?.[kind] ?? {};
        expect(p50?.length).toBe(window.actual.length);
        expect(p50?.every((value, i) => value >= (p10?.[i] ?? 9e9) && value <= (p90?.[i] ?? -1))).toBe(true);
        if (kind === 'daily') continue;
        for (const quantile of [p10, p50, p90]) {
          const falls = quantile?.some((value, i) => i % 16 > 0 && value < (quantile[i - 1] ?? 0));
          expect(falls).toBe(false);
        }
      }
    });
  });

  it('of sums of one day equal those of the first day', () => {
    const { daily, cumulative } = before[0]?.others ?? {};
    const first = (column?: Float64Array) => column?.filter((_, i) => i % 16 === 0);
    expect(first(cumulative?.p10)).toEqual(first(daily?.p10));
    expect(first(cumulative?.p90)).toEqual(first(daily?.p90));
  });

  it('are null for a single window', () => {
    expect(heldOutIntervals(windows.slice(0, 1), CONFORMAL_DEFAULTS)).toEqual([
      { others: null, earlier: null },
    ]);
  });
});

describe('sums of days', () => {
  const days = (h: number[], series: number[], units: number[]) => {
    const column = (values: number[]) => Float64Array.from(values);
    return {
      actual: column(units),
      mean: column(units.map((_, i) => 10 + i)),
      level: column(series.map((s) => s + 0.5)),
      h: Uint8Array.from(h),
      series: Int32Array.from(series),
    };
  };

  it('start on the first day and count closed days as zero', () => {
    const { actual, logForecast, residual, level, h, series } = addUpDays(
      days([1, 2, 3, 1, 2], [4, 4, 4, 7, 7], [5, 0, 6, 100, 200]),
    );
    expect([...actual]).toEqual([5, 5, 11, 100, 300]);
    expect([...h]).toEqual([1, 2, 3, 1, 2]);
    expect([...series]).toEqual([4, 4, 4, 7, 7]);
    expect([...level]).toEqual([4.5, 4.5, 4.5, 7.5, 7.5]);
    expect(Math.expm1(logForecast[2] ?? 0)).toBeCloseTo(10 + 11 + 12, 9);
    expect(residual[4]).toBeCloseTo(Math.log1p(300) - Math.log1p(13 + 14), 12);
  });

  it('end before the first day with unknown sales', () => {
    const sums = addUpDays(days([1, 3, 4, 2, 3, 1], [0, 0, 0, 1, 1, 2], [5, 6, 7, 8, 9, 10]));
    expect([...sums.actual]).toEqual([5, 10]);
    expect([...sums.series]).toEqual([0, 2]);
  });
});
