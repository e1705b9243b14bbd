import { readPointer } from '../../../shared/artifacts/current-publication.ts';
import { LEGACY_CHAMPION_KEY } from '../../../shared/artifacts/legacy-publication.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { publishedNames, readPublished } from './read-published.ts';

/** Lays out a store as builds did before there were publications: the same objects under fixed keys, and their pointer. */
export async function makeLegacy(objects: ObjectStore): Promise<void> {
  const champion = (await readPointer(objects))?.champion;
  for (const name of await publishedNames(objects)) {
    await objects.put(name, (await readPublished(objects, name)) ?? '');
  }
  await objects.put(LEGACY_CHAMPION_KEY, JSON.stringify(champion));
  for (const prefix of [objectKeys.publications, objectKeys.contents]) {
    for (const key of await objects.list(prefix)) await objects.delete(key);
  }
}
