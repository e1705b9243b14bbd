import { readFileSync } from 'node:fs';

/** The best of several runs: what the machine achieves without other load, for either side alike. */
export function best(values: readonly number[]): number {
  return Math.min(...values);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

export function seconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** Four significant digits, as printed. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export function readFloats(path: string): Float32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** Number of items whose bits differ; all of them when the lengths do. */
export function countMismatches(actual: Float32Array, expected: Float32Array): number {
  const a = new Int32Array(actual.buffer, actual.byteOffset, actual.length);
  const b = new Int32Array(expected.buffer, expected.byteOffset, expected.length);
  if (a.length !== b.length) return Math.max(a.length, b.length);
  return a.reduce((sum, bits, i) => sum + (bits === b[i] ? 0 : 1), 0);
}

/** Largest difference between items, relative to the largest expected one of the same row. */
export function worstDifference(actual: Float32Array, expected: Float32Array, columns: number): number {
  let worst = 0;
  for (let start = 0; start < expected.length; start += columns) {
    const row = expected.subarray(start, start + columns);
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    row.forEach((value, k) => {
      const difference = Math.abs((actual[start + k] ?? Number.NaN) - value) / scale;
      worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
    });
  }
  return worst;
}
