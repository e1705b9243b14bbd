import { beforeAll, describe, expect, it } from 'vitest';
import { datasetNames, objectKeys } from '../../../shared/artifacts/object-keys.ts';
import { createR2ObjectStore } from '../../../shared/artifacts/r2-object-store.ts';
import { isoMonthOf, isoWeekOf, weekStart } from '../../../shared/calendar/date-parts.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import {
  createCategories,
  FEATURE_COUNT,
  FEATURE_FINGERPRINT,
  FEATURE_NAMES,
  HORIZON,
} from '../../../shared/features/index.ts';
import { chooseStore } from '../../../shared/sales-store/bindings/choose-store.ts';
import { createDurableSalesStore } from '../../../shared/sales-store/durable/durable-sales-store.ts';
import { type EntryId, entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import type { BucketDelta } from '../../../shared/sales-store/sales-store.ts';
import { championBodySchema } from '../../../shared/schemas/api/champion.ts';
import { forecastBodySchema } from '../../../shared/schemas/api/forecast.ts';
import { salesDailyBodySchema } from '../../../shared/schemas/api/sales-daily.ts';
import { salesLiveBodySchema } from '../../../shared/schemas/api/sales-live.ts';
import { salesMonthlyBodySchema, salesWeeklyBodySchema } from '../../../shared/schemas/api/sales-periods.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import standalone from '../../../workers/standalone/worker.ts';
import { publishObjects } from '../../../workers/trainer/publish/publish-dataset.ts';
import { putPublication } from '../../support/object-store/put-publication.ts';
import { packStumps } from '../../support/trainer/stump-model.ts';
import { bindings } from '../bindings.ts';

const FIRST_DAY = toDayNumber('2025-09-21');
const LIVE_DAY = toDayNumber('2026-11-16');
const TODAY = toDayNumber('2026-11-22');
const KEY = '44:GROCERY I';
const QUERY = 'store_nbr=44&family=GROCERY%20I';

/** Milli-units of a day: a weekly shape around 1,000 units. */
const milliUnitsOf = (day: number) => 1_000_000 + (day % 7) * 50_000;
const onpromotionOf = (day: number) => (day % 5 === 0 ? 4 : 0);
const daysFrom = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const catalog: Catalog = {
  schema_version: 1,
  dataset: 'sample',
  shift_days: 3276,
  first_date: toIsoDate(FIRST_DAY),
  live_from: toIsoDate(LIVE_DAY),
  last_date: '2027-03-01',
  has_tickets: true,
  stores: [{ store_nbr: '44', city: 'Quito', state: 'Pichincha', type: 'A', cluster: 5 }],
  families: ['GROCERY I'],
  series: [KEY],
  holidays: [],
  oil: [],
};

const objects = createR2ObjectStore(bindings.ARTIFACTS);

const get = async (path: string, init?: RequestInit): Promise<Response> => {
  const request = new Request(`http://localhost${path}`, init) as Request<
    unknown,
    IncomingRequestCfProperties
  >;
  return standalone.fetch(request, bindings as never);
};

beforeAll(async () => {
  expect((await get('/v1/ready')).status).toBe(503);
  await publishDataset();
  await publishModel();
  await fillStore();
});

async function publishDataset(): Promise<void> {
  const days: Record<string, number[]> = {};
  const monday = weekStart(TODAY) + 7;
  for (const day of daysFrom(monday, monday + 6)) days[toIsoDate(day)] = [onpromotionOf(day)];
  const plan = { week: isoWeekOf(monday), series: [KEY], days };
  const named = new Map<string, unknown>([
    [datasetNames.catalog, catalog],
    [datasetNames.promotionPlan(plan.week), plan],
  ]);
  await publishObjects(catalog, named, { now: new Date('2026-11-22T03:00:00Z') }, objects);
}

async function publishModel(): Promise<void> {
  const packed = await packStumps(
    FEATURE_COUNT,
    FEATURE_NAMES.indexOf('promotion'),
    FEATURE_NAMES.indexOf('horizon'),
  );
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', packed as Uint8Array<ArrayBuffer>));
  const flat = (value: number) => [new Array<number>(HORIZON).fill(value)];
  const score = { rmsle: 0.3, wape: 0.1, bias: 0, count: 16 };
  const manifest: Manifest = {
    schema_version: 1,
    version: 'stumps',
    created_at: '2026-11-21T03:00:00.000Z',
    feature_names: [...FEATURE_NAMES],
    feature_hash: FEATURE_FINGERPRINT,
    categories: { ...createCategories(catalog.stores, catalog.families) } as Manifest['categories'],
    horizon: HORIZON,
    objective: 'reg:squarederror',
    target: 'log1p_minus_anchor',
    conformal: { class_bounds: [], p10: flat(-0.2), p50: flat(0), p90: flat(0.2) },
    backtest: { windows: [], pooled: { model: score } },
    training: {
      dataset: 'sample',
      first_origin: '2026-01-01',
      last_day: '2026-11-15',
      rows: 1,
      series: 1,
      params: {},
      rounds: 2,
      libraries: {},
    },
    files: {
      'model.packed': {
        sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''),
        bytes: packed.byteLength,
      },
    },
  };
  await bindings.ARTIFACTS.put(objectKeys.modelFile('stumps', 'model.packed'), packed);
  await bindings.ARTIFACTS.put(objectKeys.modelFile('stumps', 'manifest.json'), JSON.stringify(manifest));
  await putPublication(objects, 'stumps');
}

