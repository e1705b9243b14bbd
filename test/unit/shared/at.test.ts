import { expect, it } from 'vitest';
import { at, last } from '../../../shared/at.ts';

it('reads arrays, typed arrays and texts', () => {
  expect(at(['a', 'b'], 1)).toBe('b');
  expect(at(Int32Array.of(3, 0), 1)).toBe(0);
  expect(at([null], 0)).toBeNull();
  expect(at('abc', 2)).toBe('c');
  expect(last(Float64Array.of(1, 2.5))).toBe(2.5);
});

it.each([-1, 2, 0.5, Number.NaN])(
  'refuses index %s of two elements, and names it and the length',
  (index) => {
    expect(() => at(Uint8Array.of(1, 2), index)).toThrow(
      new RangeError(`no element at index ${index} of an array of length 2`),
    );
  },
);

it('has no last element of an empty array', () => {
  expect(() => last([])).toThrow(RangeError);
});
