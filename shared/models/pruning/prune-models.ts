import { readPointer } from '../champion-pointer.ts';
import { objectKeys } from '../object-keys.ts';
import type { ObjectStore } from '../object-store.ts';
import type { PrunePlan } from './plan-pruning.ts';

/**
 * Removes what the plan says, version by version, the manifest of each first: a model without one cannot be promoted. If
 * the pointer has come to name it until then, its manifest is put back and it stays; if it comes to name it afterwards,
 * whoever writes the pointer sees that the manifest is gone (`promote`).
 *
 * May be broken off anywhere: what is left of a version is incomplete and removed the next time.
 *
 * @returns the versions that were removed
 */
export async function pruneModels(
  store: Pick<ObjectStore, 'get' | 'put' | 'delete'>,
  { removed, forecasts }: PrunePlan,
): Promise<string[]> {
  const gone: string[] = [];
  for (const { version, keys } of removed) {
    if (await removeVersion(store, version, keys)) gone.push(version);
  }
  for (const key of forecasts) await store.delete(key);
  return gone;
}

async function removeVersion(
  store: Pick<ObjectStore, 'get' | 'put' | 'delete'>,
  version: string,
  keys: readonly string[],
): Promise<boolean> {
  const manifestKey = objectKeys.modelFile(version, 'manifest.json');
  const manifest = await (await store.get(manifestKey))?.bytes();
  await store.delete(manifestKey);
  const champion = (await readPointer(store))?.champion;
  const isNamed = champion && [champion, ...champion.previous].some((entry) => entry.version === version);
  if (isNamed) {
    if (manifest) await store.put(manifestKey, manifest, { etag: null });
    return false;
  }
  for (const key of keys) if (key !== manifestKey) await store.delete(key);
  return true;
}