/** History up to the first live day, and one commit at 15:00 of every live day, for the whole of that day. */
async function fillStore(): Promise<void> {
  const store = createDurableSalesStore(bindings.SALES_STORE);
  const closed = daysFrom(FIRST_DAY, LIVE_DAY - 1);
  await store.openHistory({
    liveFrom: toIsoDate(LIVE_DAY),
    storeCount: 1,
    openingBalances: [
      ...daysFrom(LIVE_DAY - 7, LIVE_DAY - 1).map((day) =>
        delta('sales_intraday', toIsoDate(day), '100', day),
      ),
    ],
  });
  await store.importHistory({
    store_nbr: '44',
    first_date: toIsoDate(FIRST_DAY),
    last_date: toIsoDate(LIVE_DAY - 1),
    tickets: closed.map(() => 800),
    series: [
      { family: 'GROCERY I', milli_units: closed.map(milliUnitsOf), onpromotion: closed.map(onpromotionOf) },
    ],
  });

  let watermark: EntryId | null = null;
  for (const day of daysFrom(LIVE_DAY, TODAY)) {
    // 15:00 in Guayaquil, five hours behind UTC.
    const newWatermark = entryIdAt(day * 86_400_000 + 20 * 3_600_000);
    const outcome = await store.commit({
      expectedWatermark: watermark,
      newWatermark,
      deadLetters: [],
      deltas: [
        delta('sales_daily', toIsoDate(day), KEY, day),
        delta('sales_weekly', isoWeekOf(day), KEY, day),
        delta('sales_monthly', isoMonthOf(day), KEY, day),
        delta('sales_intraday', toIsoDate(day), '100', day),
        { kind: 'onpromotion_daily', period: toIsoDate(day), field: KEY, value: onpromotionOf(day) },
        { kind: 'transactions_daily', period: toIsoDate(day), field: '44', value: 800 },
      ],
    });
    expect(outcome).toBe('applied');
    watermark = newWatermark;
  }
}

function delta(kind: BucketDelta['kind'], period: string, field: string, day: number): BucketDelta {
  return { kind, period, field, value: milliUnitsOf(day) };
}

