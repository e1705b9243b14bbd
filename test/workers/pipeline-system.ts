import type { ObjectStore } from '../../shared/artifacts/object-store.ts';
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../shared/calendar/day-number.ts';
import { createDurableSalesStore } from '../../shared/sales-store/durable/durable-sales-store.ts';
import type { SalesStore } from '../../shared/sales-store/sales-store.ts';
import { type AggregatorReport, runAggregator } from '../../workers/aggregator/aggregate-store.ts';
import { type ProduceReport, produce } from '../../workers/producer/produce.ts';
import { LIVE_FROM, publishSampleDataset } from '../support/pipeline/published-dataset.ts';
import { compareBucketsWithStream } from '../support/pipeline/stream-sums.ts';
import { bindings } from './bindings.ts';

const TIME_ZONE = 'America/Guayaquil';
const clock = createBusinessClock(TIME_ZONE);
export const TICK = 300_000;
const liveStart = clock.startOf(toDayNumber(LIVE_FROM));
/** The instant at which tick `n` of the replay is due; tick 288 closes the first day. */
export const tickAt = (n: number) => liveStart + n * TICK;

let systems = 0;

/** A pipeline of its own over real bindings, with a small dataset in R2. */
export interface TestSystem {
  readonly store: SalesStore;
  readonly objects: ObjectStore;
  produce(now: number, maxTicks?: number): Promise<ProduceReport>;
  aggregate(now: number, limits?: Partial<typeof LIMITS>): Promise<AggregatorReport>;
}

const LIMITS = { maxEntries: 2000, storesPerRun: 60, compactSeriesPerRun: 2000 };

/** @param published objects of the dataset that differ, see `publishSampleDataset` */
export async function startSystem(
  wrapStore = (store: SalesStore) => store,
  published: ReadonlyMap<string, unknown> = new Map(),
): Promise<TestSystem> {
  systems++;
  const store = wrapStore(createDurableSalesStore(bindings.SALES_STORE, `pipeline ${systems}`));
  const objects = createR2ObjectStore(bindings.ARTIFACTS);
  await publishSampleDataset(objects, published);
  return {
    store,
    objects,
    produce: (now, maxTicks = 2000) => produce({ store, objects, clock, now, batchSize: 4, maxTicks }),
    aggregate: (now, limits = {}) => runAggregator({ store, objects, clock, now, ...LIMITS, ...limits }),
  };
}

/**
 * Buckets that differ from their opening plus the stream, as text; empty when every one is right.
 *
 * @throws where the stream is empty
 */
export async function findDifferences(store: SalesStore): Promise<string[]> {
  return (await compareBucketsWithStream(store, TIME_ZONE)).differences;
}
