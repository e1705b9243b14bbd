import { readManifest, readPointer } from '../../../shared/artifacts/current-publication.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import {
  type PublicationEntry,
  type PublicationPointer,
  publicationId,
  writePublication,
} from '../../../shared/artifacts/publication-pointer.ts';
import { FEATURE_FINGERPRINT } from '../../../shared/features/index.ts';

/**
 * Has the pointer name models that may be missing or damaged, all with the dataset in service: no check that a publication
 * has to pass keeps them out.
 *
 * @param previous earlier models, newest first
 */
export async function putPublication(
  objects: ObjectStore,
  version: string,
  previous: readonly string[] = [],
): Promise<PublicationPointer> {
  const read = await readPointer(objects);
  const dataset = read ? (await readManifest(objects, read.pointer.current)).dataset : null;
  const enter = async (model: string, since: string): Promise<PublicationEntry> => {
    const key = objectKeys.modelFile(model, 'manifest.json');
    const text = (await (await objects.get(key))?.text()) ?? '';
    const feature_hash = /"feature_hash": *"([^"]*)"/.exec(text)?.[1] ?? FEATURE_FINGERPRINT;
    const packed = objectKeys.modelFile(model, 'model.packed');
    const parts = {
      dataset,
      model: {
        version: model,
        feature_hash,
        objects: { 'manifest.json': { key, sha256: null }, 'model.packed': { key: packed, sha256: null } },
      },
      forecasts: null,
    };
    const id = await publicationId(parts, new Date(since));
    const entry = await writePublication(objects, { schema_version: 1, id, created_at: since, ...parts });
    return { ...entry, since, promoted_at: since };
  };
  const pointer: PublicationPointer = {
    schema_version: 1,
    current: await enter(version, '2026-11-21T03:09:00.000Z'),
    previous: await Promise.all(previous.map((earlier) => enter(earlier, '2026-11-20T03:09:00.000Z'))),
  };
  await objects.put(objectKeys.current, JSON.stringify(pointer));
  return pointer;
}
