import {
  deleteAlias,
  ensureRegisteredModel,
  findModelVersion,
  setAlias,
  setModelTag,
} from '../mlflow/registry.ts';
import { VERSION_TAG } from '../record/tracking-record.ts';
import { MODEL_DESCRIPTION } from './register-version.ts';
import type { Sending } from './sending.ts';
import { unlessUnsupported } from './unless-unsupported.ts';

const CHAMPION = 'champion';
/** Tag of the registered model: when the decision was made that the alias stands for. */
const SINCE_TAG = 'champion_since';

/**
 * Lets the alias `champion` mean the model in service. Decisions may arrive in any order, the last one made counts: an
 * earlier one changes nothing. A model that the server does not know leaves the alias unset, rather than wrong.
 *
 * @param version ours
 * @param since ISO date and time of the decision, UTC
 * @throws {MlflowError}
 */
export function moveChampion(sending: Sending, version: string, since: string): Promise<void> {
  const { connection, model } = sending.target;
  return unlessUnsupported(sending, async () => {
    const { tags, aliases } = await ensureRegisteredModel(connection, model, MODEL_DESCRIPTION);
    const newest = Date.parse(tags[SINCE_TAG] ?? '');
    if (newest > Date.parse(since)) return;
    const known = await findModelVersion(connection, model, { key: VERSION_TAG, value: version });
    if (known !== null) await setAlias(connection, model, CHAMPION, known);
    else {
      if (aliases[CHAMPION] !== undefined) await deleteAlias(connection, model, CHAMPION);
      sending.note(
        `MLflow: ${version} is in service, but has never been sent there: no version is champion.`,
      );
    }
    await setModelTag(connection, model, SINCE_TAG, since);
  });
}
