import { describe } from 'vitest';
import { createPartitionedStore } from '../../shared/sales-store/partitioned/partitioned-store.ts';
import { drivePartitions } from './drive-partitions.ts';
import { describeCommit } from './sales-store/commit.ts';
import { describeCompaction } from './sales-store/compaction.ts';
import type { MakeStore } from './sales-store/context.ts';
import { describeExactlyOnce } from './sales-store/exactly-once.ts';
import { describeExpiry } from './sales-store/expiry.ts';
import { describeHistory } from './sales-store/history.ts';
import { describeIngest } from './sales-store/ingest.ts';
import { describePartition } from './sales-store/partition.ts';
import { describeStream } from './sales-store/stream.ts';

/**
 * What every adapter of `SalesStore` must do.
 *
 * @param name of the adapter.
 * @param makeStore makes an empty store that shares nothing with any other.
 */
export function describeSalesStore(name: string, makeStore: MakeStore): void {
  describe(name, () => {
    describePartition(makeStore);
    describeStore(makeStore);
  });
}

/**
 * What a store of several partitions must do, and one of a single partition.
 *
 * @param name of the adapter.
 * @param makeStore makes an empty store that shares nothing with any other.
 */
export function describePartitionedStore(name: string, makeStore: MakeStore): void {
  describe.each([1, 8])(`${name} in %i partitions`, (count) => {
    describeStore(async () => {
      const stores = await Promise.all(Array.from({ length: count }, makeStore));
      if (count > 1) await Promise.all(stores.map((store, index) => store.claimPartition({ index, count })));
      return drivePartitions(createPartitionedStore(stores));
      // Every step is a call to each partition, and one partition is a store as it is.
    }, 1 / Math.max(4, count));
  });
}

function describeStore(makeStore: MakeStore, share = 1): void {
  describeStream(makeStore);
  describeIngest(makeStore, share);
  describeCommit(makeStore);
  describeHistory(makeStore);
  describeCompaction(makeStore, share);
  describeExpiry(makeStore);
  describeExactlyOnce(makeStore, share);
}
