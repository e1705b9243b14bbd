import { openCurrentDataset } from '../../../shared/artifacts/current-publication.ts';
import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectReader } from '../../../shared/artifacts/publication.ts';
import { readDatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import type { BucketAudit } from '../../../shared/sales-store/bucket-audit.ts';
import type { PartitionedStore } from '../../../shared/sales-store/partitioned/partitioned-store.ts';
import type { LocalSystem } from '../system/local-system.ts';
import { reconcilePartition } from './reconcile-partition.ts';
import { type PartitionReport, ReconcileError, type ReconcileReport } from './report.ts';

/** A store that can be reconciled. */
export interface ReconcileTarget {
  readonly store: PartitionedStore;
  /** One for each partition. */
  readonly audits: readonly BucketAudit[];
  readonly timeZone: string;
  /** The text of the catalog in service, null when nothing has been published. */
  readCatalog(): Promise<string | null>;
}

/**
 * Reconciles one partition after the other.
 *
 * @throws {ReconcileError} when there is nothing to reconcile yet.
 * @throws {PartitionCountError} when the store has another number of partitions.
 */
export async function reconcileStore(
  { store, audits, timeZone, readCatalog }: ReconcileTarget,
  repair: boolean,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ReconcileReport> {
  const catalog = await readCatalog();
  if (catalog === null) {
    throw new ReconcileError('no dataset has been published: there is nothing to reconcile');
  }
  const published = readDatasetFacts(catalog, datasetNames.catalog);
  await store.status();
  const clock = createBusinessClock(timeZone);
  const partitions: PartitionReport[] = [];
  for (const { index, owns, store: part } of store.partitions) {
    const audit = audits[index];
    if (!audit) throw new ReconcileError(`partition ${index} has no audit`);
    const storeNbrs = new Set([...published.storeNbrs].filter(owns));
    const dataset = { ...published, storeNbrs };
    partitions.push(
      await reconcilePartition({
        partition: index,
        store: part,
        audit,
        dataset,
        clock,
        owns,
        repair,
        onProgress,
      }),
    );
  }
  return { repair, partitions };
}

/** The store of a local system, of either kind. */
export function targetOf({ store, audits, timeZone, objects }: LocalSystem): ReconcileTarget {
  return {
    store,
    audits,
    timeZone,
    readCatalog: () => readCatalogInService(objects),
  };
}

/** The text of the catalog in service, null where no dataset is. */
export async function readCatalogInService(objects: ObjectReader): Promise<string | null> {
  const dataset = await openCurrentDataset(objects);
  return (await dataset.get(datasetNames.catalog))?.text() ?? null;
}
