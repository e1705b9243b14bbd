import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetNames } from '../../../../../shared/artifacts/object-keys.ts';
import { HORIZON } from '../../../../../shared/features/index.ts';
import { forecastBodySchema } from '../../../../../shared/schemas/api/forecast.ts';
import { MISSING } from '../../../../../shared/schemas/history-chunk.ts';
import { sampleSeries } from '../../../../support/api/memory-sales.ts';
import {
  createSampleApi,
  publishCatalog,
  sampleCatalog,
  seriesQuery,
  TODAY,
  VERSION,
} from '../../../../support/api/sample-api.ts';
import { publishModel, sampleConformal } from '../../../../support/api/sample-served-model.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';

type SampleApi = Awaited<ReturnType<typeof createSampleApi>>;

const readForecast = async ({ get }: SampleApi, storeNbr: string, family: string) => {
  const response = await get(`/v1/forecasts?${seriesQuery(storeNbr, family)}`);
  expect(response.status).toBe(200);
  return forecastBodySchema.parse(await response.json());
};

it('gives 16 days after the last finished one, with model, origin and freshness', async () => {
  const body = await readForecast(await createSampleApi(), '44', 'GROCERY I');
  expect(body).toMatchObject({
    store_nbr: '44',
    family: 'GROCERY I',
    origin: '2026-11-21',
    model_version: VERSION,
    as_of: '2026-11-22T19:35:00.000Z',
  });
  expect(body.points.map(({ h }) => h)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  expect(body.points[0]?.date).toBe('2026-11-22');
  expect(body.points.at(-1)?.date).toBe('2026-12-07');
});

it('gives the demand of the days up to each one together, and null by a model without such intervals', async () => {
  const api = await createSampleApi();
  const { points } = await readForecast(api, '44', 'GROCERY I');
  let mean = 0;
  for (const { cumulative, ...day } of points) {
    mean += day.mean;
    expect(cumulative?.mean).toBeCloseTo(mean, 1);
  }
  const sumOf = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0);
  const last = points.at(-1)?.cumulative;
  expect(last?.p90).toBeLessThan(sumOf(({ p90 }) => p90));
  expect(last?.p10).toBeGreaterThan(sumOf(({ p10 }) => p10));

  const { cumulative: _, ...conformal } = sampleConformal();
  await publishModel(api.objects, 'older', 7, { conformal });
  await putPublication(api.objects, 'older');
  api.wallClock.now += 60_001;
  const older = await readForecast(api, '44', 'GROCERY I');
  expect(older.model_version).toBe('older');
  expect(older.points.map(({ cumulative }) => cumulative)).toEqual(Array(16).fill(null));
});

it('is 0 on days on which the store is foreseen to be shut, says why, and adds nothing to their sums', async () => {
  const api = await createSampleApi();
  const openDays = (await readForecast(api, '44', 'GROCERY I')).points;
  const closures = {
    intervals: [
      { store_nbr: '44', from: '2026-11-24', to: '2026-11-25', reason: 'works', declared: true },
      { store_nbr: '44', from: '2026-12-02', to: null, reason: 'closed', declared: false },
      // Sold since: inferred closures give way.
      { store_nbr: '44', from: '2026-11-20', to: null, reason: 'closed', declared: false },
      { store_nbr: '45', from: '2026-11-22', to: null, reason: 'works', declared: true },
    ],
    weekly: [{ store_nbr: '44', weekdays: [7], from: '2026-11-22' }],
  };
  await publishCatalog(api.objects, { ...sampleCatalog, closures });
  api.wallClock.now += 60_001;
  const { points } = await readForecast(api, '44', 'GROCERY I');
  const reasons = Object.fromEntries(points.flatMap(({ date, closed }) => (closed ? [[date, closed]] : [])));
  expect(reasons).toMatchObject({ '2026-11-22': 'day-off', '2026-11-24': 'works', '2026-11-25': 'works' });
  expect(reasons).toMatchObject({ '2026-11-29': 'day-off', '2026-12-02': 'closed', '2026-12-07': 'closed' });
  expect(Object.keys(reasons)).toHaveLength(10);
  points.forEach((point, i) => {
    const { mean, p10, p50, p90, cumulative, closed } = point;
    if (closed === undefined) {
      // The model sees that the neighbouring day is closed.
      const isBeside = points[i - 1]?.closed !== undefined || points[i + 1]?.closed !== undefined;
      if (isBeside) expect(mean).toBeGreaterThan(0);
      else expect({ ...point, cumulative }).toMatchObject({ mean: openDays[i]?.mean, p90: openDays[i]?.p90 });
    } else {
      expect([mean, p10, p50, p90]).toEqual([0, 0, 0, 0]);
      expect(cumulative).toEqual(points[i - 1]?.cumulative ?? { mean: 0, p10: 0, p50: 0, p90: 0 });
    }
  });
});

