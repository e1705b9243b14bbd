import type { ObjectStore } from '../../../../shared/models/object-store.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import type { WriteReport } from '../write-objects.ts';
import { type PublishOptions, type StagedDataset, stageDataset } from './stage-dataset.ts';

export interface PublishedDataset extends WriteReport {
  readonly catalog: Catalog;
  readonly objects: number;
  /** Objects of an earlier publication that were removed. */
  readonly removed: number;
}

/**
 * Publishes a dataset where no model goes into service with it.
 *
 * @param onProgress called after each object.
 * @throws {RangeError} as `stageDataset` does.
 * @throws {RegistryError} `conflict` when another catalog was published meanwhile
 */
export async function publishDataset(
  dataset: Dataset,
  options: PublishOptions,
  store: ObjectStore,
  onProgress?: (done: number, total: number) => void,
): Promise<PublishedDataset> {
  const staged = await stageDataset(dataset, options, store, onProgress);
  const written = await putInPlace(staged, () => Promise.resolve());
  return { ...written, removed: await staged.removeLeftovers() };
}

/**
 * Takes a dataset through all steps but the last, which is `removeLeftovers`.
 *
 * @param movePointer what the catalog goes into service with
 * @throws as `swapCatalog` does
 */
export async function putInPlace(
  staged: StagedDataset,
  movePointer: () => Promise<void>,
): Promise<Omit<PublishedDataset, 'removed'>> {
  const { catalog, objects } = staged;
  const added = await staged.writeNew();
  const replaced = await staged.replaceInPlace();
  await staged.swapCatalog(movePointer);
  return {
    catalog,
    objects,
    written: added.written + replaced.written + 1,
    unchanged: added.unchanged + replaced.unchanged,
  };
}
