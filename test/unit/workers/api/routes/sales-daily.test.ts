import { expect, it } from 'vitest';
import { salesDailyBodySchema } from '../../../../../shared/schemas/api/sales-daily.ts';
import { MISSING } from '../../../../../shared/schemas/history-chunk.ts';
import { sampleSeries } from '../../../../support/api/memory-sales.ts';
import { createSampleApi, seriesQuery, TODAY } from '../../../../support/api/sample-api.ts';

const readDaily = async (api: Awaited<ReturnType<typeof createSampleApi>>, query: string) =>
  salesDailyBodySchema.parse(await (await api.get(`/v1/sales/daily?${query}`)).json());

it('gives the last 90 closed days, oldest first, and today apart from them', async () => {
  const body = await readDaily(await createSampleApi(), seriesQuery('44', 'GROCERY I'));
  expect(body.points).toHaveLength(90);
  expect(body.points[0]?.date).toBe('2026-08-24');
  expect(body.points.at(-1)?.date).toBe('2026-11-21');
  expect(body.today).toMatchObject({ date: TODAY, complete: false });
  expect(body.today.units).toBeGreaterThan(0);
});

it('gives fewer days where the history is shorter', async () => {
  const api = await createSampleApi();
  api.sales.series.set(
    '45:BOOKS',
    sampleSeries(TODAY, 6, () => 2500),
  );
  const body = await readDaily(api, `${seriesQuery('45', 'BOOKS')}&days=400`);
  expect(body.points.map(({ date }) => date)).toEqual([
    '2026-11-17',
    '2026-11-18',
    '2026-11-19',
    '2026-11-20',
    '2026-11-21',
  ]);
});

it('tells a day that is not known from a day on which nothing was sold', async () => {
  const api = await createSampleApi();
  const values = [1500, MISSING, 0, 2000];
  api.sales.series.set(
    '45:BOOKS',
    sampleSeries(TODAY, 4, (index) => values[index] ?? 0),
  );
  const body = await readDaily(api, seriesQuery('45', 'BOOKS'));
  expect(body.points.map(({ units }) => units)).toEqual([1.5, null, 0]);
  expect(body.points.map(({ onpromotion }) => onpromotion)).toEqual([3, 0, 0]);
  expect(body.today.units).toBe(2);
});

it('asks the store for its state once, then follows the watermark that comes with each reading', async () => {
  const api = await createSampleApi();
  for (let request = 0; request < 3; request++) await readDaily(api, seriesQuery('44', 'DAIRY'));
  expect(api.sales.calls.filter((call) => call === 'status')).toHaveLength(1);

  api.sales.state = { ...api.sales.state, watermark: '1795410300000-0' };
  api.sales.calls = [];
  const nextDay = await readDaily(api, seriesQuery('44', 'DAIRY'));
  expect(nextDay.points.at(-1)?.date).toBe('2026-11-22');
  expect(nextDay.today.date).toBe('2026-11-23');
  expect(api.sales.calls.filter((call) => call === 'readSeries')).toHaveLength(2);
});

it('serves a store that is imported while others still are not, and says so of those', async () => {
  const api = await createSampleApi();
  api.sales.state = { ...api.sales.state, importedStores: ['44'], compactedThrough: null };
  expect((await api.get(`/v1/sales/daily?${seriesQuery('44', 'DAIRY')}`)).status).toBe(200);
  const refused = await api.get(`/v1/sales/daily?${seriesQuery('45', 'DAIRY')}`);
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({
    code: 'not-ready',
    missing: [{ component: 'history', detail: 'The history of store 45 is still being imported' }],
  });
});
