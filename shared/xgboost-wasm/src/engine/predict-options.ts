import { XgboostWasmError } from '../errors.ts';
import type { ModelInfo } from './model-info.ts';

/** What `predict` returns: see {@link PredictOptions.output}. */
export type PredictOutput = 'value' | 'margin' | 'leaf' | 'contributions';

export interface PredictOptions {
  /**
   * - `value` (default): after the objective's transform, n x groupCount (n for `multi:softmax`)
   * - `margin`: before it, n x groupCount
   * - `leaf`: node numbers of the leaves, n x trees of the iteration range
   * - `contributions`: exact SHAP values, n x groupCount x (featureCount + 1), the bias last
   */
  readonly output?: PredictOutput;
  /** Boosting rounds [begin, end); `[0, 0]` and none mean all. */
  readonly iterationRange?: readonly [number, number];
  /** n x groupCount margins to start from instead of base_score. */
  readonly baseMargin?: Float32Array;
  /** A value that means "missing" beside NaN, which always does. */
  readonly missing?: number;
  /** Where to write; at least as long as the result. */
  readonly out?: Float32Array;
}

function invalid(path: string, message: string): XgboostWasmError {
  return new XgboostWasmError('invalid-input', path, message);
}

/** Number of rows of a row-major matrix. */
export function countRows(rows: Float32Array, featureCount: number): number {
  if (!(rows instanceof Float32Array)) throw invalid('rows', 'must be a Float32Array');
  if (featureCount === 0) throw invalid('rows', 'the model has no features, so rows cannot be counted');
  const n = rows.length / featureCount;
  if (!Number.isInteger(n)) {
    throw invalid('rows', `${rows.length} values are no whole number of rows of ${featureCount} features`);
  }
  return n;
}

/** Trees [begin, end) of an iteration range. */
export function treesOfRange(
  info: ModelInfo,
  range: readonly [number, number] | undefined,
): [number, number] {
  const rounds = Math.max(0, info.iterationStarts.length - 1);
  const [first, stated] = range ?? [0, 0];
  const last = stated === 0 ? rounds : stated;
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || last > rounds || first > last) {
    throw invalid('iterationRange', `[${first}, ${stated}] does not lie in the model's ${rounds} rounds`);
  }
  return [info.iterationStarts[first] ?? 0, info.iterationStarts[last] ?? 0];
}

/** `out` if it is long enough, or a fresh array. */
export function outputArray(out: Float32Array | undefined, length: number): Float32Array {
  if (out === undefined) return new Float32Array(length);
  if (out.length < length) throw invalid('out', `has ${out.length} items, but the result has ${length}`);
  return out.length === length ? out : out.subarray(0, length);
}

export function checkBaseMargin(baseMargin: Float32Array | undefined, length: number): void {
  if (baseMargin !== undefined && baseMargin.length !== length) {
    throw invalid('baseMargin', `has ${baseMargin.length} items, expected ${length}`);
  }
}
