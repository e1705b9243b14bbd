import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { bindLibrary, copyBytes, copyFloats, type Handle, type XgboostFunctions } from './native.ts';

/** Thrown when a call of XGBoost fails; the message is its own. */
export class XgboostError extends UserError {
  override name = 'XgboostError';
  constructor(call: string, reason: string) {
    super(`${call} failed: ${reason.trim().split('\n')[0]}`);
  }
}

/** Parameters as XGBoost names them, e.g. `{ max_depth: 6, eta: 0.05 }`. */
export type BoosterParams = Readonly<Record<string, string | number>>;

/** A matrix of rows in the memory of XGBoost; freed by `using` or `dispose()`. */
export interface TrainingMatrix extends Disposable {
  readonly rows: number;
  readonly handle: Handle;
}

/** A metric as XGBoost names it, `rmse`, and its value. */
export interface Loss {
  readonly metric: string;
  readonly value: number;
}

export interface Booster extends Disposable {
  /** Adds one tree. */
  update(iteration: number, matrix: TrainingMatrix): void;
  /**
   * The loss on a matrix by the objective's own metric. On the booster's own matrix it costs almost nothing: the
   * library caches the margins.
   */
  evaluate(iteration: number, matrix: TrainingMatrix): Loss;
  /**
   * Margins, one per row.
   *
   * @param rounds number of first rounds to use; all by default
   */
  predict(matrix: TrainingMatrix, rounds?: number): Float32Array;
  /** The model as a UBJSON document. */
  save(): Uint8Array;
  /** Replaces the trees by those of a UBJSON document; the parameters stay. */
  load(model: Uint8Array): void;
}

/** XGBoost itself, by its C API. Every call is synchronous and checked. */
export interface Xgboost {
  readonly version: string;
  readonly libraryPath: string;
  /**
   * @param rows row-major; NaN is missing
   * @param labels one per row, or null for a matrix to predict
   */
  createMatrix(
    rows: Float32Array,
    columns: number,
    labels: Float32Array | null,
    threads: number,
  ): TrainingMatrix;
  createBooster(params: BoosterParams, matrix: TrainingMatrix): Booster;
}

/** Older libraries write models that cannot be read back exactly. */
const OLDEST_MAJOR = 2;

/** @throws {XgboostError} when the library cannot be loaded or is too old. */
export function openXgboost(libraryPath: string): Xgboost {
  const native = bind(libraryPath);
  const major: [number] = [0];
  const minor: [number] = [0];
  const patch: [number] = [0];
  native.version(major, minor, patch);
  const version = `${major[0]}.${minor[0]}.${patch[0]}`;
  if (major[0] < OLDEST_MAJOR) {
    throw new XgboostError(libraryPath, `it is XGBoost ${version}; at least ${OLDEST_MAJOR}.0 is needed`);
  }
  const check = (call: string, code: number): void => {
    if (code !== 0) throw new XgboostError(call, native.lastError());
  };

  return {
    version,
    libraryPath,
    createMatrix(rows, columns, labels, threads) {
      const count = rows.length / columns;
      if (!Number.isInteger(count) || (labels !== null && labels.length !== count)) {
        throw new RangeError(
          `${rows.length} values and ${labels?.length} labels do not make rows of ${columns}`,
        );
      }
      const out: [Handle | null] = [null];
      check('XGDMatrixCreateFromMat', native.matrixFromMat(rows, count, columns, Number.NaN, out, threads));
      const handle = requireHandle(out);
      const dispose = once(() => check('XGDMatrixFree', native.matrixFree(handle)));
      if (labels) {
        try {
          check('XGDMatrixSetFloatInfo', native.matrixSetFloatInfo(handle, 'label', labels, count));
        } catch (error) {
          dispose();
          throw error;
        }
      }
      return { rows: count, handle, [Symbol.dispose]: dispose };
    },
    createBooster: (params, matrix) => createBooster(native, check, params, matrix),
  };
}

function createBooster(
  native: XgboostFunctions,
  check: (call: string, code: number) => void,
  params: BoosterParams,
  matrix: TrainingMatrix,
): Booster {
  const out: [Handle | null] = [null];
  check('XGBoosterCreate', native.boosterCreate([matrix.handle], 1, out));
  const handle = requireHandle(out);
  const dispose = once(() => check('XGBoosterFree', native.boosterFree(handle)));
  const setParams = () => {
    for (const [name, value] of Object.entries(params)) {
      check(`XGBoosterSetParam(${name})`, native.boosterSetParam(handle, name, String(value)));
    }
  };
  try {
    setParams();
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    update: (iteration, data) =>
      check('XGBoosterUpdateOneIter', native.boosterUpdate(handle, iteration, data.handle)),
    evaluate(iteration, data) {
      const result: [string | null] = [null];
      check(
        'XGBoosterEvalOneIter',
        native.boosterEvaluate(handle, iteration, [data.handle], ['data'], 1, result),
      );
      // "[9]\tdata-rmse:0.123"
      const [, metric = '', value = 'NaN'] = /\tdata-(.+):(.+)$/.exec(result[0] ?? '') ?? [];
      return { metric, value: Number(value) };
    },
    predict(data, rounds = 0) {
      const config = JSON.stringify({
        type: 1,
        training: false,
        iteration_begin: 0,
        iteration_end: rounds,
        strict_shape: false,
      });
      const result: [unknown] = [null];
      check(
        'XGBoosterPredictFromDMatrix',
        native.boosterPredict(handle, data.handle, config, [null], [0], result),
      );
      return copyFloats(result[0], data.rows);
    },
    save() {
      const length: [number | bigint] = [0];
      const bytes: [unknown] = [null];
      check('XGBoosterSaveModelToBuffer', native.boosterSave(handle, '{"format":"ubj"}', length, bytes));
      return copyBytes(bytes[0], Number(length[0]));
    },
    load(model) {
      check('XGBoosterLoadModelFromBuffer', native.boosterLoad(handle, model, model.length));
      setParams();
    },
    [Symbol.dispose]: dispose,
  };
}

function bind(libraryPath: string): XgboostFunctions {
  try {
    return bindLibrary(libraryPath);
  } catch (error) {
    throw new XgboostError(`loading ${libraryPath}`, messageOf(error));
  }
}

function requireHandle(out: readonly [Handle | null]): Handle {
  if (out[0] === null) throw new XgboostError('a constructor', 'it gave no handle');
  return out[0];
}

/** The library crashes when memory is freed twice. */
function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
