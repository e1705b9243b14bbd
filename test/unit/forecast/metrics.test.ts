import { describe, expect, it } from 'vitest';
import { coverageOf, scoreOf } from '../../../shared/forecast/metrics.ts';

describe('scores', () => {
  it('agree with values computed by hand', () => {
    // log1p: 0, log 2, log 4 against log 2, log 2, log 8; errors log 2, 0, log 2.
    const score = scoreOf([0, 1, 3], [1, 1, 7]);
    expect(score.rmsle).toBeCloseTo(Math.log(2) * Math.sqrt(2 / 3), 12);
    expect(score.wape).toBeCloseTo(5 / 4, 12);
    expect(score.bias).toBeCloseTo(5 / 3, 12);
    expect(score.count).toBe(3);
  });

  it('take a forecast below zero for zero', () => {
    expect(scoreOf([0, 4], [-3, 4])).toEqual({ rmsle: 0, wape: 0, bias: 0, count: 2 });
  });

  it('are not a number where nothing was scored or sold', () => {
    expect(scoreOf([], []).rmsle).toBeNaN();
    expect(scoreOf([0], [1]).wape).toBeNull();
    expect(scoreOf([0], [0]).wape).toBeNull();
  });

  it('refuse columns of different length', () => {
    expect(() => scoreOf([1], [1, 2])).toThrow(RangeError);
  });
});

describe('coverage', () => {
  it('counts values within the closed interval', () => {
    expect(coverageOf([1, 2, 3, 4], [1, 3, 0, 0], [1, 4, 2, 9])).toBe(0.5);
  });
});
