import { XgboostWasmError } from '../errors.ts';
import { checkNames, wrongOption } from './check-options.ts';
import { FloatPlace } from './float-place.ts';
import type { ModelInfo } from './model-info.ts';
import type { Runtime } from './runtime.ts';

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
  /** Boosting rounds [begin, end); `[0, 0]`, the same as no value, means all. */
  readonly iterationRange?: readonly [number, number];
  /** n x groupCount margins to start from instead of base_score. */
  readonly baseMargin?: Float32Array;
  /** A value that means "missing", in addition to NaN, which always does; rounded to float32, as the rows are. */
  readonly missing?: number;
  /** Where to write; at least as long as the result. `engine.floats` gives memory that needs no copy. */
  readonly out?: Float32Array;
}

const OPTION_NAMES = [
  'output',
  'iterationRange',
  'baseMargin',
  'missing',
  'out',
] as const satisfies readonly (keyof PredictOptions)[];
const OUTPUTS: readonly PredictOutput[] = ['value', 'margin', 'leaf', 'contributions'];

/**
 * Checks what the types declare, for callers without them: a `null` or a string taken as a number would be a wrong
 * answer.
 *
 * @throws XgboostWasmError `invalid-input` naming the option, the value and the accepted values
 */
export function checkOptions(options: PredictOptions): void {
  checkNames(options, OPTION_NAMES);
  const { output, iterationRange: range, missing } = options;
  if (output !== undefined && !OUTPUTS.includes(output)) {
    throw invalid('output', `unknown output '${String(output)}': give one of ${OUTPUTS.join(', ')}`);
  }
  if (missing !== undefined && typeof missing !== 'number') {
    throw wrongOption('missing', missing, 'a number, or leave it out: NaN is always missing');
  }
  if (range === undefined) return;
  if (!Array.isArray(range) || range.length !== 2 || !range.every(Number.isInteger)) {
    throw wrongOption(
      'iterationRange',
      range,
      'two whole numbers [begin, end], or leave it out for all rounds',
    );
  }
}

function invalid(path: string, message: string): XgboostWasmError {
  return new XgboostWasmError('invalid-input', path, message);
}

/** Number of rows of a row-major matrix. */
export function countRows(rows: FloatPlace, featureCount: number): number {
  if (featureCount === 0) throw invalid('rows', 'the model has no features, so rows cannot be counted');
  const n = rows.length / featureCount;
  if (!Number.isInteger(n)) {
    throw invalid('rows', `${rows.length} values are not a whole number of rows of ${featureCount} features`);
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
  if (first < 0 || last > rounds || first > last) {
    throw invalid('iterationRange', `[${first}, ${stated}] lies outside the model's ${rounds} rounds`);
  }
  return [info.iterationStarts[first] ?? 0, info.iterationStarts[last] ?? 0];
}

/** The arrays of a call, found before the memory can grow. */
export interface PredictArrays {
  readonly rows: FloatPlace;
  readonly baseMargin: FloatPlace | undefined;
  readonly out: FloatPlace | undefined;
}

/**
 * @throws XgboostWasmError `invalid-input` for a value that is not an array, a detached view, or an output that
 *   overlaps the input
 */
export function placeArrays(runtime: Runtime, rows: Float32Array, options: PredictOptions): PredictArrays {
  const { baseMargin, out } = options;
  const places = {
    rows: new FloatPlace(runtime, rows, 'rows'),
    baseMargin: baseMargin === undefined ? undefined : new FloatPlace(runtime, baseMargin, 'baseMargin'),
    out: out === undefined ? undefined : new FloatPlace(runtime, out, 'out'),
  };
  if (places.out?.overlaps(places.rows)) throw invalid('out', 'overlaps rows');
  if (places.baseMargin !== undefined && places.out?.overlaps(places.baseMargin)) {
    throw invalid('out', 'overlaps baseMargin');
  }
  return places;
}

/**
 * `out` up to the length of the result, or a fresh array. Call it once the memory no longer grows.
 *
 * @throws XgboostWasmError `out-of-memory` when there is no room for the result
 */
export function outputArray(out: FloatPlace | undefined, length: number): Float32Array {
  if (out === undefined) {
    try {
      return new Float32Array(length);
    } catch {
      throw new XgboostWasmError(
        'out-of-memory',
        'rows',
        `no room for a result of ${length} floats: predict fewer rows`,
      );
    }
  }
  const { array } = out;
  return array.length === length ? array : array.subarray(0, length);
}

export function checkLengths(arrays: PredictArrays, marginLength: number, outLength: number): void {
  const { baseMargin, out } = arrays;
  if (baseMargin !== undefined && baseMargin.length !== marginLength) {
    throw invalid('baseMargin', `has ${baseMargin.length} items, expected ${marginLength}`);
  }
  if (out !== undefined && out.length < outLength) {
    throw invalid('out', `has ${out.length} items, but the result has ${outLength}`);
  }
}
