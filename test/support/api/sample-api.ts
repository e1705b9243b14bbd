import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { isoWeekOf, weekStart } from '../../../shared/calendar/date-parts.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { PipelineProcess, PipelineRun } from '../../../shared/pipeline-status/pipeline-status.ts';
import { entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import type { StoreStatus } from '../../../shared/sales-store/sales-store.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import { createApi } from '../../../workers/api/app.ts';
import type { ApiDependencies } from '../../../workers/api/queries/dependencies.ts';
import type { IngestLimits } from '../../../workers/producer/ingest/limits.ts';
import { createTransactionIntake } from '../../../workers/producer/ingest/transaction-intake.ts';
import { publishObjects } from '../../../workers/trainer/publish/publish-dataset.ts';
import { MemoryObjects } from '../object-store/memory-objects.ts';
import { putPublication } from '../object-store/put-publication.ts';
import { MemoryDeliveries } from './memory-deliveries.ts';
import { MemorySales, sampleSeries } from './memory-sales.ts';
import { createSampleEngine, publishModel } from './sample-served-model.ts';

/** 14:35 of Sunday 2026-11-22 in Guayaquil. */
export const NOW = Date.parse('2026-11-22T19:35:00Z');
export const TODAY = '2026-11-22';
const LIVE_FROM = '2026-11-16';
export const VERSION = '2026-11-21.1';

export const sampleCatalog: Catalog = {
  schema_version: 1,
  dataset: 'sample',
  shift_days: 3276,
  first_date: '2025-09-01',
  live_from: LIVE_FROM,
  last_date: '2027-03-01',
  has_tickets: true,
  stores: [
    { store_nbr: '44', city: 'Quito', state: 'Pichincha', type: 'A', cluster: 5 },
    { store_nbr: '45', city: 'Quito', state: 'Pichincha', type: 'A', cluster: 11 },
  ],
  families: ['BOOKS', 'DAIRY', 'GROCERY I'],
  series: ['44:DAIRY', '44:GROCERY I', '45:BOOKS', '45:DAIRY'],
  holidays: [
    {
      date: '2026-11-27',
      type: 'Event',
      locale: 'National',
      locale_name: 'Ecuador',
      description: 'Black Friday',
      transferred: false,
    },
  ],
  oil: [{ date: '2026-11-20', price: 48.5 }],
};

const SAMPLE_LIMITS: IngestLimits = {
  maxRows: 5000,
  maxBytes: 2_000_000,
  rowsPerEntry: 250,
  maxUnits: 10_000,
  maxAheadMs: 3_600_000,
  maxLateMs: 4 * 86_400_000,
};

const readyState: StoreStatus = {
  watermark: entryIdAt(NOW),
  newestEntry: entryIdAt(NOW),
  waitingEntries: 0,
  waitingRows: 0,
  oldestWaiting: null,
  deadLetters: 0,
  identity: null,
  liveFrom: LIVE_FROM,
  storeCount: 2,
  importedStores: ['44', '45'],
  compactedThrough: '2026-11-20',
  partition: null,
};

const runs: PipelineRun[] = [
  { scheduledTime: NOW, outcome: 'produced', counts: { entries: 1 }, error: null },
  { scheduledTime: NOW - 300_000, outcome: 'failed', counts: {}, error: 'the stream is full' },
];

const counted: PipelineRun[] = [
  { scheduledTime: NOW, finishedAt: NOW + 2000, outcome: 'aggregated', counts: { entries: 1 }, error: null },
];

/** May send sales. */
export const SAMPLE_KEY = 'a-key-for-the-tests';

/**
 * The API over stores in memory: catalog, plans, history of four series and one model are there.
 *
 * `clock.now` is the wall clock, which only ages caches.
 */
export async function createSampleApi(changes: Partial<ApiDependencies> = {}) {
  const objects = new MemoryObjects();
  const sales = new MemorySales(readyState);
  const engine = createSampleEngine();
  const wallClock = { now: Date.parse('2026-11-22T19:36:00Z') };
  const reported: unknown[] = [];
  const recorded: Partial<Record<PipelineProcess, PipelineRun[]>> = { producer: runs, aggregator: counted };

  await publishCatalog(objects, sampleCatalog);
  await publishModel(objects, VERSION, 7);
  await putPublication(objects, VERSION);
  objects.reads.clear();
  sampleCatalog.series.forEach((key, column) => {
    const level = 5000 * (column + 1);
    sales.series.set(
      key,
      sampleSeries(TODAY, 430, (index) => level + (index % 7) * 700 + ((index * 37) % 11) * 50),
    );
  });
  for (const date of [TODAY, '2026-11-15']) sales.intraday.set(date, intradayOf(date));

  const clock = createBusinessClock('America/Guayaquil');
  const deliveries = new MemoryDeliveries();
  const intake = createTransactionIntake({
    store: { status: () => sales.status(), ingest: (delivery) => deliveries.ingest(delivery) },
    objects,
    clock,
    limits: SAMPLE_LIMITS,
    now: () => wallClock.now,
  });
  const app = createApi({
    store: sales,
    objects,
    ingest: { keys: [SAMPLE_KEY], limiter: null, intake },
    requestLimiter: null,
    runs: { readRuns: async (process) => recorded[process] ?? [] },
    loadEngine: async () => engine,
    clock,
    now: () => wallClock.now,
    allowedOrigins: [],
    report: (error) => reported.push(error),
    ...changes,
  });
  const get = (path: string, init?: RequestInit) => app.request(path, init);
  const post = (body: string, headers: Record<string, string> = {}) =>
    app.request('/v1/transactions', {
      method: 'POST',
      body,
      headers: {
        Authorization: `Bearer ${SAMPLE_KEY}`,
        'Content-Type': 'application/json',
        ...headers,
      },
    });
  return { app, get, post, objects, sales, deliveries, intake, engine, wallClock, reported, recorded };
}

/**
 * Publishes a catalog, and promotions of 44:GROCERY I: as many items as the day of the month. The model stays.
 *
 * @param value what the catalog's object holds, valid or not
 * @param more objects that are published with it, by name
 */
export async function publishCatalog(
  objects: ObjectStore,
  value: unknown,
  more: readonly (readonly [string, unknown])[] = [],
): Promise<void> {
  const { series } = sampleCatalog;
  const named = new Map<string, unknown>([[datasetNames.catalog, value]]);
  const monday = weekStart(toDayNumber(TODAY));
  for (let week = monday; week <= monday + 14; week += 7) {
    const days: Record<string, number[]> = {};
    for (let day = week; day < week + 7; day++) {
      const date = toIsoDate(day);
      days[date] = series.map((key) => (key === '44:GROCERY I' ? Number(date.slice(8)) : 0));
    }
    named.set(datasetNames.promotionPlan(isoWeekOf(week)), { week: isoWeekOf(week), series, days });
  }
  for (const [name, object] of more) named.set(name, object);
  await publishObjects(sampleCatalog, named, { now: new Date(NOW) }, objects);
}

/** Every slot sells a tenth of a unit more than the one before; a week ago half of that. */
function intradayOf(date: string): Record<string, number> {
  const slots = date === TODAY ? 175 : 288;
  const share = date === TODAY ? 100 : 50;
  return Object.fromEntries(
    Array.from({ length: slots }, (_, slot) => [String(slot).padStart(3, '0'), (slot + 1) * share]),
  );
}

/** The series of a request, as a query. */
export function seriesQuery(storeNbr: string | string, family: string): string {
  return new URLSearchParams({ store_nbr: String(storeNbr), family }).toString();
}
