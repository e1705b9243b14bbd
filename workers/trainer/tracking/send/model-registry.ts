import type { Champion } from '../../../../shared/artifacts/publication-pointer.ts';
import { DAY_MS } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { MlflowError } from '../mlflow/mlflow-error.ts';
import {
  createModelVersion,
  deleteAlias,
  ensureRegisteredModel,
  findModelVersion,
  findRegisteredModel,
  type RegisteredModel,
  setAlias,
  setModelTag,
} from '../mlflow/registry.ts';
import { findOrCreate, type MlflowConnection } from '../mlflow/send-request.ts';
import { type TrainingRecord, VERSION_TAG } from '../record/tracking-record.ts';
import type { Sending, Target } from './sending.ts';

/** What the registered model is, on MLflow's pages. */
export const MODEL_DESCRIPTION = `Daily demand by store and product family, ${HORIZON} days ahead. The alias champion is the model in service.`;

/** Registers the model of a run as a version, once. @throws {MlflowError} */
export function registerVersion(
  sending: Sending,
  { key, model }: TrainingRecord,
  run: { readonly run_id: string; readonly artifact_uri: string },
): Promise<void> {
  const { connection, model: name } = sending.target;
  return sending.step('model version', () =>
    unlessUnsupported(sending, async () => {
      await ensureRegisteredModel(connection, name, MODEL_DESCRIPTION);
      await findOrCreate(
        connection,
        () => findModelVersion(connection, name, { key: VERSION_TAG, value: key }),
        () =>
          createModelVersion(connection, {
            model: name,
            source: `${run.artifact_uri}/${model.folder}`,
            runId: run.run_id,
            description: model.description,
            tags: model.tags,
          }),
      );
    }),
  );
}

const CHAMPION = 'champion';
/** Tag of the registered model: when the decision was made that the alias stands for. */
const SINCE_TAG = 'champion_since';

/** The number that the alias `champion` means; null where it is not set. */
export function championIn({ aliases }: RegisteredModel): number | null {
  return aliases[CHAMPION] ?? null;
}

/** The moment of the decision that the alias stands for, in milliseconds; NaN where it stands for none. */
export function championSince({ tags }: RegisteredModel): number {
  return Date.parse(tags[SINCE_TAG] ?? '');
}

/** The number of one of our versions there; null where it was never sent. @throws {MlflowError} */
export function numberOf(
  connection: MlflowConnection,
  model: string,
  version: string,
): Promise<number | null> {
  return findModelVersion(connection, model, { key: VERSION_TAG, value: version });
}

/**
 * Lets the alias `champion` mean this version. A version that the server does not know leaves the alias unset, rather
 * than wrong.
 *
 * @param number of the version there, null for one that was never sent
 * @param since ISO date and time of the decision, UTC
 * @throws {MlflowError}
 */
export async function setChampion(
  connection: MlflowConnection,
  model: string,
  registered: RegisteredModel,
  number: number | null,
  since: string,
): Promise<void> {
  if (number !== null) await setAlias(connection, model, CHAMPION, number);
  else if (championIn(registered) !== null) await deleteAlias(connection, model, CHAMPION);
  await setModelTag(connection, model, SINCE_TAG, since);
}

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

/** A 404 that is not in MLflow's words may be a proxy's, and pass. After so long it is the server's. */
const BELIEVED_AFTER_MS = 14 * DAY_MS;

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
