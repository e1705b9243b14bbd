import { checkCommit, storeOfField } from '../../shared/sales-store/check-commit.ts';
import type { Partition } from '../../shared/sales-store/partitioned/partition.ts';
import type { PartitionedStore } from '../../shared/sales-store/partitioned/partitioned-store.ts';
import type { BucketDelta, SalesStore } from '../../shared/sales-store/sales-store.ts';
import { storeOfPart } from '../../shared/schemas/series.ts';

/**
 * A partitioned store as the contract sees a store: written the way producer and aggregator do it, the same ids to
 * every partition and each with its own watermark, and read through the partitioned store. The contract's payloads are
 * opaque, so that a whole one goes to the partition of store 1 and the others get an empty entry. Its stores are
 * numbered from 1, and its deliveries are looked for where store 1 is.
 *
 * @param store its partitions are claimed.
 */
export function drivePartitions(store: PartitionedStore): SalesStore {
  const { partitions } = store;
  const home = partitions.find(({ owns }) => owns('1'));
  if (!home) throw new RangeError('a store has at least one partition');
  const each = <T>(work: (partition: Partition) => Promise<T>) => Promise.all(partitions.map(work));

  const deltasOf = (deltas: readonly BucketDelta[], { index, count, owns }: Partition) =>
    deltas.filter(({ kind, field }) =>
      kind === 'sales_intraday' ? Number(field) % count === index : owns(storeOfPart(storeOfField(field))),
    );
  const same = <T>(answers: readonly T[]): T => {
    const [first, ...others] = answers;
    if (first === undefined || others.some((other) => other !== first)) {
      throw new Error(`the partitions answered ${answers.join(', ')}`);
    }
    return first;
  };

  return {
    append: async (entries) => {
      const answers = await each((partition) =>
        partition.store.append(partition === home ? entries : entries.map(({ id }) => ({ id, payload: '' }))),
      );
      return answers[home.index] ?? { appended: [], duplicates: [], conflicts: [] };
    },
    ingest: store.ingest,
    readBacklog: (limits) => home.store.readBacklog(limits),
    readStream: (after, limit) => home.store.readStream(after, limit),
    commit: async (commit) => {
      checkCommit(commit);
      return same(
        await each((partition) =>
          partition.store.commit({
            ...commit,
            deltas: deltasOf(commit.deltas, partition),
            deadLetters: partition === home ? commit.deadLetters : [],
          }),
        ),
      );
    },
    readBucket: store.readBucket,
    readField: store.readField,
    readSeries: store.readSeries,
    readManySeries: store.readManySeries,
    readDeadLetters: store.readDeadLetters,
    status: async () => {
      const { partitions: states, ...status } = await store.status();
      // Every partition has an entry under each id.
      return { ...status, waitingEntries: states[home.index]?.status?.waitingEntries ?? 0 };
    },
    readOpening: async (kind, period) =>
      Object.assign({}, ...(await each((partition) => partition.store.readOpening(kind, period)))),
    claimPartition: () => Promise.reject(new Error('a store of several partitions is none itself')),
    openHistory: async (opening) => {
      const stores = Array.from({ length: opening.storeCount }, (_, i) => String(i + 1));
      return same(
        await each(async (partition) => {
          return partition.store.openHistory({
            ...opening,
            storeCount: stores.filter(partition.owns).length,
            openingBalances: deltasOf(opening.openingBalances, partition),
          });
        }),
      );
    },
    importHistory: (chunk) => {
      const partition = partitions.find(({ owns }) => owns(chunk.store_nbr)) ?? home;
      return partition.store.importHistory(chunk);
    },
    compact: async (request) => {
      const parts = await each((partition) => partition.store.compact(request));
      return {
        compacted: parts.reduce((sum, { compacted }) => sum + compacted, 0),
        remaining: parts.reduce((sum, { remaining }) => sum + remaining, 0),
      };
    },
    expire: async (today) => {
      const parts = await each((partition) => partition.store.expire(today));
      return {
        droppedBuckets: parts.reduce((sum, { droppedBuckets }) => sum + droppedBuckets, 0),
        // Every partition has an entry under each id.
        droppedEntries: parts[home.index]?.droppedEntries ?? 0,
      };
    },
  };
}
