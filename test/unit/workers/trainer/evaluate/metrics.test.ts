import { describe, expect, it } from 'vitest';
import { coverageOf, scoreOf, scorePoint } from '../../../../../workers/trainer/evaluate/metrics.ts';

describe('scores', () => {
  it('equal values computed by hand', () => {
    // log1p: 0, log 2, log 4 against log 2, log 2, log 8; errors log 2, 0, log 2.
    const score = scorePoint([0, 1, 3], [1, 1, 7]);
    expect(score.rmsle).toBeCloseTo(Math.log(2) * Math.sqrt(2 / 3), 12);
    expect(score.wape).toBeCloseTo(5 / 4, 12);
    expect(score.bias).toBeCloseTo(5 / 3, 12);
    expect(score.count).toBe(3);
  });

  it('count a forecast below zero as zero', () => {
    expect(scorePoint([0, 4], [-3, 4])).toEqual({
      rmsle: 0,
      wape: 0,
      bias: 0,
      mean_ratio: 1,
      count: 2,
    });
  });

  it('are NaN if nothing was scored or sold', () => {
    expect(scorePoint([], []).rmsle).toBeNaN();
    expect(scorePoint([0], [1]).wape).toBeNull();
    expect(scorePoint([0], [0]).wape).toBeNull();
  });

  it('use the median for RMSLE and WAPE, the mean for bias and for the sums of each series', () => {
    const score = scoreOf({
      actual: [0, 4, 10, 10],
      median: [0, 4, 10, 12],
      mean: [1, 1, 12, 12],
      series: [0, 0, 3, 3],
    });
    expect(score.wape).toBeCloseTo(2 / 24, 12);
    expect(score.rmsle).toBeCloseTo((Math.log1p(12) - Math.log1p(10)) / 2, 12);
    expect(score.mean_ratio).toBeCloseTo(26 / 24, 12);
    expect(score.bias).toBeCloseTo(2 / 4, 12);
    // Series 0 sold 4 where 2 were expected, series 3 sold 20 where 24 were.
    expect(score.sum_wape).toBeCloseTo((2 + 4) / 24, 12);
  });

  it('reject columns of different length', () => {
    expect(() => scorePoint([1], [1, 2])).toThrow(RangeError);
  });
});

describe('coverage', () => {
  it('counts values within the closed interval', () => {
    expect(coverageOf([1, 2, 3, 4], [1, 3, 0, 0], [1, 4, 2, 9])).toBe(0.5);
  });
});
