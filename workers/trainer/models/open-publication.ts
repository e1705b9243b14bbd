import { stat } from 'node:fs/promises';
import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { isBucket, openObjectStore } from '../publish/open-object-store.ts';

/** Thrown for a place that nothing was published to: an empty list would look as if there were no models yet. */
export class NoPublicationError extends Error {
  override name = 'NoPublicationError';
}

const WHAT_TO_NAME = 'name what `npm run train -- --out` published to with --in: a directory or r2://BUCKET';

/**
 * Opens what a training run has published to.
 *
 * @throws {NoPublicationError} when there is no such directory, or nothing of a publication in it
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
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return;
  const what = found ? 'is not a directory' : 'is not there';
  throw new NoPublicationError(`${path} ${what}: ${WHAT_TO_NAME}`);
}

/** A run writes its model first, and its dataset before it is complete; the pointer outlives what it points to. */
async function isPublication(store: ObjectStore): Promise<boolean> {
  for (const key of [objectKeys.champion, objectKeys.catalog]) if (await store.get(key)) return true;
  const models = await store.list(objectKeys.models);
  return models.some((key) => key.slice(objectKeys.models.length).includes('/'));
}
