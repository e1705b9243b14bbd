/** 2^32 divided by the golden ratio: its multiples spread evenly, whatever the step between store numbers. */
const GOLDEN = 2_654_435_769;

/** Partitions that a stream may have at most. */
export const MAX_PARTITIONS = 64;

/**
 * The partition of a store, `0..count - 1`. It depends on the two numbers alone, so that adding stores moves none, and
 * stores that are numbered in tens or hundreds spread as well as consecutive ones. Twice as many partitions cut each
 * one in two: the stores of `p` go to `2p` and `2p + 1`.
 */
export function partitionOfStore(storeNbr: number, count: number): number {
  const mixed = Math.imul(storeNbr, GOLDEN) >>> 0;
  // At most 2^32 times 64: exact.
  return Math.floor((mixed * count) / 2 ** 32);
}
