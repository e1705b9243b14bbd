import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPointer } from '../../../shared/artifacts/current-publication.ts';
import { type ModelFile, objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { PublishedModelPart } from '../../../shared/artifacts/publication.ts';
import { RegistryError } from '../../../shared/artifacts/publication-pointer.ts';
import { manifestSchema } from '../../../shared/schemas/manifest.ts';
import { ifAbsent } from '../../trainer/data/absent-file.ts';
import { createDirectorySink } from '../../trainer/publish/object-store/directory-object-store.ts';
import {
  modelPartOf,
  putIntoService,
  readPartsInService,
  readPointerToWrite,
  writeParts,
} from '../../trainer/publish/put-into-service.ts';

const MODEL_FILES: readonly ModelFile[] = ['model.packed', 'model.ubj', 'manifest.json'];
const BOOTSTRAP_PREFIX = 'bootstrap-';

/** A model in a directory of this machine. */
export interface ModelSource {
  readonly version: string;
  /** @returns null for a file that the source lacks. */
  read(file: ModelFile): Promise<Uint8Array | null>;
}

const readOrNull = (path: string) => readFile(path).catch(ifAbsent(null));

/** The committed model, made for the current feature definitions. */
export async function bootstrapModel(root: string): Promise<ModelSource> {
  const directory = join(root, 'workers/local/bootstrap');
  const { version } = manifestSchema.parse(
    JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')),
  );
  return { version, read: (file) => readOrNull(join(directory, file)) };
}

/** The champion of a directory that `npm run train` wrote. @throws {RegistryError} `no-champion`, `invalid-pointer` */
export async function publishedModel(directory: string): Promise<ModelSource> {
  const champion = (await readPointer(createDirectorySink(directory)))?.champion;
  if (!champion) throw new RegistryError('no-champion', `no model is in service in ${directory}: train one`);
  const { version } = champion;
  return { version, read: (file) => readOrNull(join(directory, objectKeys.modelFile(version, file))) };
}

/** Whether the model in service is one that came with the repository, or none is. */
export async function servesBootstrapModel(objects: ObjectStore): Promise<boolean> {
  return (await readPointer(objects))?.champion?.version.startsWith(BOOTSTRAP_PREFIX) ?? true;
}

/** Stores a model; nothing points to it yet. @returns what a publication has of it */
export async function storeSource(source: ModelSource, objects: ObjectStore): Promise<PublishedModelPart> {
  for (const file of MODEL_FILES) {
    const bytes = await source.read(file);
    if (bytes !== null) await objects.put(objectKeys.modelFile(source.version, file), bytes);
  }
  const text = await (await objects.get(objectKeys.modelFile(source.version, 'manifest.json')))?.text();
  return modelPartOf(objects, manifestSchema.parse(JSON.parse(text ?? 'null')));
}

/** Puts a model into service with the dataset that is; nothing when it is in service already. */
export async function serveModel(
  source: ModelSource,
  objects: ObjectStore,
  now: Date,
): Promise<'served' | 'unchanged'> {
  const before = await readPointerToWrite(objects);
  if (before?.champion?.version === source.version) return 'unchanged';
  const { dataset } = await readPartsInService(objects, before);
  const model = await storeSource(source, objects);
  const written = await writeParts(objects, { dataset, model, forecasts: null }, now);
  await putIntoService(objects, written, { before, at: now, replacesModel: true, what: source.version });
  return 'served';
}