it('multiplies units by what promotions are worth, by a model that has learned it', async () => {
  const api = await createSampleApi();
  const response = (effect: number) => ({
    target: 'log1p_less_promotion_minus_anchor' as const,
    promotion_response: { items: [1, 50], families: { 'GROCERY I': [effect, effect] } },
  });
  const usualBy = async (version: string, changes: Parameters<typeof publishModel>[3]) => {
    await publishModel(api.objects, version, 7, changes);
    await putPublication(api.objects, version);
    api.wallClock.now += 60_001;
    const body = await readForecast(api, '44', 'GROCERY I');
    expect(body.model_version).toBe(version);
    // The mean also takes the promotions out of what the series varies by itself.
    return body.points.map(({ p50 }) => p50);
  };
  const plain = await usualBy('plain', {});
  const none = await usualBy('none', response(0));
  const moved = await usualBy('moved', response(0.5));
  // Of the days that the anchor averages some are promoted and some are not; the target of the 16th day is not.
  expect(moved.at(-1)).toBeLessThan(none.at(-1) as number);
  moved.forEach((usual, i) => {
    expect(usual / (none[i] as number)).toBeGreaterThan(Math.exp(-0.51));
    expect(usual / (none[i] as number)).toBeLessThan(Math.exp(0.51));
  });
  const other = { ...response(0.5), promotion_response: { items: [1], families: { DAIRY: [0.5] } } };
  expect(await usualBy('other', other)).toEqual(plain);
});

it('knows the promotions that are planned, across weeks, and takes 0 where nothing is planned yet', async () => {
  const { points } = await readForecast(await createSampleApi(), '44', 'GROCERY I');
  expect(points.map(({ onpromotion }) => onpromotion)).toEqual([
    22, 23, 24, 25, 26, 27, 28, 29, 30, 1, 2, 3, 4, 5, 6, 0,
  ]);
});

it('follows a plan that is published later', async () => {
  const api = await createSampleApi();
  const query = `/v1/forecasts?${seriesQuery('44', 'GROCERY I')}`;
  const before = await api.get(query);
  const etag = before.headers.get('ETag') ?? '';
  const days = { '2026-12-07': sampleCatalog.series.map(() => 9) };
  const plan = { week: '2026-W50', series: sampleCatalog.series, days };
  await publishCatalog(api.objects, sampleCatalog, [[datasetNames.promotionPlan('2026-W50'), plan]]);
  api.wallClock.now += 60_001;
  const after = await api.get(query, { headers: { 'If-None-Match': etag } });
  expect(after.status).toBe(200);
  expect(forecastBodySchema.parse(await after.json()).points.at(-1)?.onpromotion).toBe(9);
});

it('p10 <= p50 <= p90 and nothing is below 0, for any history and any residual tables', async () => {
  const api = await createSampleApi();
  const day = fc.oneof(fc.nat(50_000), fc.nat(50_000_000), fc.constant(0), fc.constant(MISSING));
  const row = fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 16, maxLength: 16 });
  const table = fc.array(row, { minLength: 2, maxLength: 2 });
  const quantiles = { p10: table, p50: table, p90: table };
  const tables = fc.record({ ...quantiles, cumulative: fc.record(quantiles) });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 430 }), tables, async (days, residuals) => {
      const version = `random-${++run}`;
      const conformal = { ...sampleConformal(), ...residuals };
      await publishModel(api.objects, version, run % 30, { conformal });
      await putPublication(api.objects, version);
      api.wallClock.now += 60_001;
      api.sales.series.set(
        '45:BOOKS',
        sampleSeries(TODAY, days.length, (index) => days[index] ?? 0),
      );
      const { points, model_version } = await readForecast(api, '45', 'BOOKS');
      expect(model_version).toBe(version);
      expect(points).toHaveLength(HORIZON);
      for (const { cumulative, ...day } of points) {
        if (!cumulative) throw new Error('a model with cumulative residuals serves sums');
        for (const { mean, p10, p50, p90 } of [day, cumulative]) {
          expect(p10).toBeGreaterThanOrEqual(0);
          expect(p50).toBeGreaterThanOrEqual(p10);
          expect(p90).toBeGreaterThanOrEqual(p50);
          expect(mean).toBeGreaterThanOrEqual(0);
        }
      }
      points.slice(1).forEach(({ cumulative }, i) => {
        for (const name of ['mean', 'p10', 'p50', 'p90'] as const) {
          expect(cumulative?.[name]).toBeGreaterThanOrEqual(points[i]?.cumulative?.[name] ?? Number.NaN);
        }
      });
    }),
    { numRuns: 60 },
  );
});

