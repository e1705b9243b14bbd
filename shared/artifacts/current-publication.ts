import {
  isLegacy,
  legacyDataset,
  legacyManifest,
  openLegacy,
  readLegacyPointer,
} from './legacy-publication.ts';
import { datasetNames, objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';
import {
  type DatasetObjects,
  type ObjectReader,
  openPublicationManifest,
  type Publication,
  type PublicationManifest,
  readPublicationManifest,
} from './publication.ts';
import {
  championOf,
  type PublicationEntry,
  publicationPointerSchema,
  type ReadPointer,
  RegistryError,
} from './publication-pointer.ts';
import { type DatasetFacts, readDatasetFacts } from './read-dataset-facts.ts';

/**
 * @returns null while nothing is in service
 * @throws {RegistryError} `invalid-pointer`
 */
export async function readPointer(store: ObjectReader): Promise<ReadPointer | null> {
  const object = await store.get(objectKeys.current);
  if (!object) {
    const legacy = await readLegacyPointer(store);
    return legacy && { pointer: legacy, champion: championOf(legacy), etag: null };
  }
  try {
    const pointer = publicationPointerSchema.parse(JSON.parse(await object.text()));
    return { pointer, champion: championOf(pointer), etag: object.etag };
  } catch (cause) {
    throw new RegistryError(
      'invalid-pointer',
      `${objectKeys.current} is not a pointer to a publication: restore it, or delete it and publish again`,
      { cause },
    );
  }
}

/**
 * Opens a publication that the pointer names.
 *
 * @throws {InvalidObjectError} when its manifest is missing or damaged
 */
export async function readPublication(store: ObjectReader, entry: PublicationEntry): Promise<Publication> {
  if (isLegacy(entry)) return openLegacy(store, entry);
  return openPublicationManifest(store, await readPublicationManifest(store, entry));
}

/** The manifest of a publication that the pointer names. @throws {InvalidObjectError} when it is missing or damaged */
export async function readManifest(
  store: Pick<ObjectStore, 'get' | 'list'>,
  entry: PublicationEntry,
): Promise<PublicationManifest> {
  if (!isLegacy(entry)) return readPublicationManifest(store, entry);
  return legacyManifest(store, entry, await legacyDataset(store));
}

/** Several at once; what publications of the old layout share is read only once. */
export async function readManifests(
  store: Pick<ObjectStore, 'get' | 'list'>,
  entries: readonly PublicationEntry[],
): Promise<PublicationManifest[]> {
  const dataset = entries.some(isLegacy) ? await legacyDataset(store) : null;
  return Promise.all(
    entries.map((entry) =>
      isLegacy(entry) ? legacyManifest(store, entry, dataset) : readPublicationManifest(store, entry),
    ),
  );
}

const NOTHING: DatasetObjects = { get: () => Promise.resolve(null) };

/**
 * Opens the dataset in service for one run or request: everything read through it belongs to one publication, whatever
 * goes into service meanwhile. Empty while nothing is published.
 *
 * @throws {RegistryError | InvalidObjectError} when pointer or manifest cannot be read
 */
export async function openCurrentDataset(store: ObjectReader): Promise<DatasetObjects> {
  const read = await readPointer(store);
  return read ? (await readPublication(store, read.pointer.current)).dataset : NOTHING;
}

/** The facts of a dataset, null where there is none. @throws {InvalidObjectError} */
export async function readFacts(dataset: DatasetObjects): Promise<DatasetFacts | null> {
  const catalog = await dataset.get(datasetNames.catalog);
  return catalog && readDatasetFacts(await catalog.text(), datasetNames.catalog);
}
