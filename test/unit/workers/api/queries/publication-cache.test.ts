import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { publicationPointerSchema } from '../../../../../shared/artifacts/publication-pointer.ts';
import { FEATURE_FINGERPRINT } from '../../../../../shared/features/index.ts';
import { forecastBodySchema } from '../../../../../shared/schemas/api/forecast.ts';
import { healthBodySchema } from '../../../../../shared/schemas/api/health.ts';
import { sha256Hex } from '../../../../../shared/sha256.ts';
import { encodeBatchForecasts } from '../../../../../workers/trainer/publish/encode-batch-forecasts.ts';
import {
  createSampleApi,
  publishCatalog,
  sampleCatalog,
  seriesQuery,
  VERSION,
} from '../../../../support/api/sample-api.ts';
import { publishModel } from '../../../../support/api/sample-served-model.ts';
import { makeLegacy } from '../../../../support/object-store/make-legacy.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';

type SampleApi = Awaited<ReturnType<typeof createSampleApi>>;

const ORIGIN = '2026-11-20';
const OTHER_FEATURES = { feature_hash: 'of the build before' };

/** Forecasts of every series but 45:DAIRY, h units on day h. */
async function putForecasts(objects: ObjectStore): Promise<void> {
  const series = [
    { storeNbr: '44', family: 'DAIRY' },
    { storeNbr: '44', family: 'GROCERY I' },
    { storeNbr: '45', family: 'BOOKS' },
  ].map((id) => ({
    ...id,
    points: Array.from({ length: 16 }, (_, i) => ({
      date: new Date(Date.UTC(2026, 10, 21 + i)).toISOString().slice(0, 10),
      ...{ h: i + 1, mean: i + 1.5, p10: i, p50: i + 1, p90: i + 2 },
      ...{ source: 'model' as const, onpromotion: 3 },
    })),
  }));
  const bytes = encodeBatchForecasts({ modelVersion: VERSION, origin: ORIGIN, series });
  const key = objectKeys.batchForecasts(ORIGIN, VERSION, await sha256Hex(bytes));
  await objects.put(key, bytes);
  const read = await readPointer(objects);
  if (!read) throw new Error('nothing is in service');
  const { current } = read.pointer;
  const path = objectKeys.publication(current.id);
  const manifest = JSON.parse((await (await objects.get(path))?.text()) ?? '');
  manifest.forecasts = {
    origin: ORIGIN,
    model_version: VERSION,
    object: { key, sha256: await sha256Hex(bytes) },
  };
  const text = JSON.stringify(manifest);
  await objects.put(path, text);
  const pointer = { ...read.pointer, current: { ...current, sha256: await sha256Hex(text) } };
  await objects.put(objectKeys.current, JSON.stringify(publicationPointerSchema.parse(pointer)));
}

const ask = (api: SampleApi, storeNbr: number, family: string, init?: RequestInit) =>
  api.get(`/v1/forecasts?${seriesQuery(String(storeNbr), family)}`, init);
const read = async (api: SampleApi, storeNbr: number, family: string) =>
  forecastBodySchema.parse(await (await ask(api, storeNbr, family)).json());
const modelState = async (api: SampleApi) => {
  const { components } = healthBodySchema.parse(await (await api.get('/v1/health')).json());
  return components.find(({ component }) => component === 'model');
};

