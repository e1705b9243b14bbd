import { openCurrentDataset } from '../../../shared/artifacts/current-publication.ts';
import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectReader } from '../../../shared/artifacts/publication.ts';
import { readDatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import type { BucketAudit } from '../../../shared/sales-store/bucket-audit.ts';
import type { PartitionedStore } from '../../../shared/sales-store/partitioned/partitioned-store.ts';
import type { LocalSystem } from '../system/local-system.ts';
import { type Published, reconcilePartition } from './reconcile-partition.ts';
import { type PartitionReport, ReconcileError, type ReconcileMode, type ReconcileReport } from './report.ts';
import { retryAudit, retryObjects, retryRead, retryStore } from './retried-reads.ts';

/** A store that can be reconciled. */
export interface ReconcileTarget {
  readonly store: PartitionedStore;
  /** One for each partition. */
  readonly audits: readonly BucketAudit[];
  readonly timeZone: string;
  /** The text of the catalog in service, and where it was published; null when nothing has been. */
  readPublication(): Promise<Publication | null>;
}

interface Publication {
  readonly catalog: string;
  /** Null where only the file of the catalog is known. */
  readonly published: Published | null;
}

/**
 * Reconciles one partition after the other.
 *
 * @throws {ReconcileError} when there is nothing to reconcile yet.
 * @throws {PartitionCountError} when the store has another number of partitions.
 */
export async function reconcileStore(
  { store, audits, timeZone, readPublication }: ReconcileTarget,
  { repair, since }: ReconcileMode,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<ReconcileReport> {
  const publication = await retryRead(readPublication);
  if (publication === null) {
    throw new ReconcileError('no dataset has been published: there is nothing to reconcile');
  }
  const facts = readDatasetFacts(publication.catalog, datasetNames.catalog);
  await retryRead(() => store.status());
  const clock = createBusinessClock(timeZone);
  const partitions: PartitionReport[] = [];
  for (const { index, owns, store: part } of store.partitions) {
    const audit = audits[index];
    if (!audit) throw new ReconcileError(`partition ${index} has no audit`);
    const storeNbrs = new Set([...facts.storeNbrs].filter(owns));
    const dataset = { ...facts, storeNbrs };
    partitions.push(
      await reconcilePartition({
        partition: index,
        store: retryStore(part),
        audit: retryAudit(audit),
        dataset,
        published: publication.published,
        clock,
        owns,
        repair,
        since,
        onProgress,
      }),
    );
  }
  return { repair, since, partitions };
}

/** The store of a local system, of either kind. */
export function targetOf({ store, audits, timeZone, objects }: LocalSystem): ReconcileTarget {
  return {
    store,
    audits,
    timeZone,
    readPublication: () => readPublicationInService(objects),
  };
}

/** The dataset in service, null where none is. */
export async function readPublicationInService(objects: ObjectReader): Promise<Publication | null> {
  const dataset = await openCurrentDataset(objects);
  const catalog = await dataset.get(datasetNames.catalog);
  const published = { dataset: retryObjects(dataset), archive: retryObjects(objects) };
  return catalog && { catalog: await catalog.text(), published };
}
