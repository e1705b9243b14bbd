import { ensureRegisteredModel } from '../mlflow/registry.ts';
import { championSince, numberOf, setChampion } from './champion-alias.ts';
import { MODEL_DESCRIPTION } from './register-version.ts';
import type { Sending } from './sending.ts';
import { unlessUnsupported } from './unless-unsupported.ts';

/**
 * Lets the alias `champion` mean the model that a record tells of. Decisions may arrive in any order, the last one made
 * counts: an earlier one changes nothing.
 *
 * @param version ours
 * @param since ISO date and time of the decision, UTC
 * @throws {MlflowError}
 */
export function moveChampion(sending: Sending, version: string, since: string): Promise<void> {
  const { connection, model } = sending.target;
  return unlessUnsupported(sending, async () => {
    const registered = await ensureRegisteredModel(connection, model, MODEL_DESCRIPTION);
    if (championSince(registered) > Date.parse(since)) return;
    const number = await numberOf(connection, model, version);
    await setChampion(connection, model, registered, number, since);
    if (number !== null) return;
    sending.note(`MLflow: ${version} is in service, but has never been sent there: no version is champion.`);
  });
}
