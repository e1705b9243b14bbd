import { at } from '../../at.ts';
import { hashOfText, numberOfStore } from '../../schemas/series.ts';
import { type PartitionId, refuseOtherPartition } from '../partition-id.ts';
import type { SalesStore, StoreStatus } from '../sales-store.ts';

/** 2^32 divided by the golden ratio: its multiples spread evenly, whatever the step between store numbers. */
const GOLDEN = 2_654_435_769;

/** Partitions that a stream may have at most. */
export const MAX_PARTITIONS = 64;

/**
 * The partition of a store, `0..count - 1`. It depends on store and count alone, so that adding stores moves none, and
 * stores that are numbered in tens or hundreds spread as well as consecutive ones. Twice as many partitions cut each
 * one in two: the stores of `p` go to `2p` and `2p + 1`.
 */
export function partitionOfStore(storeNbr: string, count: number): number {
  if (count === 1) return 0;
  const number = numberOfStore(storeNbr);
  return number === null ? partitionOfText(storeNbr, count) : partitionOfNumber(number, count);
}

/** Spreads texts over the partitions. */
export function partitionOfText(text: string, count: number): number {
  return partitionOfNumber(hashOfText(text), count);
}

function partitionOfNumber(number: number, count: number): number {
  const mixed = Math.imul(number, GOLDEN) >>> 0;
  // At most 2^32 times 64: exact.
  return Math.floor((mixed * count) / 2 ** 32);
}

/** One partition: a whole store of its own for some of the stores. */
export interface Partition extends PartitionId {
  readonly store: SalesStore;
  /** Whether the sales of a store are kept here. */
  owns(storeNbr: string): boolean;
}

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
    const { count } = at(partitions, index);
    const held = status.partition;
    const fits = held
      ? held.index === index && held.count === count
      : count === 1 || (status.liveFrom === null && status.newestEntry === null);
    if (!fits) throw refuseOtherPartition({ index, count }, held);
    return { index, status, error: null };
  });
}

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
