import type { ObjectStore } from '../../shared/artifacts/object-store.ts';
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import { readDatasetFacts } from '../../shared/artifacts/read-dataset-facts.ts';
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../shared/calendar/day-number.ts';
import { createDurableSalesStore } from '../../shared/sales-store/durable/durable-sales-store.ts';
import type {
  BucketDelta,
  BucketKind,
  SalesStore,
  StreamEntry,
} from '../../shared/sales-store/sales-store.ts';
import { aggregate } from '../../workers/aggregator/aggregate.ts';
import { type AggregatorReport, runAggregator } from '../../workers/aggregator/aggregate-store.ts';
import { type ProduceReport, produce } from '../../workers/producer/produce.ts';
import { catalog, LIVE_FROM, publishedObjects } from '../support/pipeline/published-dataset.ts';
import { bindings } from './bindings.ts';

const clock = createBusinessClock('America/Guayaquil');
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

export async function startSystem(wrapStore = (store: SalesStore) => store): Promise<TestSystem> {
  systems++;
  const store = wrapStore(createDurableSalesStore(bindings.SALES_STORE, `pipeline ${systems}`));
  const objects = createR2ObjectStore(bindings.ARTIFACTS);
  for (const [key, value] of publishedObjects()) await objects.put(key, JSON.stringify(value));
  return {
    store,
    objects,
    produce: (now, maxTicks = 2000) => produce({ store, objects, clock, now, batchSize: 4, maxTicks }),
    aggregate: (now, limits = {}) => runAggregator({ store, objects, clock, now, ...LIMITS, ...limits }),
  };
}

/** Every bucket that entries touch, added up without the store. */
function sumOfStream(entries: readonly StreamEntry[]): BucketDelta[] {
  const facts = readDatasetFacts(JSON.stringify(catalog), 'dataset/catalog.json');
  const sums = new Map<string, BucketDelta>();
  for (const entry of entries) {
    for (const delta of aggregate([entry], facts, clock).deltas) {
      const key = `${delta.kind} ${delta.period} ${delta.field}`;
      const before = sums.get(key)?.value ?? 0;
      const value = delta.kind === 'onpromotion_daily' ? Math.max(before, delta.value) : before + delta.value;
      sums.set(key, { ...delta, value });
    }
  }
  return [...sums.values()];
}

/** Buckets that differ from their opening plus the stream, as text; empty when every one is right. */
export async function findDifferences(store: SalesStore): Promise<string[]> {
  const expected = new Map<string, Record<string, number>>();
  for (const { kind, period, field, value } of sumOfStream(await store.readStream(null, 100_000))) {
    const key = `${kind} ${period}`;
    let fields = expected.get(key);
    if (!fields) {
      fields = { ...(await store.readOpening(kind, period)) };
      expected.set(key, fields);
    }
    fields[field] = (fields[field] ?? 0) + value;
  }
  const differences: string[] = [];
  for (const [key, fields] of expected) {
    const [kind, period] = key.split(' ') as [BucketKind, string];
    const bucket = await store.readBucket(kind, period);
    for (const field of new Set([...Object.keys(fields), ...Object.keys(bucket.fields)])) {
      if (bucket.fields[field] !== fields[field]) {
        differences.push(`${key} ${field}: ${bucket.fields[field]} is not ${fields[field]}`);
      }
    }
  }
  return differences;
}
