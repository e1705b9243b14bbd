import { MAX_PARTITIONS } from './partition-of-store.ts';

/**
 * Reads `STREAM_PARTITIONS`: how many partitions the stream and the feature store have; 1 where it is not set.
 *
 * @returns null for anything but a whole number in 1..`MAX_PARTITIONS`.
 */
export function parsePartitionCount(text: string | undefined): number | null {
  if (text === undefined || text === '') return 1;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MAX_PARTITIONS ? count : null;
}