it('the same questions in any order, alone or at once, have the same answers', async () => {
  const questions = sampleCatalog.series.map((key) => key.split(':') as [string, string]);
  const expected = new Map<string, string>();
  for (const [store, family] of questions) {
    const body = await readForecast(await createSampleApi(), store, family);
    expected.set(`${store}:${family}`, JSON.stringify(body.points));
  }
  expect(new Set(expected.values()).size).toBe(questions.length);

  const order = fc.shuffledSubarray([...questions, ...questions], { minLength: questions.length });
  await fc.assert(
    fc.asyncProperty(order, fc.boolean(), async (shuffled, atOnce) => {
      const api = await createSampleApi();
      const ask = async ([store, family]: [string, string]) => {
        const body = await readForecast(api, store, family);
        expect(JSON.stringify(body.points)).toBe(expected.get(`${store}:${family}`));
      };
      if (atOnce) await Promise.all(shuffled.map(ask));
      else for (const question of shuffled) await ask(question);
      expect(api.engine.loaded.size).toBe(1);
    }),
    { numRuns: 25 },
  );
});

it('answers 304 while model, watermark and plan stand still, without predicting', async () => {
  const api = await createSampleApi();
  const query = `/v1/forecasts?${seriesQuery('44', 'DAIRY')}`;
  const first = await api.get(query);
  const etag = first.headers.get('ETag') ?? '';
  expect(first.headers.get('Cache-Control')).toBe('public, max-age=15');
  const ask = () => api.get(query, { headers: { 'If-None-Match': etag } });
  expect((await ask()).status).toBe(304);
  expect((await api.get(`/v1/forecasts?${seriesQuery('45', 'DAIRY')}`)).headers.get('ETag')).not.toBe(etag);

  api.sales.state = { ...api.sales.state, watermark: '1795376400000-0' };
  expect((await ask()).status).toBe(200);
});

it('a new model changes the ETag and the forecast', async () => {
  const api = await createSampleApi();
  const before = await readForecast(api, '44', 'DAIRY');
  await publishModel(api.objects, 'next', 99);
  await putPublication(api.objects, 'next', [VERSION]);
  api.wallClock.now += 60_001;
  const after = await readForecast(api, '44', 'DAIRY');
  expect(after.model_version).toBe('next');
  expect(after.points).not.toEqual(before.points);
  // A request that began before may still hold the model before, for a minute.
  expect(api.engine.loaded.size).toBe(2);
  api.wallClock.now += 60_001;
  await readForecast(api, '44', 'DAIRY');
  expect(api.engine.loaded.size).toBe(1);
});

it('names the holidays and events of a day at the place of the store', async () => {
  const { points } = await readForecast(await createSampleApi(), '44', 'GROCERY I');
  const named = points.flatMap(({ date, holidays }) => (holidays === undefined ? [] : [[date, holidays]]));
  expect(named).toEqual([['2026-11-27', ['Black Friday']]]);
});

