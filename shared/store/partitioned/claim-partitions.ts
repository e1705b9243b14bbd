import type { Partition } from './partition.ts';
import type { PartitionState } from './partition-states.ts';

/**
 * Makes empty stores the partitions that they are to be, the first one first: it is where an undivided store would be
 * noticed. Waits until every partition answers, because one that does not might be divided otherwise.
 *
 * @returns whether every partition that answers is claimed now; an undivided store needs no claim.
 * @throws {PartitionCountError} when one of them has become something else in the meantime.
 */
export async function claimPartitions(
  partitions: readonly Partition[],
  states: readonly PartitionState[],
): Promise<boolean> {
  const unclaimed = partitions.filter(({ index }) => states[index]?.status?.partition === null);
  if (partitions.length === 1 || unclaimed.length === 0) return true;
  if (states.some(({ status }) => status === null)) return false;
  for (const { index, count, store } of unclaimed) await store.claimPartition({ index, count });
  return true;
}
