import { openCurrentDataset } from '../../shared/artifacts/current-publication.ts';
import { at } from '../../shared/at.ts';
import { forEachPartition } from '../../shared/sales-store/partitioned/for-each-partition.ts';
import { readPartitionStates } from '../../shared/sales-store/partitioned/partition.ts';
import type { PartitionedStore } from '../../shared/sales-store/partitioned/partitioned-store.ts';
import { NOTHING_PRODUCED, type ProduceReport, produceInto, type ReplayOptions } from './produce.ts';
import { createTickSource } from './tick-source.ts';

/**
 * Sends every partition its part of each tick that it lacks, under the tick's id, even where the part is empty: so each
 * stream tells how far it has come. A partition that fails gets the rest in a later run and holds up no other.
 *
 * A divided store takes no ticks before the aggregator has opened it, which is where its number of partitions is
 * settled; an undivided one needs no such mark.
 *
 * @returns sums over the partitions; of `remainingTicks` the most.
 * @throws {PartitionCountError} when the store was divided otherwise.
 * @throws {PartitionFailure<ProduceReport>} when partitions failed, after all others are done; with one partition what
 *   `produce` throws.
 */
export async function producePartitions(
  request: ReplayOptions & { readonly store: PartitionedStore },
): Promise<ProduceReport> {
  const { partitions } = request.store;
  const [states, dataset] = await Promise.all([
    readPartitionStates(partitions),
    openCurrentDataset(request.objects),
  ]);
  const ticks = createTickSource({ ...request, dataset }, partitions.length);
  return forEachPartition(
    partitions,
    async ({ index, count, store }) => {
      const state = at(states, index);
      if (!state.status) throw state.error;
      const { status } = state;
      if (count > 1 && status.liveFrom === null) return { ...NOTHING_PRODUCED, outcome: 'not-open' };
      return produceInto({ ...request, dataset, store, index, status, ticks });
    },
    mergeReports,
  );
}

/** The first of these that any partition reports. */
const OUTCOMES = ['produced', 'not-open', 'up-to-date', 'nothing-to-replay'] as const;

function mergeReports(reports: readonly ProduceReport[]): ProduceReport {
  const sum = (of: (report: ProduceReport) => number) => reports.reduce((total, one) => total + of(one), 0);
  return {
    outcome:
      OUTCOMES.find((wanted) => reports.some(({ outcome }) => outcome === wanted)) ?? 'nothing-to-replay',
    entries: sum(({ entries }) => entries),
    rows: sum(({ rows }) => rows),
    duplicates: sum(({ duplicates }) => duplicates),
    conflicts: sum(({ conflicts }) => conflicts),
    remainingTicks: Math.max(0, ...reports.map(({ remainingTicks }) => remainingTicks)),
    missing: reports.find(({ missing }) => missing !== null)?.missing ?? null,
  };
}
