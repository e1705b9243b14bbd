import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { horizonForecast, type SeriesForecast } from '../../../../../../shared/forecast/demand-intervals.ts';
import { volumeClassOf } from '../../../../../../shared/forecast/volume-class.ts';
import type { Conformal } from '../../../../../../shared/schemas/manifest.ts';
import {
  fitConformal,
  type WindowResiduals,
} from '../../../../../../workers/trainer/evaluate/intervals/fit-intervals.ts';
import type { Residuals } from '../../../../../../workers/trainer/evaluate/intervals/residual-cells.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';

const OPTIONS = { horizon: 16, maxClasses: 4, minPerClass: 400, minPerCell: 150 };

/**
 * Residuals whose spread grows with the horizon and shrinks with the level.
 *
 * @param shared share of the variance that all residuals of a window have in common
 */
function simulateWindow(seed: number, count: number, shared = 0): WindowResiduals {
  const random = sequence(seed);
  const independent = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  for (let i = 0; i < 20; i++) random();
  const common = independent();
  const normal = () => Math.sqrt(shared) * common + Math.sqrt(1 - shared) * independent();
  const residual = new Float64Array(count);
  const level = new Float64Array(count);
  const h = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    level[i] = 8 * random();
    h[i] = 1 + (i % 16);
    residual[i] = ((0.1 + 0.02 * (h[i] as number)) / (1 + (level[i] as number) / 4)) * normal();
  }
  const days: Residuals = { residual, level, h };
  return { ...days, cumulative: days };
}

const simulate = (seed: number, count: number, windows = 4) =>
  Array.from({ length: windows }, (_, i) => simulateWindow(100 * seed + i, count / windows));

/** Share of the residuals between p10 and p90, by class, by horizon and over all. */
function coverageBy(conformal: Conformal, fresh: readonly Residuals[]) {
  const inside = new Map<string, { covered: number; count: number }>();
  for (const { residual, level, h } of fresh) {
    residual.forEach((value, i) => {
      const volumeClass = volumeClassOf(conformal.class_bounds, level[i] as number);
      const column = (h[i] as number) - 1;
      const lower = conformal.p10[volumeClass]?.[column] ?? Number.NaN;
      const upper = conformal.p90[volumeClass]?.[column] ?? Number.NaN;
      for (const key of ['all', `class ${volumeClass}`, `h ${column + 1}`]) {
        const sums = inside.get(key) ?? { covered: 0, count: 0 };
        inside.set(key, sums);
        sums.covered += Number(value >= lower && value <= upper);
        sums.count++;
      }
    });
  }
  return new Map([...inside].map(([key, { covered, count }]) => [key, covered / count]));
}

