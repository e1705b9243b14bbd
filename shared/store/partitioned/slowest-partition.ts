import { compareEntryIds, type EntryId } from '../entry-id.ts';
import type { StoreStatus } from '../sales-store.ts';
import type { PartitionedStatus } from './merge-status.ts';

/**
 * Up to where every partition has counted its stream: what lies at or below it is complete. For an undivided store that
 * is its watermark; null while any partition has counted nothing, but for one without stores that nothing was sent to.
 *
 * @throws what a partition that does not answer failed with: how far it has come is not known.
 */
export function slowestWatermark(status: StoreStatus | PartitionedStatus): EntryId | null {
  if (!('partitions' in status)) return status.watermark;
  const known = status.partitions.map(({ status: own, error }) => {
    if (!own) throw error;
    return own;
  });
  const counting = known.filter(({ storeCount, newestEntry }) => storeCount !== 0 || newestEntry !== null);
  if (counting.length === 0) return null;
  return counting
    .map(({ watermark }) => watermark)
    .reduce((slowest, id) => (compareEntryIds(id, slowest) < 0 ? id : slowest));
}

/**
 * The newest entry of the partition whose stream is the furthest behind; that of one that does not answer, or holds
 * nothing, is null.
 */
export function oldestNewestEntry(status: StoreStatus | PartitionedStatus): EntryId | null {
  if (!('partitions' in status)) return status.newestEntry;
  const newest = status.partitions.map(({ status: own }) => own?.newestEntry ?? null);
  return newest.reduce((oldest, id) => (compareEntryIds(id, oldest) < 0 ? id : oldest));
}
