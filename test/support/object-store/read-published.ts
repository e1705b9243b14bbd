import {
  openCurrentDataset,
  readManifest,
  readPointer,
} from '../../../shared/artifacts/current-publication.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { ObjectRef } from '../../../shared/artifacts/publication.ts';

/** Where an object of the dataset in service lies. */
export async function publishedKey(objects: ObjectStore, name: string): Promise<string> {
  const ref = (await readRefs(objects))[name];
  if (!ref) throw new Error(`${name} is not published`);
  return ref.key;
}

/** The text of an object of the dataset in service; null where it has none of that name. */
export async function readPublished(objects: Pick<ObjectStore, 'get'>, name: string): Promise<string | null> {
  return (await (await openCurrentDataset(objects)).get(name))?.text() ?? null;
}

/** The names of the objects of the dataset in service that start with `prefix`. */
export async function publishedNames(objects: ObjectStore, prefix = ''): Promise<string[]> {
  return Object.keys(await readRefs(objects)).filter((name) => name.startsWith(prefix));
}

async function readRefs(objects: ObjectStore): Promise<Readonly<Record<string, ObjectRef>>> {
  const read = await readPointer(objects);
  const manifest = read && (await readManifest(objects, read.pointer.current));
  return manifest?.dataset?.objects ?? {};
}