describe('conformal quantiles', () => {
  it('cover 80 % of unseen residuals in every class and horizon', () => {
    const coverage = coverageBy(fitConformal(simulate(1, 60_000), OPTIONS), simulate(2, 60_000));
    expect(coverage.size).toBe(1 + 4 + 16);
    for (const [key, share] of coverage) {
      expect(share, key).toBeGreaterThan(0.775);
      expect(share, key).toBeLessThan(0.825);
    }
  });

  it('cover 80 % of future windows if the residuals of a window are correlated', () => {
    // Four windows say far less than their 1,920 residuals suggest: plain quantiles of them cover 73 %.
    const runs = 60;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const window = (i: number) => simulateWindow(7919 * run + 131 * i, 480, 0.5);
      const coverage = coverageBy(fitConformal([1, 2, 3, 4].map(window), OPTIONS), [window(5)]);
      covered += coverage.get('all') ?? 0;
    }
    expect(covered / runs).toBeGreaterThan(0.77);
    expect(covered / runs).toBeLessThan(0.84);
  });

  it('are not stretched if residuals are independent', () => {
    const one = fitConformal(simulate(6, 40_000, 1), OPTIONS);
    const many = fitConformal(simulate(6, 40_000, 8), OPTIONS);
    const width = ({ p10, p90 }: Conformal) =>
      p90.flat().reduce((sum, value, i) => sum + value - (p10.flat()[i] ?? 0), 0);
    expect(width(many) / width(one)).toBeGreaterThan(0.97);
    expect(width(many) / width(one)).toBeLessThan(1.03);
  });

  it('use fewer classes and pool horizons if residuals are few', () => {
    const conformal = fitConformal(simulate(3, 300), OPTIONS);
    expect(conformal.class_bounds).toEqual([]);
    expect(conformal.p90).toHaveLength(1);
    expect(conformal.p90[0]).toHaveLength(16);
    expect(conformal.p90.flat().every(Number.isFinite)).toBe(true);
  });

  it('cover 80 % at every horizon if residuals are few and horizons differ in error', () => {
    // Six series in six windows: 36 residuals a horizon, all 576 of them behind each quantile. Sums of independent
    // days.
    const few = { ...OPTIONS, minPerCell: 400 };
    const window = (seed: number): WindowResiduals => {
      const days = simulateWindow(seed, 96);
      const residual = days.residual.map((value, i) => {
        const h = days.h[i] as number;
        return (value / (0.1 + 0.02 * h)) * (1 + (days.level[i] as number) / 4) * 0.3 * h ** -0.5;
      });
      return { ...days, residual, cumulative: { ...days, residual } };
    };
    const covered = new Map<string, number>();
    const runs = 40;
    for (let run = 0; run < runs; run++) {
      const conformal = fitConformal(
        [1, 2, 3, 4, 5, 6].map((i) => window(7919 * run + 131 * i)),
        few,
      );
      for (const [key, share] of coverageBy(conformal, [window(7919 * run + 131 * 9)])) {
        covered.set(key, (covered.get(key) ?? 0) + share / runs);
      }
    }
    for (const h of [1, 2, 3, 8, 16]) {
      expect(covered.get(`h ${h}`), `h ${h}`).toBeGreaterThan(0.72);
      expect(covered.get(`h ${h}`), `h ${h}`).toBeLessThan(0.9);
    }
  });

  it('do not split series of one level into classes', () => {
    const windows = simulate(4, 5000).map((window) => ({ ...window, level: window.level.map(() => 3) }));
    expect(fitConformal(windows, OPTIONS).class_bounds).toEqual([]);
  });

  it('need residuals', () => {
    const nothing = { residual: new Float64Array(), level: new Float64Array(), h: new Uint8Array() };
    expect(() => fitConformal([{ ...nothing, cumulative: nothing }])).toThrow(/no residuals/);
    expect(() => fitConformal([])).toThrow(/no residuals/);
  });

  it('are finite whatever windows, classes and horizons lack residuals', () => {
    const some = fc.record({
      count: fc.nat(900),
      from: fc.integer({ min: 0, max: 8 }),
      sums: fc.boolean(),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), (windows) => {
        const lacking = windows.map(({ count, from, sums, seed }) => {
          const window = simulateWindow(seed, count);
          const days = { ...window, level: window.level.map((level) => from + level / 8) };
          return { ...days, cumulative: sums ? days : simulateWindow(seed, 0) };
        });
        fc.pre(lacking.some(({ residual }) => residual.length > 0));
        const { cumulative, ...daily } = fitConformal(lacking, OPTIONS);
        expect(cumulative !== undefined).toBe(
          lacking.some((window) => window.cumulative.residual.length > 0),
        );
        for (const table of [daily.p10, daily.p50, daily.p90, ...Object.values(cumulative ?? {})]) {
          expect(table.length).toBe(daily.class_bounds.length + 1);
          expect(table.every((row) => row.length === 16 && row.every(Number.isFinite))).toBe(true);
        }
      }),
    );
  });

  it('put a level into the first class whose bound is above it', () => {
    expect([0, 1, 1.5, 2, 9].map((level) => volumeClassOf([1, 2], level))).toEqual([0, 1, 1, 2, 2]);
  });
});

