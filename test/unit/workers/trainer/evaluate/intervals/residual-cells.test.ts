import { describe, expect, it } from 'vitest';
import { spreadByHorizon } from '../../../../../../workers/trainer/evaluate/intervals/residual-cells.ts';

const rowOf = (spread: (h: number) => number) =>
  Array.from({ length: 16 }, (_, i) => Float64Array.of(-spread(i + 1), 0, spread(i + 1)));

describe('the spread of residuals by horizon', () => {
  it('follows a power of the horizon, relative to the first', () => {
    const spreads = spreadByHorizon([rowOf((h) => 0.3 * h ** -0.5), rowOf((h) => 0.3 * h ** -0.5)]);
    spreads.forEach((spread, i) => {
      expect(spread).toBeCloseTo((i + 1) ** -0.5, 9);
    });
  });

  it('skips horizons without residuals, and stays bounded', () => {
    const gaps = rowOf((h) => h ** 0.25).map((cell, i) => (i % 3 === 0 ? new Float64Array() : cell));
    expect(spreadByHorizon([gaps])[15]).toBeCloseTo(2, 9);
    expect(spreadByHorizon([rowOf((h) => h ** 4)])[1]).toBe(2);
  });

  it('is constant without evidence', () => {
    const one = Array.from({ length: 16 }, (_, i) => (i === 4 ? Float64Array.of(1) : new Float64Array()));
    expect(spreadByHorizon([one])).toEqual(Array(16).fill(1));
    expect(spreadByHorizon([rowOf(() => 0)])).toEqual(Array(16).fill(1));
    expect(spreadByHorizon([])).toEqual([]);
  });
});
