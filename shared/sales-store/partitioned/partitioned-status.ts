import { compareStoreNbrs } from '../../schemas/series.ts';
import { compareEntryIds, type EntryId } from '../entry-id.ts';
import type { StoreStatus } from '../sales-store.ts';
import type { PartitionState } from './partition.ts';

/**
 * All partitions as one store. `watermark` and `newestEntry` are the newest of any of them, since the clock is the
 * newest committed event; how far each partition has come, and which one it is, is in `partitions`. Everything else is
 * given for those that answer.
 */
export interface PartitionedStatus extends StoreStatus {
  readonly partitions: readonly PartitionState[];
}

/** @throws what the first partition failed with when none of them answers. */
export function mergeStatus(partitions: readonly PartitionState[]): PartitionedStatus {
  const known = partitions.flatMap(({ status }) => (status ? [status] : []));
  const [first] = known;
  if (!first) throw partitions[0]?.error ?? new RangeError('a store has at least one partition');
  const sum = (of: (status: StoreStatus) => number) => known.reduce((total, one) => total + of(one), 0);
  const open = known.find(({ liveFrom }) => liveFrom !== null);
  return {
    watermark: newestOf(known.map(({ watermark }) => watermark)),
    newestEntry: newestOf(known.map(({ newestEntry }) => newestEntry)),
    waitingEntries: sum(({ waitingEntries }) => waitingEntries),
    waitingRows: sum(({ waitingRows }) => waitingRows),
    oldestWaiting: oldestOf(known.map(({ oldestWaiting }) => oldestWaiting)),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    identity: known.every(({ identity }) => identity === first.identity) ? first.identity : null,
    liveFrom: open?.liveFrom ?? null,
    storeCount: open === undefined ? null : sum(({ storeCount }) => storeCount ?? 0),
    importedStores: known.flatMap(({ importedStores }) => importedStores).sort(compareStoreNbrs),
    compactedThrough: oldestCompaction(known),
    partition: known.length === 1 ? first.partition : null,
    partitions,
  };
}

function newestOf(ids: readonly (EntryId | null)[]): EntryId | null {
  return ids.reduce((newest, id) => (compareEntryIds(id, newest) > 0 ? id : newest), null);
}

function oldestOf(ids: readonly (EntryId | null)[]): EntryId | null {
  return ids.reduce(
    (oldest, id) => (oldest === null || (id && compareEntryIds(id, oldest) < 0) ? id : oldest),
    null,
  );
}

/** Partitions without a store have no history that could lag; null as long as any other is not imported. */
function oldestCompaction(known: readonly StoreStatus[]): string | null {
  const days = known
    .filter(({ storeCount, compactedThrough }) => storeCount !== 0 || compactedThrough !== null)
    .map(({ compactedThrough }) => compactedThrough);
  if (days.includes(null)) return null;
  return days.reduce((oldest, day) => (oldest === null || (day ?? '') < oldest ? day : oldest), null);
}

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
