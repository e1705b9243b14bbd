import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { horizonForecast } from '../../../shared/forecast/horizon-forecast.ts';
import { fitConformal, type Residuals, volumeClassOf } from '../../../shared/forecast/intervals.ts';
import { sequence } from '../features/sample-history.ts';

const OPTIONS = { horizon: 16, maxClasses: 4, minPerClass: 400, minPerCell: 150 };

/** Residuals whose spread grows with the horizon and shrinks with the level. */
function simulate(seed: number, count: number): Residuals {
  const random = sequence(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const residual = new Float64Array(count);
  const level = new Float64Array(count);
  const h = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    level[i] = 8 * random();
    h[i] = 1 + (i % 16);
    residual[i] = ((0.1 + 0.02 * (h[i] as number)) / (1 + (level[i] as number) / 4)) * normal();
  }
  return { residual, level, h };
}

describe('conformal quantiles', () => {
  it('cover 80 % of residuals that they have not seen, in every class and horizon alike', () => {
    const conformal = fitConformal(simulate(1, 60_000), OPTIONS);
    const fresh = simulate(2, 60_000);
    const inside = new Map<string, { covered: number; count: number }>();
    fresh.residual.forEach((residual, i) => {
      const volumeClass = volumeClassOf(conformal.class_bounds, fresh.level[i] as number);
      const column = (fresh.h[i] as number) - 1;
      const lower = conformal.p10[volumeClass]?.[column] ?? Number.NaN;
      const upper = conformal.p90[volumeClass]?.[column] ?? Number.NaN;
      for (const key of ['all', `class ${volumeClass}`, `h ${column + 1}`]) {
        const sums = inside.get(key) ?? { covered: 0, count: 0 };
        inside.set(key, sums);
        sums.covered += Number(residual >= lower && residual <= upper);
        sums.count++;
      }
    });
    expect(inside.size).toBe(1 + 4 + 16);
    for (const [key, { covered, count }] of inside) {
      const share = covered / count;
      expect(share, key).toBeGreaterThan(0.775);
      expect(share, key).toBeLessThan(0.825);
    }
  });

  it('use fewer classes and pool horizons where residuals are few', () => {
    const conformal = fitConformal(simulate(3, 300), OPTIONS);
    expect(conformal.class_bounds).toEqual([]);
    expect(conformal.p90).toHaveLength(1);
    expect(conformal.p90[0]).toHaveLength(16);
    expect(conformal.p90.flat().every(Number.isFinite)).toBe(true);
  });

  it('do not split series of one level into classes', () => {
    const { residual, h } = simulate(4, 5000);
    const level = new Float64Array(5000).fill(3);
    expect(fitConformal({ residual, level, h }, OPTIONS).class_bounds).toEqual([]);
  });

  it('need residuals', () => {
    const nothing = { residual: new Float64Array(), level: new Float64Array(), h: new Uint8Array() };
    expect(() => fitConformal(nothing)).toThrow(/no residuals/);
  });

  it('put a level into the first class whose bound is above it', () => {
    expect([0, 1, 1.5, 2, 9].map((level) => volumeClassOf([1, 2], level))).toEqual([0, 1, 1, 2, 2]);
  });
});

describe('the forecast of a horizon', () => {
  const table = (value: number) => [Array.from({ length: 16 }, () => value)];

  it('adds margin and anchor in log space', () => {
    const conformal = { class_bounds: [], p10: table(-1), p50: table(0), p90: table(1), smearing: table(2) };
    const [point] = horizonForecast([Math.log(3)], [Math.log(5)], 4, conformal);
    expect(point?.h).toBe(1);
    expect(point?.p50).toBeCloseTo(14, 9);
    expect(point?.p10).toBeCloseTo(15 / Math.E - 1, 9);
    expect(point?.p90).toBeCloseTo(15 * Math.E - 1, 9);
    expect(point?.mean).toBeCloseTo(29, 9);
  });

  it('is ordered and never below zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: 16, maxLength: 16 }),
        fc.double({ min: 0, max: 12, noNaN: true }),
        fc.integer({ min: 1, max: 2 ** 30 }),
        (margins, level, seed) => {
          const conformal = fitConformal(simulate(seed, 2000), OPTIONS);
          const anchor = new Float64Array(16).fill(level);
          for (const { mean, p10, p50, p90 } of horizonForecast(margins, anchor, level, conformal)) {
            expect(p10).toBeGreaterThanOrEqual(0);
            expect(p10).toBeLessThanOrEqual(p50);
            expect(p50).toBeLessThanOrEqual(p90);
            expect(mean).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
