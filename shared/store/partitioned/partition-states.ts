import type { StoreStatus } from '../sales-store.ts';
import type { Partition } from './partition.ts';
import { refuseOtherPartition } from './partition-id.ts';

/** What a partition said of itself, or why it did not. */
export type PartitionState =
  | { readonly index: number; readonly status: StoreStatus; readonly error: null }
  | { readonly index: number; readonly status: null; readonly error: unknown };

/**
 * Asks every partition how it is, all at the same time.
 *
 * @throws {PartitionCountError} when any of them was made for another place or another number of partitions.
 */
export async function readPartitionStates(
  partitions: readonly Partition[],
): Promise<readonly PartitionState[]> {
  const answers = await Promise.allSettled(partitions.map(({ store }) => store.status()));
  return answers.map((answer, index): PartitionState => {
    if (answer.status === 'rejected') return { index, status: null, error: answer.reason };
    const status = answer.value;
    const { count } = partitions[index] ?? { count: partitions.length };
    const held = status.partition;
    const fits = held
      ? held.index === index && held.count === count
      : count === 1 || (status.liveFrom === null && status.newestEntry === null);
    if (!fits) throw refuseOtherPartition({ index, count }, held);
    return { index, status, error: null };
  });
}
