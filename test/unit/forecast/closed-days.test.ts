import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeDays } from '../../../shared/forecast/closed-days.ts';
import { horizonForecast } from '../../../shared/forecast/horizon-forecast.ts';

const DAYS = 16;
const row = (from: number, step: number) => [Array.from({ length: DAYS }, (_, i) => from + step * i)];
const tables = { p10: row(-0.4, -0.02), p50: row(0.01, 0), p90: row(0.4, 0.02) };
const conformal = { class_bounds: [], ...tables, smearing: row(1.1, 0), cumulative: tables };

describe('the forecast of closed days', () => {
  it('is 0 for sure, and adds nothing to the days up to it together, nor to their interval', () => {
    const closed = fc.array(fc.boolean(), { minLength: DAYS, maxLength: DAYS });
    const logs = fc.array(fc.double({ min: 0, max: 7, noNaN: true }), { minLength: DAYS, maxLength: DAYS });
    fc.assert(
      fc.property(logs, closed, (levels, isClosed) => {
        const forecasts = Float64Array.from(levels, (level, i) => (isClosed[i] ? 0 : level));
        const points = closeDays(horizonForecast(forecasts, 3, conformal), (i) => isClosed[i] === true);
        let before = { mean: 0, p10: 0, p50: 0, p90: 0 };
        let mean = 0;
        points.forEach((point, i) => {
          const { cumulative } = point;
          if (!cumulative) throw new Error('not reached');
          mean += point.mean;
          expect(cumulative.mean).toBeCloseTo(mean, 6);
          expect(cumulative.p10).toBeLessThanOrEqual(cumulative.p50);
          expect(cumulative.p50).toBeLessThanOrEqual(cumulative.p90);
          for (const name of ['p10', 'p50', 'p90'] as const) {
            expect(cumulative[name]).toBeGreaterThanOrEqual(before[name]);
            if (isClosed[i]) expect([point[name], cumulative[name]]).toEqual([0, before[name]]);
          }
          before = cumulative;
        });
      }),
    );
  });

  it('leaves a forecast without closed days as it is', () => {
    const points = horizonForecast(new Float64Array(DAYS).fill(4), 3, conformal);
    expect(closeDays(points, () => false)).toEqual(points);
  });
});