describe('the API in workerd, over the real store and the real engine', () => {
  it('is ready once catalog, model and history are there', async () => {
    const response = await get('/v1/ready');
    expect(await response.json()).toEqual({ status: 'ready' });
  });

  it('forecasts what the trees say, on top of the mean of the last four same weekdays', async () => {
    const response = await get(`/v1/forecasts?${QUERY}`);
    const body = forecastBodySchema.parse(await response.json());
    expect(body).toMatchObject({
      origin: '2026-11-21',
      model_version: 'stumps',
      watermark: `${Date.parse('2026-11-22T20:00:00Z')}-0`,
    });
    for (const { date, h, p10, p50, p90, mean, onpromotion } of body.points) {
      const day = toDayNumber(date);
      const planned = day >= TODAY + 1 && day <= TODAY + 7 ? onpromotionOf(day) : 0;
      expect(onpromotion).toBe(planned);
      const margin = (planned > 0 ? 0.15 : -0.05) + (h > 8 ? 0.02 : 0);
      const expected = Math.expm1(Math.log1p(milliUnitsOf(day) / 1000) + margin);
      expect(p50 / expected).toBeCloseTo(1, 5);
      expect(mean).toBe(p50);
      // The series sells whole units, and so do its quantiles.
      expect(p10).toBe(Math.floor((expected + 1) * Math.exp(-0.2) - 1));
      expect(p90).toBe(Math.floor((expected + 1) * Math.exp(0.2) - 1));
    }
  });

  it('answers 304 to its own ETag', async () => {
    const etag = (await get(`/v1/forecasts?${QUERY}`)).headers.get('ETag') ?? '';
    const again = await get(`/v1/forecasts?${QUERY}`, { headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(304);
  });

  it('joins imported history and live buckets without a seam', async () => {
    const body = salesDailyBodySchema.parse(await (await get(`/v1/sales/daily?${QUERY}&days=400`)).json());
    expect(body.points).toHaveLength(400);
    for (const { date, units, onpromotion } of body.points) {
      expect(units, date).toBe(milliUnitsOf(toDayNumber(date)) / 1000);
      expect(onpromotion, date).toBe(onpromotionOf(toDayNumber(date)));
    }
    expect(body.today).toEqual({
      date: '2026-11-22',
      units: milliUnitsOf(TODAY) / 1000,
      onpromotion: onpromotionOf(TODAY),
      complete: false,
    });
  });

  it('weeks and months are the sums of the days, those with an opening balance too', async () => {
    const weekly = salesWeeklyBodySchema.parse(
      await (await get(`/v1/sales/weekly?${QUERY}&weeks=104`)).json(),
    );
    const monthly = salesMonthlyBodySchema.parse(await (await get(`/v1/sales/monthly?${QUERY}`)).json());
    expect(weekly.points.map(({ week }) => week).slice(-2)).toEqual(['2026-W46', '2026-W47']);
    for (const { from, to, units, complete } of [...weekly.points, ...monthly.points]) {
      const days = daysFrom(Math.max(FIRST_DAY, toDayNumber(from)), Math.min(TODAY, toDayNumber(to)));
      expect(units, from).toBe(days.reduce((sum, day) => sum + milliUnitsOf(day), 0) / 1000);
      expect(complete, from).toBe(toDayNumber(from) >= FIRST_DAY && toDayNumber(to) < TODAY);
    }
    expect(monthly.points.at(-1)?.month).toBe('2026-11');
  });

  it('compares today with the same weekday a week ago', async () => {
    const body = salesLiveBodySchema.parse(await (await get('/v1/sales/live')).json());
    expect(body).toMatchObject({
      business_date: '2026-11-22',
      units_today: milliUnitsOf(TODAY) / 1000,
      lag_ms: 0,
      ratio: 1,
    });
    expect(body.slots).toHaveLength(180);
    expect(body.comparison?.date).toBe('2026-11-15');
  });

  it('names the model and the kernel that the engine chose', async () => {
    const body = championBodySchema.parse(await (await get('/v1/models/champion')).json());
    expect(body).toMatchObject({ version: 'stumps', feature_count: FEATURE_COUNT, degraded: null });
    expect(body.kernel).not.toBe('');
  });

  it('keeps the good model when a published one is damaged, and says so in health', async () => {
    const api = await import('../../../workers/api/create-worker-api.ts');
    await putPublication(objects, 'damaged', ['stumps']);
    // A fresh isolate: nothing is in memory yet.
    const app = api.createWorkerApi({ ...bindings, BUSINESS_TIME_ZONE: 'America/Guayaquil' } as never, {
      store: chooseStore(bindings),
      runs: { readRuns: async () => [] },
      intake: { takeIn: () => Promise.reject(new Error('is not used here')) },
    });
    const body = championBodySchema.parse(await (await app.request('/v1/models/champion')).json());
    expect(body).toMatchObject({ version: 'stumps', degraded: { newest_version: 'damaged' } });
    expect(await (await app.request('/v1/health')).json()).toMatchObject({ status: 'degraded' });
  });

  it('has the pipeline tell that everything is imported', async () => {
    expect(await (await get('/v1/pipeline')).json()).toMatchObject({
      waiting_entries: 0,
      history_import: { stores_imported: 1, stores_total: 1, complete: true },
      runs: { producer: [], aggregator: [] },
    });
  });

  it('describes itself', async () => {
    const document = (await (await get('/openapi.json')).json()) as { openapi: string; paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/v1/forecasts');
  });
});
