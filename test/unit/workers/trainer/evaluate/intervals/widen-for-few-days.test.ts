import { expect, it } from 'vitest';
import type { Conformal } from '../../../../../../shared/schemas/manifest.ts';
import { widenForFewDays } from '../../../../../../workers/trainer/evaluate/intervals/widen-for-few-days.ts';

const conformalOf = (p10: number, p50: number, p90: number): Conformal => {
  const table = (value: number) => [new Array<number>(16).fill(value)];
  const tables = { p10: table(p10), p50: table(p50), p90: table(p90) };
  return { ...tables, class_bounds: [], cumulative: tables };
};
const MANY = Float64Array.of(Math.log1p(1e6));

it('stretches intervals about the median, those of sums more', () => {
  const { p10, p50, p90, cumulative } = widenForFewDays(conformalOf(-0.3, 0.1, 0.5), MANY);
  expect([p10[0]?.[0], p50[0]?.[0], p90[0]?.[0]]).toEqual([
    expect.closeTo(0.1 - 1.35 * 0.4, 9),
    0.1,
    expect.closeTo(0.1 + 1.35 * 0.4, 9),
  ]);
  expect(cumulative?.p90[0]?.[15]).toBeCloseTo(0.1 + 1.75 * 0.4, 9);
});

it('is never narrower than counting noise: a mean of 16 units a day has a deviation of 4', () => {
  const { p10, p90, cumulative } = widenForFewDays(conformalOf(0, 0, 0), Float64Array.of(Math.log1p(16)));
  expect(Math.expm1(Math.log1p(16) + (p90[0]?.[0] ?? 0))).toBeCloseTo(16 + 1.2816 * 4, 6);
  expect(Math.expm1(Math.log1p(16) + (p10[0]?.[0] ?? 0))).toBeCloseTo(16 - 1.2816 * 4, 6);
  expect(Math.expm1(Math.log1p(256) + (cumulative?.p90[0]?.[15] ?? 0))).toBeCloseTo(256 + 1.2816 * 16, 6);
});

it('reaches no further than to five times the forecast, whatever one series did', () => {
  const { p10, p90 } = widenForFewDays(conformalOf(-7, 0, 8), MANY);
  expect(p90[0]?.[0]).toBeCloseTo(Math.log(5), 9);
  expect(p10[0]?.[0]).toBeCloseTo(-Math.log(5), 9);
});

it('has finite ends for a retailer that sold nothing', () => {
  const { p10, p90 } = widenForFewDays(conformalOf(0, 0, 0), new Float64Array(3));
  expect([p10[0]?.[0], p90[0]?.[0]].every(Number.isFinite)).toBe(true);
});
