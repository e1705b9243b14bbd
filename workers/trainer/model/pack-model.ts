import { createEngine } from 'xgboost-wasm';
import { UserError } from '../../../shared/errors/user-error.ts';
import { FEATURE_COUNT } from '../../../shared/features/index.ts';
import type { Booster, Xgboost } from './xgboost/xgboost.ts';

/** Rows on which the two engines are compared. */
const COMPARED_ROWS = 4096;

/** Thrown when the edge would forecast something other than the trained model: such a model must not be published. */
export class EngineMismatchError extends UserError {
  override name = 'EngineMismatchError';
}

/**
 * Packs a model for the edge and verifies it: the packed model, loaded again, must return the exact bits of XGBoost's
 * margins.
 *
 * @param rows the training rows, of which a sample is compared
 * @throws {EngineMismatchError}
 */
export async function packModel(
  ubj: Uint8Array,
  rows: Float32Array,
  booster: Booster,
  xgboost: Xgboost,
): Promise<Uint8Array> {
  const engine = await createEngine();
  const model = engine.load(ubj);
  const packed = model.pack();
  model.dispose();

  const sample = sampleRows(rows);
  using matrix = xgboost.createMatrix(sample, FEATURE_COUNT, null, 1);
  const native = new Uint32Array(booster.predict(matrix).buffer);
  const reloaded = engine.loadPacked(packed);
  const edge = reloaded.predict(sample, { output: 'margin' });
  const edgeBits = new Uint32Array(edge.buffer, edge.byteOffset, edge.length);
  reloaded.dispose();
  const differs = native.findIndex((bits, i) => bits !== edgeBits[i]);
  if (differs >= 0 || native.length !== edgeBits.length) {
    throw new EngineMismatchError(
      `xgboost-wasm and XGBoost ${xgboost.version} disagree on row ${differs} of the sample: the model is not published`,
    );
  }
  return packed;
}

/** Rows spread evenly over all of them. */
function sampleRows(rows: Float32Array): Float32Array {
  const count = rows.length / FEATURE_COUNT;
  const taken = Math.min(COMPARED_ROWS, count);
  const sample = new Float32Array(taken * FEATURE_COUNT);
  for (let i = 0; i < taken; i++) {
    const row = Math.floor((i * count) / taken) * FEATURE_COUNT;
    sample.set(rows.subarray(row, row + FEATURE_COUNT), i * FEATURE_COUNT);
  }
  return sample;
}
