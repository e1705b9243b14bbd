import { describe, expect, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { chooseBuckets } from '../src/compile/value-buckets.ts';
import { stumps } from './stumps.ts';

const engine = await createEngine();

describe('thresholds that arithmetic fails on are compared exactly', () => {
  const cases: [string, number[], [x: number, margin: number][]][] = [
    [
      'one is -Infinity',
      [Number.NEGATIVE_INFINITY, 0, 1, 2],
      [
        [-1, 1],
        [0, 3],
        [1.5, 7],
        [2, 15],
        [Number.NEGATIVE_INFINITY, 1],
        [Number.NaN, 0],
      ],
    ],
    [
      'one is Infinity',
      [0, 1, 2, Number.POSITIVE_INFINITY],
      [
        [-1, 0],
        [2, 7],
        [3e38, 7],
        [Number.POSITIVE_INFINITY, 15],
      ],
    ],
    [
      'they span more than float32 holds',
      [-3.3e38, 1e38, 2e38, 3e38],
      [
        [1.5e38, 3],
        [2.2e38, 7],
        [2.7e38, 7],
        [3.2e38, 15],
        [3.4e38, 15],
        [-3.4e38, 0],
      ],
    ],
    [
      'they are denormal',
      [-1e-40, 2e-45, 3e-45, 6e-45],
      [
        [-1, 0],
        [0, 1],
        [2e-45, 3],
        [4e-45, 7],
        [1, 15],
      ],
    ],
    [
      'one is NaN: nothing is less, only a missing value can go left',
      [Number.NaN, 0, 1, 2],
      [
        [Number.NEGATIVE_INFINITY, 1],
        [-1, 1],
        [0.5, 3],
        [Number.NaN, 0],
      ],
    ],
    [
      '0 is there with both signs',
      [-0, 0, 1, 2],
      [
        [-0, 3],
        [0, 3],
        [-1e-45, 0],
      ],
    ],
  ];
  it.each(cases)('%s', (_what, thresholds, expectations) => {
    const model = engine.load(stumps(thresholds));
    const rows = Float32Array.from(expectations, ([x]) => x);
    const right = expectations.map(([, margin]) => margin);
    expect([...model.predict(rows)]).toEqual(right);
    expect(Array.from(rows, (x) => model.predict(Float32Array.of(x))[0])).toEqual(right);
    const many = Float32Array.from({ length: 300 }, (_, i) => rows[i % rows.length] ?? 0);
    expect([...model.predict(many)]).toEqual(Array.from(many, (_, i) => right[i % right.length]));
  });
});

describe('the buckets of a column', () => {
  const even = Array.from({ length: 100 }, (_, i) => i);
  const bucketsOf = (cuts: readonly number[]) => chooseBuckets(Float32Array.from(cuts), 9);

  it.each([
    ['', even],
    [' and -Infinity', [Number.NEGATIVE_INFINITY, ...even]],
    [' and Infinity', [...even, Number.POSITIVE_INFINITY]],
    [' and both infinities', [Number.NEGATIVE_INFINITY, ...even, Number.POSITIVE_INFINITY]],
  ])('are evenly wide for even cuts%s, and count every cut', (_what, cuts) => {
    const buckets = bucketsOf(cuts);
    expect(buckets?.mode).toBe(0);
    const last = buckets?.starts.at(-1) ?? 0;
    expect(last).toBeLessThan(cuts.length);
    expect(last + (buckets?.window ?? 0)).toBeGreaterThanOrEqual(cuts.length);
  });

  it('are never evenly wide for a span that float32 cannot hold', () => {
    expect(bucketsOf([-3.4e38, ...even, 3.4e38])?.mode).not.toBe(0);
    expect(bucketsOf(even.map((i) => i * 2 ** -149))?.mode).not.toBe(0);
  });
});
