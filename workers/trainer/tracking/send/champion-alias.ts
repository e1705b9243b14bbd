import type { MlflowConnection } from '../mlflow/connection.ts';
import {
  deleteAlias,
  findModelVersion,
  type RegisteredModel,
  setAlias,
  setModelTag,
} from '../mlflow/registry.ts';
import { VERSION_TAG } from '../record/tracking-record.ts';

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
