import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { type DatasetFacts, readDatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import { type BusinessClock, createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import { openingBalances } from '../../../shared/sales-store/history-import.ts';
import type { PartitionedStore } from '../../../shared/sales-store/partitioned/partitioned-store.ts';
import type { DeadLetter, SalesStore, StreamEntry } from '../../../shared/sales-store/sales-store.ts';
import { aggregate } from '../../../workers/aggregator/aggregate.ts';
import { aggregatePartitions } from '../../../workers/aggregator/aggregate-partitions.ts';
import {
  type AggregatorLimits,
  type AggregatorReport,
  runAggregator,
} from '../../../workers/aggregator/aggregate-store.ts';
import { createSyntheticRetailer, publishRetailer } from '../../../workers/local/costs/synthetic-retailer.ts';
import { type ProduceReport, produce } from '../../../workers/producer/produce.ts';
import { producePartitions } from '../../../workers/producer/produce-partitions.ts';
import { MemoryObjects } from '../object-store/memory-objects.ts';
import { compareBucketsWithStream } from './stream-sums.ts';

/** Wednesday: the ISO week and the month are both in progress. */
export const LIVE_FROM = '2026-01-07';
const TICK = 300_000;
const REPLAY_DAYS = 3;
const firstLiveDay = toDayNumber(LIVE_FROM);
const TIME_ZONE = 'America/Guayaquil';
const clock = createBusinessClock(TIME_ZONE);
const liveStart = clock.startOf(firstLiveDay);

/** The instant at which tick `n` of the replay is due; tick 288 closes the first day. */
export const tickAt = (n: number) => liveStart + n * TICK;

export interface PipelineSize {
  readonly stores: number;
  readonly families: number;
  readonly historyDays: number;
  readonly batchSize: number;
}

/** The real producer and aggregator over a dataset in memory. */
export interface PipelineFixture {
  readonly series: readonly string[];
  readonly objects: ObjectStore;
  readonly dataset: DatasetFacts;
  readonly clock: BusinessClock;
  produce(store: SalesStore, now: number, maxTicks?: number): Promise<ProduceReport>;
  aggregate(store: SalesStore, now: number, limits?: Partial<AggregatorLimits>): Promise<AggregatorReport>;
  produceInto(store: PartitionedStore, now: number, maxTicks?: number): Promise<ProduceReport>;
  aggregateAll(
    store: PartitionedStore,
    now: number,
    limits?: Partial<AggregatorLimits>,
  ): Promise<AggregatorReport>;
  /** The content of ticks 1 to `lastTick` by entry id, as the replay makes it. */
  replay(lastTick: number): Promise<ReadonlyMap<string, string>>;
  /** The rows of these entries that no aggregator can count. */
  deadLettersOf(entries: readonly StreamEntry[]): readonly DeadLetter[];
  /** Weeks and months in progress whose opening is not the sum of the published history, as text. */
  findWrongOpenings(store: SalesStore): Promise<string[]>;
  /** Buckets that differ from their opening plus the stream, as text; throws where the stream is empty. */
  findDifferences(store: SalesStore): Promise<string[]>;
}

const LIMITS = { maxEntries: 2000, storesPerRun: 60, compactSeriesPerRun: 2000 };

export async function createPipeline(size: PipelineSize): Promise<PipelineFixture> {
  const retailer = createSyntheticRetailer({ ...size, liveFrom: LIVE_FROM, replayDays: REPLAY_DAYS });
  const { catalog, historyOf } = retailer;
  const { series } = catalog;
  const objects: ObjectStore = new MemoryObjects();
  await publishRetailer(objects, retailer);
  const openings = catalog.stores.flatMap(({ store_nbr }) =>
    openingBalances(historyOf(store_nbr), firstLiveDay),
  );
  const facts = readDatasetFacts(JSON.stringify(catalog), datasetNames.catalog);

  const replayed = new Map<string, string>();

  return {
    series,
    objects,
    dataset: facts,
    clock,
    replay: async (lastTick) => {
      if (replayed.size < lastTick) {
        const collected: StreamEntry[] = [];
        const recorder = {
          status: async () => ({ newestEntry: null, liveFrom: LIVE_FROM }),
          append: async (entries: readonly StreamEntry[]) => {
            collected.push(...entries);
            return { appended: entries, duplicates: [], conflicts: [] };
          },
        } as unknown as SalesStore;
        const now = tickAt(lastTick);
        await produce({
          store: recorder,
          objects,
          clock,
          now,
          batchSize: size.batchSize,
          maxTicks: lastTick,
        });
        for (const { id, payload } of collected) replayed.set(id, payload);
      }
      return replayed;
    },
    deadLettersOf: (entries) => aggregate(entries, facts, clock).deadLetters,
    findWrongOpenings: async (store) => {
      const wrong: string[] = [];
      for (const kind of ['sales_weekly', 'sales_monthly'] as const) {
        const expected = openings.filter((opening) => opening.kind === kind);
        const period = expected[0]?.period ?? '';
        const held = await store.readOpening(kind, period);
        for (const { field, value } of expected) {
          if (held[field] !== value)
            wrong.push(`opening ${kind} ${period} ${field}: ${held[field]} is not ${value}`);
        }
        if (Object.keys(held).length !== expected.length)
          wrong.push(`opening ${kind} ${period}: other fields`);
      }
      return wrong;
    },
    produce: (store, now, maxTicks = 2000) =>
      produce({ store, objects, clock, now, batchSize: size.batchSize, maxTicks }),
    aggregate: (store, now, limits = {}) =>
      runAggregator({ store, objects, clock, now, ...LIMITS, ...limits }),
    produceInto: (store, now, maxTicks = 2000) =>
      producePartitions({ store, objects, clock, now, batchSize: size.batchSize, maxTicks }),
    aggregateAll: (store, now, limits = {}) =>
      aggregatePartitions({ store, objects, clock, now, ...LIMITS, ...limits }),
    findDifferences: async (store) => (await compareBucketsWithStream(store, TIME_ZONE)).differences,
  };
}
