import { describe, expect, it } from 'vitest';
import { onePoint } from '../../../../workers/trainer/evaluate/contenders.ts';
import { scoreContender } from '../../../bench/peers/score-contender.ts';

/** Two series of two days each. */
function windowOf(origin: number, actual: readonly number[]) {
  return { origin, actual: Float64Array.from(actual), series: Int32Array.of(3, 3, 8, 8) };
}
const values = (...units: readonly number[]) => Float64Array.from(units);

describe('the scores of a contender', () => {
  it('are nothing but the bias of 1 for a forecast of what was sold', () => {
    const actual = [4, 0, 10, 6];
    const scores = scoreContender([windowOf(1, actual)], [onePoint(values(...actual))]);
    expect(scores).toEqual({
      ...{ rmsle: 0, rmsle_median: 0, wape: 0, wape_sums: 0, bias: 1 },
      rmsle_by_window: [0],
    });
  });

  it('measure the mean by units, and days that even out are no error of a sum', () => {
    const forecast = { median: values(0, 0, 0, 0), mean: values(2, 2, 10, 9) };
    const { wape, wape_sums, bias } = scoreContender([windowOf(1, [4, 0, 10, 6])], [forecast]);
    expect(wape).toBeCloseTo((2 + 2 + 0 + 3) / 20, 12);
    expect(wape_sums).toBeCloseTo(3 / 20, 12);
    expect(bias).toBeCloseTo(23 / 20, 12);
  });

  it('measure the median by RMSLE, pooled over the points of a window, then over windows', () => {
    const e = Math.E - 1;
    const windows = [1, 2, 3].map((origin) => windowOf(origin, [0, 0, 0, 0]));
    // Errors of 1, 3 and 2 in log1p, on one of four points, on one, on all.
    const medians = [
      values(e, 0, 0, 0),
      values(0, 0, Math.expm1(3), 0),
      values(0, 0, 0, 0).fill(Math.expm1(2)),
    ];
    const forecasts = medians.map((median) => ({ median, mean: values(9, 9, 9, 9) }));
    const { rmsle, rmsle_median, rmsle_by_window, wape } = scoreContender(windows, forecasts);
    expect(rmsle_by_window.map((value) => value.toFixed(9))).toEqual([
      '0.500000000',
      '1.500000000',
      '2.000000000',
    ]);
    expect(rmsle).toBeCloseTo(4 / 3, 9);
    expect(rmsle_median).toBeCloseTo(1.5, 9);
    // Nothing was sold: there is nothing to divide by.
    expect(wape).toBeNaN();
  });

  it('count what is forecast below zero as zero, in sums and bias too', () => {
    const actual = windowOf(1, [4, 0, 10, 6]);
    const negative = scoreContender([actual], [onePoint(values(4, -5, 10, 6))]);
    expect(negative).toEqual(scoreContender([actual], [onePoint(values(4, 0, 10, 6))]));
  });

  it('need a forecast for every window', () => {
    expect(() => scoreContender([windowOf(1, [1, 1, 1, 1])], [])).toThrow('window 1');
  });
});
