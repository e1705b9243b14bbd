import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { PublishedDatasetPart, PublishedModelPart } from '../../../shared/artifacts/publication.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { Dataset } from '../data/dataset.ts';
import {
  type DatasetOptions,
  type WrittenDataset,
  writeDataset,
  writeNamed,
} from './dataset/write-dataset.ts';
import { putIntoService, readPartsInService, readPointerToWrite, writeParts } from './put-into-service.ts';

/** What goes into service with a dataset. */
interface ServiceOptions {
  readonly now: Date;
  /** Default: the model in service. */
  readonly model?: PublishedModelPart;
}

/**
 * Publishes a dataset without training.
 *
 * @param onProgress called after each object.
 * @throws {RangeError} as `writeDataset` does.
 * @throws {RegistryError} `conflict` when another publication went into service meanwhile
 */
export async function publishDataset(
  dataset: Dataset,
  options: DatasetOptions & ServiceOptions,
  store: ObjectStore,
  onProgress?: (done: number, total: number) => void,
): Promise<WrittenDataset> {
  return publish(store, options, (inService) => writeDataset(dataset, options, store, inService, onProgress));
}

/**
 * Publishes a dataset from given objects.
 *
 * @param objects by name (`datasetNames`), including the catalog
 * @throws as `publishDataset` does
 */
export async function publishObjects(
  catalog: Catalog,
  objects: ReadonlyMap<string, unknown>,
  options: ServiceOptions,
  store: ObjectStore,
): Promise<WrittenDataset> {
  const contents = Array.from(objects, ([name, value]) => ({ name, build: () => JSON.stringify(value) }));
  return publish(store, options, (inService) => writeNamed(catalog, contents, store, inService, options));
}

async function publish(
  store: ObjectStore,
  { now, model }: ServiceOptions,
  write: (inService: PublishedDatasetPart | null) => Promise<WrittenDataset>,
): Promise<WrittenDataset> {
  const before = await readPointerToWrite(store);
  const inService = await readPartsInService(store, before);
  const written = await write(inService.dataset);
  const parts = { dataset: written.part, model: model ?? inService.model, forecasts: null };
  const service = { before, at: now, replacesModel: false, what: `dataset ${written.part.name}` };
  await putIntoService(store, await writeParts(store, parts, now), service);
  return written;
}
