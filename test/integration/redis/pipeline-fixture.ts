import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { readDatasetFacts } from '../../../shared/models/read-dataset-facts.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import type { BucketKind, SalesStore } from '../../../shared/store/sales-store.ts';
import { aggregate } from '../../../workers/aggregator/aggregate.ts';
import { type AggregatorReport, runAggregator } from '../../../workers/aggregator/run-aggregator.ts';
import { type ProduceReport, produce } from '../../../workers/producer/produce.ts';
import { MemoryObjects } from '../../unit/api/memory-objects.ts';

/** Wednesday: the ISO week and the month are both in progress. */
export const LIVE_FROM = '2026-01-07';
const TICK = 300_000;
const REPLAY_DAYS = 3;
const firstLiveDay = toDayNumber(LIVE_FROM);
const clock = createBusinessClock('America/Guayaquil');
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
  produce(store: SalesStore, now: number, maxTicks?: number): Promise<ProduceReport>;
  aggregate(store: SalesStore, now: number, limits?: Partial<typeof LIMITS>): Promise<AggregatorReport>;
  /** Buckets that differ from their opening plus the stream, as text; empty when every one is right. */
  findDifferences(store: SalesStore): Promise<string[]>;
}

const LIMITS = { maxEntries: 2000, storesPerRun: 60, compactSeriesPerRun: 2000 };

/** Some whole number, the same each time, large enough to sell something in every tick. */
function amount(store: number, family: number, day: number): number {
  return (
    600_000 + ((store * 37 + family * 101 + (day % 100) * 13) % 900) * 1000 + (family % 3 === 1 ? 250 : 0)
  );
}

export async function createPipeline(size: PipelineSize): Promise<PipelineFixture> {
  const stores = Array.from({ length: size.stores }, (_, index) => index + 1);
  const families = Array.from({ length: size.families }, (_, index) => `FAMILY NUMBER ${index}`);
  const series = stores.flatMap((store) => families.map((family) => seriesKey(store, family)));
  const history = Array.from({ length: size.historyDays }, (_, day) => firstLiveDay - size.historyDays + day);
  const catalog = {
    schema_version: 1,
    dataset: 'invented',
    shift_days: 0,
    first_date: toIsoDate(firstLiveDay - size.historyDays),
    live_from: LIVE_FROM,
    last_date: toIsoDate(firstLiveDay + REPLAY_DAYS - 1),
    has_tickets: true,
    stores: stores.map((store_nbr) => ({ store_nbr, city: 'Quito', state: 'P', type: 'D', cluster: 1 })),
    families,
    series,
    holidays: [],
    oil: [],
  };
  const objects: ObjectStore = new MemoryObjects();
  const put = (key: string, value: unknown) => objects.put(key, JSON.stringify(value));
  await put(objectKeys.catalog, catalog);
  for (const store of stores) {
    await put(objectKeys.history(store), {
      store_nbr: store,
      first_date: catalog.first_date,
      last_date: toIsoDate(firstLiveDay - 1),
      tickets: history.map((day) => 1000 + (day % 500)),
      series: families.map((family, f) => ({
        family,
        milli_units: history.map((day) => amount(store, f, day)),
        onpromotion: history.map((day) => day % 9),
      })),
    });
  }
  const curve = Array.from({ length: 24 }, () => 1 / 24);
  for (let day = firstLiveDay; day < firstLiveDay + REPLAY_DAYS; day++) {
    await put(objectKeys.daySheet(toIsoDate(day)), {
      date: toIsoDate(day),
      series,
      milli_units: stores.flatMap((store) => families.map((_, f) => amount(store, f, day))),
      // Every series is promoted: no commit can touch more fields.
      onpromotion: series.map((_, s) => 1 + (s % 5)),
      tickets: Object.fromEntries(stores.map((store) => [store, 3000 + store])),
      curves: Object.fromEntries(stores.map((store) => [store, curve])),
    });
  }
  const facts = readDatasetFacts(JSON.stringify(catalog), objectKeys.catalog);

  return {
    series,
    produce: (store, now, maxTicks = 2000) =>
      produce({ store, objects, clock, now, batchSize: size.batchSize, maxTicks }),
    aggregate: (store, now, limits = {}) =>
      runAggregator({ store, objects, clock, now, ...LIMITS, ...limits }),
    findDifferences: async (store) => {
      const expected = new Map<string, Record<string, number>>();
      for (const entry of await store.readStream(null, 100_000)) {
        for (const { kind, period, field, value } of aggregate([entry], facts, clock).deltas) {
          const key = `${kind} ${period}`;
          let fields = expected.get(key);
          if (!fields) {
            fields = { ...(await store.readOpening(kind, period)) };
            expected.set(key, fields);
          }
          const before = fields[field] ?? 0;
          fields[field] = kind === 'onpromotion_daily' ? Math.max(before, value) : before + value;
        }
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
    },
  };
}
