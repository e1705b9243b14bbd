import { expect, it } from 'vitest';
import { forecastBodySchema, forecastsBodySchema } from '../../../../../shared/schemas/api/forecast.ts';
import { createSampleApi, sampleCatalog, seriesQuery, VERSION } from '../../../../support/api/sample-api.ts';

type SampleApi = Awaited<ReturnType<typeof createSampleApi>>;

const ask = (
  { app }: SampleApi,
  body: unknown,
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
  query = '',
) =>
  app.request(`/v1/forecasts/batch${query}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const ALL = sampleCatalog.series.map((key) => {
  const [storeNbr = '', family = ''] = key.split(':');
  return { store_nbr: storeNbr, family };
});

it('gives the same forecasts as one request for each series, with one reading of the store', async () => {
  const api = await createSampleApi();
  const asked = [...ALL].reverse();
  const singles = [];
  for (const { store_nbr, family } of asked) {
    const response = await api.get(`/v1/forecasts?${seriesQuery(store_nbr, family)}`);
    singles.push(forecastBodySchema.parse(await response.json()));
  }
  api.sales.calls = [];
  const response = await ask(api, { series: asked });
  expect(response.status).toBe(200);
  expect(forecastsBodySchema.parse(await response.json())).toEqual({ forecasts: singles, errors: [] });
  expect(api.sales.calls).toEqual(['readManySeries']);
});

it('shortens all forecasts to a horizon', async () => {
  const body = forecastsBodySchema.parse(
    await (await ask(await createSampleApi(), { series: ALL, horizon: 3 })).json(),
  );
  expect(body.forecasts.map(({ points }) => points.length)).toEqual(ALL.map(() => 3));
});

it('takes a store as a number, and answers a series that it cannot forecast with an error of its own', async () => {
  const api = await createSampleApi();
  api.sales.series.delete('45:DAIRY');
  const response = await ask(api, {
    series: [
      { store_nbr: 46, family: 'DAIRY' },
      { store_nbr: '44', family: 'DIARY' },
      { store_nbr: '45', family: 'DAIRY' },
      { store_nbr: 44, family: 'DAIRY' },
    ],
  });
  expect(response.status).toBe(200);
  const { forecasts, errors } = forecastsBodySchema.parse(await response.json());
  expect(forecasts).toMatchObject([{ store_nbr: '44', family: 'DAIRY', model_version: VERSION }]);
  expect(errors).toMatchObject([
    { index: 0, store_nbr: '46', family: 'DAIRY', code: 'unknown-store' },
    { index: 1, code: 'unknown-family', detail: expect.stringContaining('DAIRY') },
    { index: 2, code: 'unknown-series' },
  ]);
});

it('answers series of a store whose history is still being imported with an error of their own', async () => {
  const api = await createSampleApi();
  api.sales.state = { ...api.sales.state, compactedThrough: null, importedStores: ['44'] };
  const { forecasts, errors } = forecastsBodySchema.parse(await (await ask(api, { series: ALL })).json());
  expect(new Set(forecasts.map(({ store_nbr }) => store_nbr))).toEqual(new Set(['44']));
  expect(new Set(errors.map(({ store_nbr, code }) => `${store_nbr} ${code}`))).toEqual(
    new Set(['45 not-ready']),
  );
});

it('reads again the series whose day has closed meanwhile', async () => {
  const api = await createSampleApi();
  const dayLater = Date.parse('2026-11-23T19:35:00Z');
  await ask(api, { series: ALL });
  api.sales.state = { ...api.sales.state, watermark: `${dayLater}-0` };
  api.sales.calls = [];
  const { forecasts } = forecastsBodySchema.parse(await (await ask(api, { series: ALL })).json());
  expect(forecasts.map(({ origin }) => origin)).toEqual(ALL.map(() => '2026-11-22'));
  expect(api.sales.calls).toEqual(['readManySeries', 'readManySeries']);
});

it('is a table of all series with format=csv, errors in a column of their own', async () => {
  const series = [...ALL, { store_nbr: '9', family: 'DAIRY' }];
  const response = await ask(await createSampleApi(), { series, horizon: 2 }, undefined, '?format=csv');
  expect(response.headers.get('Content-Disposition')).toContain('forecasts.csv');
  const lines = (await response.text()).trimEnd().split('\n');
  expect(lines).toHaveLength(1 + 2 * ALL.length + 1);
  expect(lines[0]).toMatch(/^store_nbr,family,date,.*,error$/);
  expect(lines.at(-1)).toContain('9,DAIRY,');
  expect(lines.at(-1)).toContain('unknown-store: No store is called');
});

it.each([
  ['no series', { series: [] }, 400, 'invalid-parameter', 'series'],
  ['too many series', { series: Array(501).fill(ALL[0]) }, 400, 'invalid-parameter', 'series'],
  ['a field that is not known', { series: ALL, days: 3 }, 400, 'invalid-parameter', 'days'],
  ['a wrong horizon', { series: ALL, horizon: 17 }, 400, 'invalid-parameter', 'horizon'],
  ['a series without a family', { series: [{ store_nbr: '44' }] }, 400, 'invalid-parameter', 'family'],
  ['half a document', '{"series": [', 400, 'invalid-body', 'JSON'],
  ['a body that is too long', ' '.repeat(600_000), 413, 'payload-too-large', 'bytes'],
] as const)('refuses %s', async (_, body, status, code, named) => {
  const response = await ask(await createSampleApi(), body);
  expect(response.status).toBe(status);
  const problem = (await response.json()) as { code: string; detail: string };
  expect(problem.code).toBe(code);
  expect(problem.detail).toContain(named);
});

it.each<[string, Record<string, string>]>([
  ['without a type', {}],
  ['of another type', { 'Content-Type': 'text/csv' }],
  ['that is compressed', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
])('refuses a body %s', async (_, headers) => {
  const response = await ask(await createSampleApi(), { series: ALL }, headers);
  expect(response.status).toBe(415);
});
