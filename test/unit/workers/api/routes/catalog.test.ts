import { expect, it } from 'vitest';
import { datasetNames, objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { catalogBodySchema } from '../../../../../shared/schemas/api/catalog.ts';
import { createSampleApi, publishCatalog, sampleCatalog } from '../../../../support/api/sample-api.ts';
import { publishedKey } from '../../../../support/object-store/read-published.ts';

it('lists stores, families and series with the business calendar', async () => {
  const { get } = await createSampleApi();
  const response = await get('/v1/catalog');
  expect(response.status).toBe(200);
  const body = catalogBodySchema.parse(await response.json());
  expect(body).toMatchObject({
    dataset: 'sample',
    business_time_zone: 'America/Guayaquil',
    horizon: 16,
    live_from: '2026-11-16',
    stores: sampleCatalog.stores,
    series: sampleCatalog.series,
  });
});

it('answers 304 to the ETag it gave, and 200 once the catalog has changed', async () => {
  const { get, objects, wallClock } = await createSampleApi();
  const etag = (await get('/v1/catalog')).headers.get('ETag') ?? '';
  expect(etag).toMatch(/^"[^"]+"$/);
  const again = () => get('/v1/catalog', { headers: { 'If-None-Match': `"other", W/${etag}` } });
  const unchanged = await again();
  expect(unchanged.status).toBe(304);
  expect(await unchanged.text()).toBe('');
  await publishCatalog(objects, { ...sampleCatalog, dataset: 'renewed' });
  wallClock.now += 60_001;
  const renewed = await again();
  expect(renewed.status).toBe(200);
  expect(await renewed.json()).toMatchObject({ dataset: 'renewed' });
});

it('is read from the object store once, and the pointer once a minute at most', async () => {
  const { get, objects, wallClock } = await createSampleApi();
  const key = await publishedKey(objects, datasetNames.catalog);
  objects.reads.clear();
  for (let request = 0; request < 5; request++) await get('/v1/catalog');
  wallClock.now += 60_001;
  await get('/v1/catalog');
  expect(objects.reads.get(objectKeys.current)).toBe(2);
  expect(objects.reads.get(key)).toBe(1);
});

it('a catalog that cannot be read is a fault of the API, reported but not shown', async () => {
  const { get, objects, reported } = await createSampleApi();
  await publishCatalog(objects, { ...sampleCatalog, stores: [{ store_nbr: '' }] });
  const response = await get('/v1/catalog');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('store_nbr');
  expect(String(reported[0])).toContain('dataset/catalog.json: stores must have store_nbr');
});