describe('a build whose features no publication has', () => {
  const deploy = async () => {
    const api = await createSampleApi();
    await publishModel(api.objects, VERSION, 7, OTHER_FEATURES);
    await putPublication(api.objects, VERSION);
    await putForecasts(api.objects);
    return api;
  };

  it('answers with the forecasts of the last training run, marked stale, and says why', async () => {
    const api = await deploy();
    const body = await read(api, 44, 'GROCERY I');
    expect(body).toMatchObject({ origin: ORIGIN, model_version: VERSION });
    expect(body.stale).toContain(
      `fingerprint of the build before, this build computes ${FEATURE_FINGERPRINT}`,
    );
    expect(body.points).toHaveLength(16);
    expect(body.points[6]).toEqual({
      ...{ date: '2026-11-27', h: 7, mean: 7.5, p10: 6, p50: 7, p90: 8, source: 'model', onpromotion: 3 },
      ...{ cumulative: null, holidays: ['Black Friday'] },
    });
    expect(await modelState(api)).toMatchObject({
      status: 'degraded',
      detail: expect.stringMatching(/^the forecasts that .* made on 2026-11-20 answer, marked stale: model /),
    });
    expect((await api.get('/v1/ready')).status).toBe(200);
    expect((await api.get('/v1/models/champion')).status).toBe(503);
    expect(api.engine.loaded.size).toBe(0);
  });

  it('answers 304 to the ETag of a stale forecast, and 404 for a series that was not forecast', async () => {
    const api = await deploy();
    const etag = (await ask(api, 45, 'BOOKS')).headers.get('ETag') ?? '';
    expect((await ask(api, 45, 'BOOKS', { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const missing = await ask(api, 45, 'DAIRY');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ code: 'unknown-series' });
  });

  it('forecasts again as soon as a model of its features is published', async () => {
    const api = await deploy();
    expect((await read(api, 44, 'DAIRY')).stale).toBeDefined();
    await publishModel(api.objects, 'trained', 9);
    await putPublication(api.objects, 'trained', [VERSION]);
    api.wallClock.now += 60_000;
    const body = await read(api, 44, 'DAIRY');
    expect(body).toMatchObject({ model_version: 'trained' });
    expect(body.stale).toBeUndefined();
    expect(await modelState(api)).toMatchObject({ status: 'ok' });
  });

  it('serves an earlier publication whose model it can load, rather than stale forecasts', async () => {
    const api = await createSampleApi();
    await publishModel(api.objects, 'newer', 9, OTHER_FEATURES);
    await putPublication(api.objects, 'newer', [VERSION]);
    const body = await read(api, 44, 'DAIRY');
    expect(body.model_version).toBe(VERSION);
    expect(body.stale).toBeUndefined();
    expect(await modelState(api)).toMatchObject({ status: 'degraded' });
  });
});

describe('a publication', () => {
  it('is followed at once after the clock was set back by hours', async () => {
    const api = await createSampleApi();
    expect((await read(api, 44, 'DAIRY')).model_version).toBe(VERSION);
    await publishModel(api.objects, 'next', 9);
    await putPublication(api.objects, 'next', [VERSION]);
    api.wallClock.now -= 3 * 3_600_000;
    expect((await read(api, 44, 'DAIRY')).model_version).toBe('next');
  });

  it('is held by a request to its end, whatever goes into service meanwhile', async () => {
    const api = await createSampleApi();
    const before = await read(api, 44, 'GROCERY I');
    const readSeries = api.sales.readSeries.bind(api.sales);
    api.sales.readSeries = async (...args) => {
      const reading = await readSeries(...args);
      api.sales.readSeries = readSeries;
      // Another publication goes into service, and another request follows it.
      await publishCatalog(api.objects, { ...sampleCatalog, dataset: 'next' }, [
        ['plan/promotions/2026-W48.json', { week: '2026-W48', series: [], days: {} }],
      ]);
      await publishModel(api.objects, 'next', 9);
      await putPublication(api.objects, 'next', [VERSION]);
      api.wallClock.now += 60_000;
      expect((await read(api, 44, 'DAIRY')).model_version).toBe('next');
      return reading;
    };
    const during = await read(api, 44, 'GROCERY I');
    expect(during).toEqual(before);
    expect((await read(api, 44, 'GROCERY I')).model_version).toBe('next');
  });

  it('whose manifest is damaged leaves the one before in service, at a cold start too', async () => {
    const warm = await createSampleApi();
    const good = await read(warm, 44, 'DAIRY');
    for (const api of [warm, await createSampleApi()]) {
      await publishModel(api.objects, 'next', 9);
      const { current } = await putPublication(api.objects, 'next', [VERSION]);
      await api.objects.put(objectKeys.publication(current.id), '{"id":"another"}');
      api.wallClock.now += 60_000;
      expect((await read(api, 44, 'DAIRY')).points).toEqual(good.points);
      expect(await modelState(api)).toMatchObject({
        status: 'degraded',
        detail: expect.stringContaining(`${objectKeys.publication(current.id)}: has the sha256`),
      });
    }
  });
});

describe('a store from before there were publications', () => {
  it('is served as it is', async () => {
    const expected = await read(await createSampleApi(), 44, 'GROCERY I');
    const api = await createSampleApi();
    await makeLegacy(api.objects);
    expect(await read(api, 44, 'GROCERY I')).toEqual(expected);
    expect(await (await api.get('/v1/models/champion')).json()).toMatchObject({
      version: VERSION,
      promoted_at: '2026-11-21T03:09:00.000Z',
      degraded: null,
    });
  });

  it('follows what an earlier build still writes to it', async () => {
    const api = await createSampleApi();
    await makeLegacy(api.objects);
    await read(api, 44, 'DAIRY');
    await api.objects.put('dataset/catalog.json', JSON.stringify({ ...sampleCatalog, dataset: 'renewed' }));
    api.wallClock.now += 60_000;
    expect(await (await api.get('/v1/catalog')).json()).toMatchObject({ dataset: 'renewed' });
  });

  it('answers a build of other features with the forecasts that it has, in their own format', async () => {
    const api = await createSampleApi();
    await publishModel(api.objects, VERSION, 7, OTHER_FEATURES);
    await makeLegacy(api.objects);
    const header = {
      ...{ schema_version: 1, model_version: VERSION, dataset: 'sample', origin: '2026-11-19', horizon: 8 },
      ...{ series: ['44:DAIRY'], planes: { p50: 1, below: 1, above: 1, over: 1 } },
    };
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    // p50 of 10 milli-units a day for a week, then 10 + 1; zigzag coded.
    const p50 = [20, 20, 20, 20, 20, 20, 20, 2];
    const columns = [p50, Array(8).fill(4), Array(8).fill(6), Array(8).fill(1)].flat();
    const packed = gzipSync(Buffer.concat([length, text, Buffer.from(columns)]));
    await api.objects.put(`forecasts/2026-11-19/${VERSION}.bin.gz`, packed);
    const body = await read(api, 44, 'DAIRY');
    expect(body).toMatchObject({ origin: '2026-11-19', stale: expect.stringContaining('train') });
    expect(body.points[0]).toMatchObject({
      date: '2026-11-20',
      p10: 0.008,
      p50: 0.01,
      p90: 0.013,
      mean: 0.009,
    });
    expect(body.points[7]).toMatchObject({ h: 8, p50: 0.011 });
  });
});
