import { stat } from 'node:fs/promises';
import { readPointer } from '../../../../shared/artifacts/current-publication.ts';
import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { ifAbsent } from '../../data/absent-file.ts';
import { createDirectorySink } from './directory-object-store.ts';
import { readR2Configuration } from './r2-configuration.ts';
import { createS3ObjectStore } from './s3-object-store.ts';

/** Whether a location is a bucket; otherwise it is a directory. */
export function isBucket(location: string): boolean {
  return location.startsWith('r2://');
}

/**
 * Opens the location of `--out` or `--in`: a directory, or a bucket of R2 as `r2://BUCKET`.
 *
 * @throws {S3Error} `configuration` for a bucket whose variables are missing
 */
export function openObjectStore(
  location: string,
  environment: Readonly<Record<string, string | undefined>>,
): ObjectStore {
  if (!isBucket(location)) return createDirectorySink(location);
  return createS3ObjectStore(readR2Configuration(location, environment));
}

/** Thrown if a run could not publish its result; names the missing permission and the fix. */
export class UnwritableStoreError extends UserError {
  override readonly name = 'UnwritableStoreError';
}

/**
 * Writes an empty object and removes it again: the only way to detect a read-only token before the minutes or hours of
 * a training run.
 *
 * @param location the value of `--out`
 * @throws {UnwritableStoreError} if either fails
 */
export async function probeWriting(
  store: Pick<ObjectStore, 'put' | 'delete'>,
  location: string,
): Promise<void> {
  try {
    await store.put(objectKeys.writeProbe, '');
    await store.delete(objectKeys.writeProbe);
  } catch (cause) {
    const reason = messageOf(cause);
    // The message of an S3Error names the fix already.
    const fix = isBucket(location) ? '' : '; name a directory that may be written to with --out';
    const message = `${location} cannot be published to, so nothing is trained: ${reason}${fix}`;
    throw new UnwritableStoreError(message, { cause });
  }
}

/** Thrown for a location without a publication: an empty list would look as if there were no models yet. */
export class NoPublicationError extends UserError {
  override name = 'NoPublicationError';
}

const WHAT_TO_NAME = 'name where `npm run train -- --out` published with --in: a directory or r2://BUCKET';

/**
 * Opens the output of a training run.
 *
 * @throws {NoPublicationError} if the directory does not exist, or holds nothing of a publication
 * @throws {S3Error} `configuration` for a bucket whose variables are missing
 */
export async function openPublication(location: string): Promise<ObjectStore> {
  if (!isBucket(location)) await requireDirectory(location);
  const store = openObjectStore(location, process.env);
  if (await isPublication(store)) return store;
  throw new NoPublicationError(
    `${location} holds no publication: neither models nor a dataset are in it; ${WHAT_TO_NAME}`,
  );
}

async function requireDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(ifAbsent(null));
  if (found?.isDirectory()) return;
  const what = found ? 'is not a directory' : 'does not exist';
  throw new NoPublicationError(`${path} ${what}: ${WHAT_TO_NAME}`);
}

/** A run writes its model before anything points to it. */
async function isPublication(store: ObjectStore): Promise<boolean> {
  if (await readPointer(store)) return true;
  const models = await store.list(objectKeys.models);
  return models.some((key) => key.slice(objectKeys.models.length).includes('/'));
}
