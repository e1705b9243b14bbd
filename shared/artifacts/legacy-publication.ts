/**
 * The old layout, from before publications: `models/champion.json` named the model, and the dataset's objects had fixed
 * keys, which are their names today. It is read as one publication that holds everything; the first publication or
 * change by hand writes its manifest and pointer (`legacyManifest`) and leaves its objects in place.
 *
 * @module
 */
import { z } from 'zod';
import { holdSchema, manifestSchema } from '../schemas/manifest.ts';
import { sha256Hex } from '../sha256.ts';
import { datasetNames, type ModelFile, objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { InvalidObjectError, parseObject } from './parse-object.ts';
import type { ObjectReader, ObjectRef, Publication, PublicationManifest } from './publication.ts';
import type { PublicationEntry, PublicationPointer } from './publication-pointer.ts';
import { readDatasetFacts } from './read-dataset-facts.ts';

export const LEGACY_CHAMPION_KEY = 'models/champion.json';
/** The prefixes of a dataset's keys. */
export const LEGACY_DATASET_PREFIXES = [
  datasetNames.catalog,
  datasetNames.intraday,
  'dataset/history/',
  'plan/promotions/',
  'replay/',
] as const;

const MODEL_FILES: readonly ModelFile[] = ['manifest.json', 'model.packed', 'model.ubj'];
const LEGACY_PREFIX = 'legacy-';
/** In place of a version while no model was promoted. */
const NO_TIME = '1970-01-01T00:00:00.000Z';

const legacyChampionSchema = z.object({
  version: z.string(),
  promoted_at: z.iso.datetime(),
  previous: z.array(z.object({ version: z.string(), promoted_at: z.iso.datetime() })),
  hold: holdSchema.optional(),
});

/** Whether a publication stands for the old layout. */
export function isOfLegacyStore({ id }: { readonly id: string }): boolean {
  return id.startsWith(LEGACY_PREFIX);
}

/** Whether it does, and has no manifest yet. */
export function isLegacy(entry: Pick<PublicationEntry, 'id' | 'sha256'>): boolean {
  return isOfLegacyStore(entry) && entry.sha256 === '';
}

/**
 * @returns null for an object store without any publication
 * @throws {InvalidObjectError} for an unreadable champion pointer
 */
export async function readLegacyPointer(store: ObjectReader): Promise<PublicationPointer | null> {
  const [champion, catalog] = await Promise.all([
    store.get(LEGACY_CHAMPION_KEY),
    store.get(datasetNames.catalog),
  ]);
  if (!champion && !catalog) return null;
  // Both may change in place, so the publication's id is derived from what is in service.
  const state = (await sha256Hex(`${champion?.etag} ${catalog?.etag}`)).slice(0, 8);
  const entry = (model: string | null, at: string): PublicationEntry => ({
    id: `${LEGACY_PREFIX}${state}-${model ?? 'dataset'}`,
    ...{ sha256: '', model, feature_hash: null, since: at, promoted_at: model === null ? null : at },
  });
  if (!champion) return { schema_version: 1, current: entry(null, NO_TIME), previous: [] };
  const { version, promoted_at, previous, hold } = parseChampion(await champion.text());
  return {
    schema_version: 1,
    current: entry(version, promoted_at),
    previous: previous.map((earlier) => entry(earlier.version, earlier.promoted_at)),
    ...(hold && { hold }),
  };
}

function parseChampion(text: string): z.infer<typeof legacyChampionSchema> {
  try {
    return legacyChampionSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidObjectError(
      `${LEGACY_CHAMPION_KEY}: is not a champion pointer; restore it, or delete it and publish again`,
      { cause },
    );
  }
}

const fileRef = (key: string): ObjectRef => ({ key, sha256: null });

/** Opens the old layout. Its objects have no hashes; only the model's own manifest lists some. */
export function openLegacy(store: ObjectReader, { id, model }: PublicationEntry): Publication {
  return {
    id,
    model: model === null ? null : { version: model, feature_hash: '', objects: modelRefs(model) },
    forecasts: null,
    dataset: { get: (name) => store.get(name) },
    versionOf: (name) => `${id}/${name}`,
  };
}

function modelRefs(version: string, files: readonly ModelFile[] = MODEL_FILES): Record<string, ObjectRef> {
  return Object.fromEntries(files.map((file) => [file, fileRef(objectKeys.modelFile(version, file))]));
}

/**
 * The dataset in the old layout, its objects in place; every publication made from it shares it.
 *
 * @throws {InvalidObjectError} for an unreadable catalog
 */
export async function legacyDataset(
  store: Pick<ObjectStore, 'get' | 'list'>,
): Promise<PublicationManifest['dataset']> {
  const catalog = await (await store.get(datasetNames.catalog))?.text();
  const facts = catalog === undefined ? null : readDatasetFacts(catalog, datasetNames.catalog);
  if (!facts) return null;
  const names = (await Promise.all(LEGACY_DATASET_PREFIXES.map((prefix) => store.list(prefix)))).flat();
  return {
    name: String(parseObject(catalog ?? '', datasetNames.catalog).dataset),
    live_from: facts.liveFrom,
    last_date: facts.lastDate,
    objects: Object.fromEntries(names.map((name) => [name, fileRef(name)])),
  };
}

/** The manifest of a publication in the old layout. @param dataset `legacyDataset` of the object store */
export async function legacyManifest(
  store: ObjectReader,
  { id, model, since }: PublicationEntry,
  dataset: PublicationManifest['dataset'],
): Promise<PublicationManifest> {
  return {
    ...{ schema_version: 1, id, created_at: since, dataset, forecasts: null },
    model: model === null ? null : await legacyModel(store, model),
  };
}

async function legacyModel(store: ObjectReader, version: string): Promise<PublicationManifest['model']> {
  const text = await (await store.get(objectKeys.modelFile(version, 'manifest.json')))?.text();
  const manifest = text === undefined ? null : manifestSchema.safeParse(JSON.parse(text)).data;
  if (!manifest) return { version, feature_hash: '', objects: modelRefs(version) };
  const files = Object.keys(manifest.files) as ModelFile[];
  return {
    version,
    feature_hash: manifest.feature_hash,
    objects: modelRefs(version, ['manifest.json', ...files]),
  };
}
