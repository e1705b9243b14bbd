import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLogCache,
  logCount,
  logUnits,
  meanOf,
  prefixMeansOf,
} from '../../../../shared/features/window-statistics.ts';

/** The shortcuts of feature building must not change a bit. */
describe('cached logarithms', () => {
  it('have the bits of Math.log1p, whatever the order of numbers and evictions', () => {
    const count = fc.oneof(
      fc.nat(50),
      fc.nat(2 ** 31 - 1),
      fc.nat(40).map((k) => k * 8192),
    );
    fc.assert(
      fc.property(fc.array(count, { maxLength: 400 }), (counts) => {
        for (const value of [...counts, ...counts]) {
          expect(logUnits(value)).toBe(Math.log1p(value / 1000));
          expect(logCount(value)).toBe(Math.log1p(value));
        }
      }),
    );
  });

  it('are empty at first: 0 is not taken for a cached number', () => {
    expect(createLogCache(1)(0)).toBe(0);
    expect(createLogCache(1)(1)).toBe(Math.LN2);
  });
});

describe('means of one pass', () => {
  it('have the bits of separately computed window means', () => {
    const value = fc.oneof(fc.double({ min: 0, max: 12, noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(value, { minLength: 30, maxLength: 30 }), (values) => {
        const window = Float64Array.from(values);
        const out = new Float64Array(4);
        prefixMeansOf(window, [1, 3, 14, 30], out);
        expect([...out]).toEqual([1, 3, 14, 30].map((count) => meanOf(window, 0, count)));
      }),
    );
  });
});