it('gives the first days only where fewer are asked for, with a tag of their own', async () => {
  const api = await createSampleApi();
  const path = `/v1/forecasts?${seriesQuery('44', 'GROCERY I')}`;
  const all = await readForecast(api, '44', 'GROCERY I');
  const week = await api.get(`${path}&horizon=7`);
  expect(forecastBodySchema.parse(await week.json()).points).toEqual(all.points.slice(0, 7));
  const tag = week.headers.get('ETag') ?? '';
  const again = (query: string) => api.get(path + query, { headers: { 'If-None-Match': tag } });
  expect((await again('&horizon=7')).status).toBe(304);
  for (const other of ['', '&horizon=8', '&horizon=16']) expect((await again(other)).status, other).toBe(200);
  for (const wrong of ['0', '17', '1.5', '']) {
    const refused = await api.get(`${path}&horizon=${wrong}`);
    expect(refused.status, wrong).toBe(400);
    expect(JSON.stringify(await refused.json())).toMatch(/horizon.*whole number from 1 to 16/);
  }
});

describe('a family that the store does not sell yet', () => {
  const peers = {
    level: Math.log(20),
    stores: { 44: 0.5, 45: -0.5 },
    families: {
      BOOKS: { level: -1, weekdays: [0.5, 0.5, 0.5, 0.5, 1, 2, 2] },
      DAIRY: { level: 0.2, weekdays: [1, 1, 1, 1, 1, 1, 1] },
    },
    weekdays: [1, 1, 1, 1, 1, 1, 1],
    ...{ day_variance: 0.2, series_variance: 0.3, family_variance: 0.4 },
  };
  const withPeers = async () => {
    const api = await createSampleApi();
    await publishModel(api.objects, VERSION, 7, { peer_levels: peers });
    await putPublication(api.objects, VERSION);
    return api;
  };

  it('is forecast by what others sell, at the size of the store, in their weekdays', async () => {
    const api = await withPeers();
    const { points, origin, as_of } = await readForecast(api, '44', 'BOOKS');
    expect({ origin, as_of }).toEqual({ origin: '2026-11-21', as_of: '2026-11-22T19:35:00.000Z' });
    expect(points).toHaveLength(HORIZON);
    const usual = 20 * Math.exp(0.5 - 1);
    for (const { date, p10, p50, p90, mean, source } of points) {
      const factor = peers.families.BOOKS.weekdays[(new Date(date).getUTCDay() + 6) % 7] ?? Number.NaN;
      expect(p50 / factor / usual, date).toBeGreaterThan(0.7);
      expect(p50 / factor / usual, date).toBeLessThan(1.4);
      expect(source).toBe('peers');
      expect(mean).toBeGreaterThan(p10);
      expect(p90 / p10).toBeGreaterThan(2);
    }
    const smaller = await readForecast(api, '45', 'GROCERY I');
    expect(smaller.points[0]?.p50).toBeLessThan(20);
  });

  it('is not taken for one that never sells, once it has sold for the first time', async () => {
    const api = await withPeers();
    for (const sold of [1, 3]) {
      // The store's days before the first sale have rows of other families, so that they read as 0.
      const units = (index: number) => (index >= 160 - sold ? 12_000 : 0);
      api.sales.series.set('44:BOOKS', sampleSeries(TODAY, 160, units));
      const { points } = await readForecast(api, '44', 'BOOKS');
      for (const { p50, source } of points) {
        expect(source).toBe('peers');
        expect(p50).toBeGreaterThan(3);
        expect(p50).toBeLessThan(40);
      }
    }
  });

  it('is still unknown to sales, to a model without peers, and in a store or family that nobody knows', async () => {
    const api = await withPeers();
    const codeOf = async (path: string) => ((await (await api.get(path)).json()) as { code?: string }).code;
    expect(await codeOf(`/v1/sales/daily?${seriesQuery('44', 'BOOKS')}`)).toBe('unknown-series');
    expect(await codeOf(`/v1/forecasts?${seriesQuery('46', 'BOOKS')}`)).toBe('unknown-store');
    expect(await codeOf(`/v1/forecasts?${seriesQuery('44', 'BOOK')}`)).toBe('unknown-family');
    const { get } = await createSampleApi();
    const refused = await get(`/v1/forecasts?${seriesQuery('44', 'BOOKS')}`);
    expect(await refused.json()).toMatchObject({ code: 'unknown-series' });
  });

  it('is not forecast while the history of the store is imported', async () => {
    const api = await withPeers();
    api.sales.state = { ...api.sales.state, compactedThrough: null, importedStores: ['45'] };
    const response = await api.get(`/v1/forecasts?${seriesQuery('44', 'BOOKS')}`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'not-ready' });
  });
});
