import { openCurrentDataset, readFacts } from '../../shared/artifacts/current-publication.ts';
import { at } from '../../shared/at.ts';
import { forEachPartition } from '../../shared/sales-store/partitioned/for-each-partition.ts';
import { claimPartitions, readPartitionStates } from '../../shared/sales-store/partitioned/partition.ts';
import type { PartitionedStore } from '../../shared/sales-store/partitioned/partitioned-store.ts';
import {
  type AggregatorLimits,
  type AggregatorReport,
  aggregateStore,
  NOTHING_AGGREGATED,
} from './aggregate-store.ts';

/**
 * One run over every partition, each with its own watermark and all at the same time; a failure of one does not
 * affect the others. `maxEntries` bounds the entries of each partition, since theirs are that much smaller; stores
 * and series of one run are divided among the partitions.
 *
 * @returns sums over the partitions; `lagMs` is that of the slowest.
 * @throws {PartitionCountError} when the store has another number of partitions.
 * @throws {PartitionFailure<AggregatorReport>} when partitions failed, after all others are done; with one partition
 *   what `runAggregator` throws.
 */
export async function aggregatePartitions(
  request: AggregatorLimits & { readonly store: PartitionedStore },
): Promise<AggregatorReport> {
  const { partitions } = request.store;
  const states = await readPartitionStates(partitions);
  const objects = await openCurrentDataset(request.objects);
  const published = await readFacts(objects);
  if (!published) return { ...NOTHING_AGGREGATED, outcome: 'no-dataset' };
  const claimed = await claimPartitions(partitions, states);

  // All partitions start on the same day, including those that are opened after a later publication.
  const liveFrom = states.find(({ status }) => status?.liveFrom)?.status?.liveFrom ?? published.liveFrom;
  const waiting = partitions.map(({ index, owns }) => {
    const status = states[index]?.status;
    if (!status || status.compactedThrough !== null) return 0;
    const done = new Set(status.importedStores);
    return [...published.storeNbrs].filter((storeNbr) => owns(storeNbr) && !done.has(storeNbr)).length;
  });
  const storesPerRun = allocateBudget(request.storesPerRun, waiting);
  const compactSeriesPerRun = Math.ceil(request.compactSeriesPerRun / partitions.length);

  return forEachPartition(
    partitions,
    async ({ index, owns, store }) => {
      const state = at(states, index);
      if (!state.status) throw state.error;
      if (!claimed && state.status.partition === null) return { ...NOTHING_AGGREGATED, outcome: 'importing' };
      const storeNbrs = new Set([...published.storeNbrs].filter(owns));
      const limits = { storesPerRun: at(storesPerRun, index), compactSeriesPerRun };
      return aggregateStore(
        { ...request, ...limits, objects, store },
        state.status,
        { ...published, storeNbrs, liveFrom },
        { openingBalances: index === 0, owns },
      );
    },
    mergeReports,
  );
}

/** Allocates a budget in order: each gets what it wants until `limit` is spent. */
function allocateBudget(limit: number, wanted: readonly number[]): readonly number[] {
  let left = limit;
  return wanted.map((wish) => {
    const share = Math.min(wish, left);
    left -= share;
    return share;
  });
}

/** The first of these that any partition reports. */
const OUTCOMES = ['aggregated', 'importing', 'lost-race', 'idle'] as const;

function mergeReports(reports: readonly AggregatorReport[]): AggregatorReport {
  const sum = (of: (report: AggregatorReport) => number) =>
    reports.reduce((total, one) => total + of(one), 0);
  const lags = reports.flatMap(({ lagMs }) => (lagMs === null ? [] : [lagMs]));
  return {
    outcome: OUTCOMES.find((wanted) => reports.some(({ outcome }) => outcome === wanted)) ?? 'idle',
    imported: sum(({ imported }) => imported),
    entries: sum(({ entries }) => entries),
    rows: sum(({ rows }) => rows),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    more: reports.some(({ more }) => more),
    compacted: sum(({ compacted }) => compacted),
    compactionRemaining: sum(({ compactionRemaining }) => compactionRemaining),
    droppedBuckets: sum(({ droppedBuckets }) => droppedBuckets),
    droppedEntries: sum(({ droppedEntries }) => droppedEntries),
    lagMs: lags.length > 0 ? Math.max(...lags) : null,
    before: reports.flatMap(({ before }) => before),
    after: reports.flatMap(({ after }) => after),
  };
}
