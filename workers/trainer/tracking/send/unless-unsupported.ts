import { MlflowError } from '../mlflow/mlflow-error.ts';
import type { Sending } from './sending.ts';

/** A 404 that is not in MLflow's words may be a proxy's, and pass. After so long it is the server's. */
const BELIEVED_AFTER_MS = 14 * 24 * 3_600_000;

/**
 * Does what needs a model registry. A server that has none is told about in a note, and the rest goes on.
 *
 * @throws {MlflowError} also `not-found`, while it may pass: the entry stays, and only this is left to do
 */
export async function unlessUnsupported(sending: Sending, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const kind = error instanceof MlflowError ? error.kind : null;
    const isMissing =
      kind === 'unsupported' || (kind === 'not-found' && sending.waitedMs >= BELIEVED_AFTER_MS);
    if (!(error instanceof MlflowError) || !isMissing) throw error;
    sending.note(
      `MLflow: no model registry there, so versions and champion are left out (${error.message}).`,
    );
  }
}
