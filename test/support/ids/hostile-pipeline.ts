import { expect } from 'vitest';
import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { at } from '../../../shared/at.ts';
import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { DAY_MS, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { TICK_MS } from '../../../shared/calendar/tick.ts';
import { createPartitionedStore } from '../../../shared/sales-store/partitioned/partitioned-store.ts';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { compareStoreNbrs, seriesKey, storePart } from '../../../shared/schemas/series.ts';
import { aggregatePartitions } from '../../../workers/aggregator/aggregate-partitions.ts';
import { createApi } from '../../../workers/api/app.ts';
import { createApiClient } from '../../../workers/api/client.ts';
import { createTransactionIntake } from '../../../workers/producer/ingest/transaction-intake.ts';
import { producePartitions } from '../../../workers/producer/produce-partitions.ts';
import type { Dataset } from '../../../workers/trainer/data/dataset.ts';
import {
  buildCatalog,
  buildDaySheet,
  buildHistoryChunk,
  buildPromotionPlans,
  createPublication,
} from '../../../workers/trainer/publish/dataset/documents.ts';
import { publishObjects } from '../../../workers/trainer/publish/publish-dataset.ts';

const FIRST_DAY = toDayNumber('2025-12-01');
const DAYS = 40;
/** Index of the only live day; the day after it is the last. */
const LIVE = DAYS - 2;
const LIMITS = {
  maxRows: 5000,
  maxBytes: 2_000_000,
  rowsPerEntry: 7,
  maxUnits: 10_000,
  maxAheadMs: 3_600_000,
  maxLateMs: 4 * DAY_MS,
};
const KEY = 'a-key-for-the-tests';
const clock = createBusinessClock('America/Guayaquil');

/** A panel of every family in every store, another number in each of its cells. */
export function hostileDataset(stores: readonly string[], families: readonly string[]): Dataset {
  const storeNbrs = [...stores].sort(compareStoreNbrs);
  const names = [...families].sort();
  const series = storeNbrs.flatMap((storeNbr) => names.map((family) => ({ storeNbr, family })));
  const cells = series.length * DAYS;
  return {
    name: 'hostile',
    stores: storeNbrs.map((store_nbr, i) => ({
      store_nbr,
      city: `City ${i}`,
      state: 'constructor',
      type: '__proto__',
      cluster: i,
    })),
    families: names,
    holidays: [],
    oil: [],
    shiftDays: 0,
    panel: {
      firstDay: FIRST_DAY,
      dayCount: DAYS,
      series,
      milliUnits: Int32Array.from({ length: cells }, (_, i) => 1000 + ((i * 7919) % 50_000)),
      plannedDayCount: DAYS,
      onpromotion: Uint16Array.from({ length: cells }, (_, i) => (i * 31) % 5),
      tickets: Int32Array.from({ length: storeNbrs.length * DAYS }, (_, i) => 100 + ((i * 17) % 300)),
    },
  };
}

/** Publishes what producer, aggregator and API read of a dataset. */
async function publish(objects: ObjectStore, dataset: Dataset): Promise<void> {
  const publication = createPublication(dataset, FIRST_DAY + LIVE);
  const catalog = buildCatalog(publication);
  const named = new Map<string, unknown>([[datasetNames.catalog, catalog]]);
  for (const [index, { store_nbr }] of dataset.stores.entries()) {
    named.set(datasetNames.history(store_nbr), buildHistoryChunk(publication, index));
  }
  for (const plan of buildPromotionPlans(publication)) named.set(datasetNames.promotionPlan(plan.week), plan);
  for (const day of [LIVE, LIVE + 1]) {
    const sheet = buildDaySheet(publication, day);
    named.set(datasetNames.daySheet(sheet.date), sheet);
  }
  await publishObjects(catalog, named, { now: new Date('2026-01-07T00:00:00Z') }, objects);
}

/**
 * Takes a retailer through publication, replay, deliveries over HTTP, aggregation and compaction, and asks the API for
 * every series by its typed client. Fails where any number is not the one that went in.
 *
 * @param parts empty stores, one for each partition
 */
export async function followRetailer(
  dataset: Dataset,
  parts: readonly SalesStore[],
  objects: ObjectStore,
): Promise<void> {
  await publish(objects, dataset);
  const store = createPartitionedStore(parts);
  const start = clock.startOf(FIRST_DAY + LIVE);
  const count = (now: number) =>
    aggregatePartitions({
      store,
      objects,
      clock,
      now,
      maxEntries: 2000,
      storesPerRun: 99,
      compactSeriesPerRun: 2000,
    });
  await count(start);
  const { series } = dataset.panel;
  await producePartitions({ store, objects, clock, now: start + 288 * TICK_MS, batchSize: 5, maxTicks: 999 });

  const now = () => start + 288 * TICK_MS;
  const intake = createTransactionIntake({ store, objects, clock, limits: LIMITS, now });
  const reported: unknown[] = [];
  const app = createApi({
    store,
    objects,
    ingest: { keys: [KEY], limiter: null, intake },
    requestLimiter: null,
    runs: { readRuns: async () => [] },
    loadEngine: () => Promise.reject(new Error('no forecast is asked for')),
    clock,
    now,
    allowedOrigins: [],
    report: (error) => reported.push(error),
  });
  const sales = series.map(({ storeNbr, family }, i) => ({
    id: `sale:${i}`,
    ts: start + 3_600_000 + i,
    store_nbr: storeNbr,
    family,
    units: (i + 1) / 8,
    onpromotion: 7,
  }));
  const send = async (rows: readonly unknown[]) => {
    const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify(rows);
    const response = await app.request('/v1/transactions', { method: 'POST', headers, body });
    return [response.status, await response.json()] as const;
  };
  expect(await send(sales)).toMatchObject([200, { accepted: sales.length, rejected: [] }]);
  // The same id in two stores means two sales; the same sale sent again means none.
  expect(await send(sales.toReversed())).toMatchObject([200, { accepted: 0 }]);
  for (let run = 0; run < 3; run++) await count(start + 288 * TICK_MS);
  expect(await store.status()).toMatchObject({
    importedStores: dataset.stores.map(({ store_nbr }) => store_nbr),
    deadLetters: 0,
    waitingEntries: 0,
    compactedThrough: toIsoDate(FIRST_DAY + LIVE),
  });

  const { milliUnits, onpromotion, tickets } = dataset.panel;
  const date = toIsoDate(FIRST_DAY + LIVE);
  const soldOn = (s: number, day: number) =>
    at(milliUnits, s * DAYS + day) + (day === LIVE ? 125 * (s + 1) : 0);
  const daily = await store.readBucket('sales_daily', date);
  expect(new Map(Object.entries(daily.fields))).toEqual(
    new Map(series.map(({ storeNbr, family }, s) => [seriesKey(storeNbr, family), soldOn(s, LIVE)])),
  );
  const counted = await store.readBucket('transactions_daily', date);
  expect(new Map(Object.entries(counted.fields))).toEqual(
    new Map(dataset.stores.map(({ store_nbr }, i) => [storePart(store_nbr), tickets?.[i * DAYS + LIVE]])),
  );

  const client = createApiClient('http://api.test', {
    fetch: (input: RequestInfo | URL, init?: RequestInit) => app.request(new Request(input, init)),
  });
  const listed = await client.v1.catalog.$get({});
  if (!listed.ok) throw new Error(`GET /v1/catalog answered ${listed.status}`);
  const catalog = await listed.json();
  expect(catalog.stores.map(({ store_nbr }) => store_nbr)).toEqual(
    dataset.stores.map(({ store_nbr }) => store_nbr),
  );
  expect(catalog.families).toEqual(dataset.families);
  for (const [s, { storeNbr, family }] of series.entries()) {
    const reading = await store.readSeries(seriesKey(storeNbr, family), date);
    const place = dataset.stores.findIndex(({ store_nbr }) => store_nbr === storeNbr);
    expect(Array.from(reading?.tickets ?? [])).toEqual(
      Array.from({ length: LIVE + 1 }, (_, day) => tickets?.[place * DAYS + day] ?? MISSING),
    );
    const response = await client.v1.sales.daily.$get({
      query: { store_nbr: storeNbr, family, days: '400' },
    });
    expect(response.status).toBe(200);
    if (!response.ok) continue;
    const body = await response.json();
    expect([body.store_nbr, body.family]).toEqual([storeNbr, family]);
    expect(body.points).toEqual(
      Array.from({ length: LIVE + 1 }, (_, day) => ({
        date: toIsoDate(FIRST_DAY + day),
        units: soldOn(s, day) / 1000,
        onpromotion: day === LIVE ? 7 : at(onpromotion, s * DAYS + day),
      })),
    );
  }
  const absent = await client.v1.sales.daily.$get({ query: { store_nbr: '7 ', family: 'no such: family' } });
  expect(absent.status).toBe(404);
  expect(reported).toEqual([]);
}
