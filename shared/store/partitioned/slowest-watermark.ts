import { compareEntryIds, type EntryId } from '../entry-id.ts';
import type { StoreStatus } from '../sales-store.ts';
import type { PartitionedStatus } from './merge-status.ts';

/**
 * Up to where every partition has counted its stream: what lies at or below it is complete. For an undivided store that
 * is its watermark; null while any partition has counted nothing.
 *
 * @throws what a partition that does not answer failed with: how far it has come is not known.
 */
export function slowestWatermark(status: StoreStatus | PartitionedStatus): EntryId | null {
  if (!('partitions' in status)) return status.watermark;
  const watermarks = status.partitions.map(({ status: own, error }) => {
    if (!own) throw error;
    return own.watermark;
  });
  return watermarks.reduce((slowest, id) => (compareEntryIds(id, slowest) < 0 ? id : slowest));
}
