import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelFile, objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { type Champion, championSchema, manifestSchema } from '../../../shared/schemas/manifest.ts';
import { ifAbsent } from '../../trainer/data/absent-file.ts';

const MODEL_FILES: readonly ModelFile[] = ['model.packed', 'model.ubj', 'manifest.json'];
const BOOTSTRAP_PREFIX = 'bootstrap-';

/** A model in a directory of this machine. */
export interface ModelSource {
  readonly version: string;
  /** @returns null for a file that the source does not have. */
  read(file: ModelFile): Promise<Uint8Array | null>;
}

const readOrNull = (path: string) => readFile(path).catch(ifAbsent(null));

/** The committed model, which every feature definition has one of. */
export async function bootstrapModel(root: string): Promise<ModelSource> {
  const directory = join(root, 'workers/local/bootstrap');
  const { version } = manifestSchema.parse(
    JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')),
  );
  return { version, read: (file) => readOrNull(join(directory, file)) };
}

/** The champion of a directory that `npm run train` wrote. */
export async function publishedModel(directory: string): Promise<ModelSource> {
  const { version } = championSchema.parse(
    JSON.parse(await readFile(join(directory, objectKeys.champion), 'utf8')),
  );
  return { version, read: (file) => readOrNull(join(directory, objectKeys.modelFile(version, file))) };
}

/** The version in service, null before the first. */
async function readServed(objects: ObjectStore): Promise<Champion | null> {
  const object = await objects.get(objectKeys.champion);
  return object === null ? null : championSchema.parse(JSON.parse(await object.text()));
}

/** Whether the model in service is one that came with the repository. */
export async function servesBootstrapModel(objects: ObjectStore): Promise<boolean> {
  return (await readServed(objects))?.version.startsWith(BOOTSTRAP_PREFIX) ?? true;
}

/** Puts a model into service, its files first and the pointer to it last; nothing when it is in service already. */
export async function serveModel(
  source: ModelSource,
  objects: ObjectStore,
  now: Date,
): Promise<'served' | 'unchanged'> {
  const served = await readServed(objects);
  if (served?.version === source.version) return 'unchanged';
  for (const file of MODEL_FILES) {
    const bytes = await source.read(file);
    if (bytes !== null) await objects.put(objectKeys.modelFile(source.version, file), bytes);
  }
  const champion: Champion = {
    version: source.version,
    promoted_at: now.toISOString(),
    previous:
      served === null
        ? []
        : [{ version: served.version, promoted_at: served.promoted_at }, ...served.previous],
  };
  await objects.put(objectKeys.champion, JSON.stringify(champion));
  return 'served';
}
