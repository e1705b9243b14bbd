import type { Champion } from '../../../../shared/schemas/manifest.ts';
import { MlflowError } from '../mlflow/mlflow-error.ts';
import { findRegisteredModel } from '../mlflow/registry.ts';
import { championIn, numberOf, setChampion } from './champion-alias.ts';
import type { Target } from './sending.ts';

/**
 * Makes the alias `champion` mean what is in service, where it means another version: a run was killed before it could
 * tell, or its record was lost. What is in service counts, whatever was told when.
 *
 * @param champion as it was read this moment
 */
export async function agreeOnChampion(
  { connection, model }: Target,
  { version, promoted_at }: Pick<Champion, 'version' | 'promoted_at'>,
  onNote: (note: string) => void,
): Promise<void> {
  try {
    const registered = await findRegisteredModel(connection, model);
    if (!registered) return;
    const number = await numberOf(connection, model, version);
    if (number === championIn(registered)) return;
    await setChampion(connection, model, registered, number, promoted_at);
    const now = number === null ? `no version, since ${version} has never been sent there` : version;
    onNote(`MLflow: the alias champion did not mean what is in service; it means ${now} now.`);
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    // A server without a registry has been told about where the version was left out.
    if (error.kind === 'unsupported' || error.kind === 'not-found') return;
    onNote(`MLflow: whether the alias champion means what is in service is not known (${error.message}).`);
  }
}