describe('the forecast of a horizon', () => {
  const table = (value: number) => [Array.from({ length: 16 }, () => value)];

  const seriesOf = (
    logForecasts: readonly number[],
    means: readonly number[],
    isWhole = false,
  ): SeriesForecast => ({
    logForecasts: Float64Array.from(logForecasts),
    means: Float64Array.from(means),
    level: 4,
    isWhole,
    levelDeviation: 0,
    isClosed: () => false,
  });

  it('takes quantiles from the forecast of the logarithm, and the mean unchanged', () => {
    const conformal = { class_bounds: [], p10: table(-1), p50: table(0.3), p90: table(1) };
    const [point] = horizonForecast(seriesOf([Math.log(15)], [20]), conformal);
    expect(point?.h).toBe(1);
    expect(point?.p50).toBeCloseTo(14, 9);
    expect(point?.p10).toBeCloseTo(15 / Math.E - 1, 9);
    expect(point?.p90).toBeCloseTo(15 * Math.E - 1, 9);
    expect(point?.mean).toBe(20);
  });

  it('has the demand of days 1..n together, around the sum of means; the first sum is the first day', () => {
    const tables = { p10: table(-1), p50: table(-0.1), p90: table(1) };
    const conformal = { class_bounds: [], ...tables, cumulative: tables };
    const points = horizonForecast(seriesOf([Math.log(5), Math.log(3), Math.log(9)], [6, 4, 10]), conformal);
    const [first, , third] = points;
    expect(first?.cumulative).toEqual({ mean: 6, p10: first?.p10, p50: first?.p50, p90: first?.p90 });
    expect(third?.cumulative?.mean).toBe(20);
    expect(third?.cumulative?.p50).toBeCloseTo(21 * Math.exp(-0.1) - 1, 9);
    expect(third?.cumulative?.p90).toBeCloseTo(21 * Math.E - 1, 9);
    expect(third?.cumulative?.p10).toBeCloseTo(21 / Math.E - 1, 9);
  });

  it('has no median of a sum above its mean, whatever the windows said', () => {
    const tables = { p10: table(-1), p50: table(0.2), p90: table(1) };
    const conformal = { class_bounds: [], ...tables, cumulative: tables };
    const points = horizonForecast(seriesOf([1, 1, 1], [2, 2, 2]), conformal);
    expect(points).toHaveLength(3);
    for (const { cumulative } of points) expect(cumulative?.p50).toBeLessThanOrEqual(cumulative?.mean ?? 0);
  });

  it('has whole quantiles for whole demand, and zero if one day in ten sells nothing', () => {
    const conformal = { class_bounds: [], p10: table(-0.5), p50: table(0), p90: table(0.9) };
    const [slow] = horizonForecast(seriesOf([0.4], [0.6], true), conformal);
    expect(slow).toMatchObject({ p10: 0, p90: 2 });
    const [rare] = horizonForecast(seriesOf([0.02], [0.05], true), {
      ...conformal,
      p90: table(0.3),
    });
    // The mean of a series that sells on one day in twenty lies above its p90, and within what is served.
    expect(rare?.p10).toBe(0);
    expect(rare?.p90).toBe(0.05);
  });

  it('is wider if the level of the series is uncertain, and unchanged if it is known', () => {
    const tables = { p10: table(-0.3), p50: table(0), p90: table(0.3) };
    const conformal = { class_bounds: [], ...tables, cumulative: tables };
    const known = seriesOf([3, 3], [20, 20]);
    const [, sure] = horizonForecast(known, conformal);
    const [, unsure] = horizonForecast({ ...known, levelDeviation: 0.4 }, conformal);
    const reach = Math.hypot(0.3, 1.2816 * 0.4);
    expect(sure?.p90).toBeCloseTo(Math.expm1(3.3), 9);
    expect(unsure?.p90).toBeCloseTo(Math.expm1(3 + reach), 9);
    expect(unsure?.p10).toBeCloseTo(Math.expm1(3 - reach), 9);
    expect(unsure?.p50).toBe(sure?.p50);
    expect(unsure?.cumulative?.p90).toBeCloseTo(41 * Math.exp(reach) - 1, 9);
    expect(unsure?.cumulative?.p10).toBeCloseTo(41 * Math.exp(-reach) - 1, 9);
  });

  it('has no sums of days if the tables lack them', () => {
    const conformal = { class_bounds: [], p10: table(-1), p50: table(0), p90: table(1) };
    const points = horizonForecast(seriesOf([1, 2], [2, 7]), conformal);
    expect(points.map(({ cumulative }) => cumulative)).toEqual([null, null]);
  });

  it('is exactly 0 on closed days, which add nothing to sums or their intervals', () => {
    const row = (from: number, step: number) => [Array.from({ length: 16 }, (_, i) => from + step * i)];
    const tables = { p10: row(-0.4, -0.02), p50: row(0.01, 0), p90: row(0.4, 0.02) };
    const conformal = { class_bounds: [], ...tables, cumulative: tables };
    const flags = fc.array(fc.boolean(), { minLength: 16, maxLength: 16 });
    const levels = fc.array(fc.double({ min: 0, max: 7, noNaN: true }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(levels, flags, fc.boolean(), (logs, closed, isWhole) => {
        const z = logs.map((level, i) => (closed[i] ? 0 : level));
        const series = seriesOf(z, z.map(Math.expm1), isWhole);
        const points = horizonForecast({ ...series, isClosed: (i) => closed[i] === true }, conformal);
        let before = { mean: 0, p10: 0, p50: 0, p90: 0 };
        let mean = 0;
        points.forEach((point, i) => {
          const { cumulative } = point;
          if (!cumulative) throw new Error('the tables have sums');
          mean += point.mean;
          expect(cumulative.mean).toBeCloseTo(mean, 6);
          for (const name of ['p10', 'p50', 'p90'] as const) {
            expect(cumulative[name]).toBeGreaterThanOrEqual(before[name]);
            if (closed[i]) expect([point[name], cumulative[name]]).toEqual([0, before[name]]);
          }
          before = cumulative;
        });
      }),
    );
  });

  it('is ordered and never below zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 16, maxLength: 16 }),
        fc.double({ min: 0, max: 12, noNaN: true }),
        fc.integer({ min: 1, max: 2 ** 30 }),
        (logs, level, seed) => {
          const conformal = fitConformal(simulate(seed, 2000), OPTIONS);
          const logForecasts = Float64Array.from(logs, (value) => Math.max(0, value + level));
          const means = logForecasts.map((z) => 1.2 * Math.expm1(z));
          const series = {
            logForecasts,
            means,
            level,
            isWhole: seed % 2 === 0,
            levelDeviation: 0,
            isClosed: () => false,
          };
          let before = { p10: 0, p50: 0, p90: 0, mean: 0 };
          const points = horizonForecast(series, conformal);
          expect(points).toHaveLength(logForecasts.length);
          for (const { mean, p10, p50, p90, cumulative } of points) {
            for (const name of ['p10', 'p50', 'p90', 'mean'] as const) {
              expect(cumulative?.[name]).toBeGreaterThanOrEqual(before[name]);
            }
            expect(cumulative?.p50).toBeGreaterThanOrEqual(cumulative?.p10 ?? 0);
            expect(cumulative?.p90).toBeGreaterThanOrEqual(cumulative?.p50 ?? 0);
            before = cumulative ?? before;
            expect(p10).toBeGreaterThanOrEqual(0);
            expect(p10).toBeLessThanOrEqual(p50);
            expect(p50).toBeLessThanOrEqual(p90);
            expect(mean).toBeGreaterThanOrEqual(p10);
            expect(mean).toBeLessThanOrEqual(p90);
            expect(cumulative?.mean).toBeGreaterThanOrEqual(cumulative?.p50 ?? Number.POSITIVE_INFINITY);
            expect(cumulative?.mean).toBeLessThanOrEqual(cumulative?.p90 ?? 0);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
