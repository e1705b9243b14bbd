import { expect } from 'vitest';
import type { Engine, PredictOptions } from 'xgboost-wasm';
import { countMismatches, decodeBytes, decodeFloats, type ZooCase } from './zoo-file.ts';

function optionsOf(entry: ZooCase, options: PredictOptions): PredictOptions {
  return entry.missing === null ? options : { ...options, missing: entry.missing };
}

/** Largest difference, relative to the row's largest contribution. */
function worstContribution(actual: Float32Array, expected: Float32Array, entry: ZooCase): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const stride = entry.featureCount + 1;
  let worst = 0;
  for (let start = 0; start < expected.length; start += stride) {
    const row = expected.subarray(start, start + stride);
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    for (let i = 0; i < stride; i++) {
      const difference = Math.abs((actual[start + i] ?? Number.NaN) - (row[i] ?? Number.NaN)) / scale;
      worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
    }
  }
  return worst;
}

/** Largest difference between the sum of a row's contributions and its margin, relative to their size. */
function worstSum(contributions: Float32Array, margins: Float32Array, entry: ZooCase): number {
  const stride = entry.featureCount + 1;
  let worst = 0;
  margins.forEach((margin, i) => {
    let sum = 0;
    let size = 1e-6;
    for (const value of contributions.subarray(i * stride, (i + 1) * stride)) {
      sum += value;
      size += Math.abs(value);
    }
    worst = Math.max(worst, Math.abs(sum - margin) / size);
  });
  return worst;
}

/**
 * Checks that margins, values and leaf numbers have native's bits and contributions are close, for the model loaded
 * from the file and packed.
 */
export function expectNativeOutputs(engine: Engine, entry: ZooCase): void {
  const model = engine.load(decodeBytes(entry.model));
  const packed = engine.loadPacked(model.pack());
  const rows = decodeFloats(entry.rows);
  for (const candidate of [model, packed]) {
    const predict = (options: PredictOptions): Float32Array =>
      candidate.predict(rows, optionsOf(entry, options));
    expect(candidate.featureCount).toBe(entry.featureCount);
    expect(countMismatches(predict({ output: 'margin' }), decodeFloats(entry.margin))).toBe(0);
    expect(countMismatches(predict({}), decodeFloats(entry.value))).toBe(0);
    const baseMargin = decodeFloats(entry.baseMargin);
    const fromBase = decodeFloats(entry.marginFromBase);
    expect(countMismatches(predict({ output: 'margin', baseMargin }), fromBase)).toBe(0);
    if (entry.leaf !== undefined) {
      expect(countMismatches(predict({ output: 'leaf' }), decodeFloats(entry.leaf))).toBe(0);
    }
    if (entry.rangeMargin !== undefined) {
      const ranged = predict({ output: 'margin', iterationRange: [1, 3] });
      expect(countMismatches(ranged, decodeFloats(entry.rangeMargin))).toBe(0);
    }
    if (entry.contributions !== undefined) {
      const expected = decodeFloats(entry.contributions);
      const all = predict({ output: 'contributions' });
      expect(worstContribution(all.subarray(0, expected.length), expected, entry)).toBeLessThan(1e-4);
      expect(worstSum(all, predict({ output: 'margin' }), entry)).toBeLessThan(1e-4);
    }
    candidate.dispose();
  }
}
