import { MlflowError } from '../mlflow/mlflow-error.ts';
import type { Sending } from './sending.ts';

/** Does what needs a model registry; a server that has none is told about in a note, and the rest goes on. */
export async function unlessUnsupported(sending: Sending, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof MlflowError) || error.kind !== 'unsupported') throw error;
    sending.note(
      `MLflow: no model registry there, so versions and champion are left out (${error.message}).`,
    );
  }
}
