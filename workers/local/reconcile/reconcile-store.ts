import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { objectKeys } from '../../../shared/models/object-keys.ts';
import { readDatasetFacts } from '../../../shared/models/read-dataset-facts.ts';
import type { BucketAudit } from '../../../shared/store/bucket-audit.ts';
import type { PartitionedStore } from '../../../shared/store/partitioned/partitioned-store.ts';
import { ReconcileError } from './reconcile-error.ts';
import { reconcilePartition } from './reconcile-partition.ts';
import type { PartitionReport, ReconcileReport } from './report.ts';

/** A store that can be reconciled, wherever it is. */
export interface ReconcileTarget {
  readonly store: PartitionedStore;
  /** One for each partition. */
  readonly audits: readonly BucketAudit[];
  readonly timeZone: string;
  /** The text of `dataset/catalog.json`, null when nothing has been published. */
  readCatalog(): Promise<string | null>;
}

/**
 * Reconciles one partition after the other.
 *
 * @throws {ReconcileError} when there is nothing to reconcile yet.
 * @throws {PartitionCountError} when the store was divided otherwise.
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
  const published = readDatasetFacts(catalog, objectKeys.catalog);
  await store.status();
  const clock = createBusinessClock(timeZone);
  const partitions: PartitionReport[] = [];
  for (const { index, owns, store: part } of store.partitions) {
    const audit = audits[index];
    if (!audit) throw new ReconcileError(`partition ${index} has no audit`);
    const storeNumbers = new Set([...published.storeNumbers].filter(owns));
    const dataset = { ...published, storeNumbers };
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
