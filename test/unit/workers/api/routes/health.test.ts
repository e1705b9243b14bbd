import { expect, it } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { entryIdAt } from '../../../../../shared/sales-store/entry-id.ts';
import { healthBodySchema } from '../../../../../shared/schemas/api/health.ts';
import { pipelineBodySchema } from '../../../../../shared/schemas/api/pipeline.ts';
import { problemSchema } from '../../../../../shared/schemas/api/problem.ts';
import { createSampleApi, NOW, VERSION } from '../../../../support/api/sample-api.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';

it('is ready when catalog, model and history are there', async () => {
  const { get } = await createSampleApi();
  const response = await get('/v1/ready');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ready' });
});

it('before, it says all that is missing', async () => {
  const { get, objects, sales } = await createSampleApi();
  sales.state = { ...sales.state, importedStores: ['44'], compactedThrough: null };
  await objects.delete(objectKeys.current);
  const problem = problemSchema.parse(await (await get('/v1/ready')).json());
  expect(problem.missing?.map(({ component, status }) => [component, status])).toEqual([
    ['history', 'missing'],
    ['catalog', 'missing'],
    ['model', 'missing'],
  ]);
  expect(problem.detail).toContain('1 of an unknown number of stores imported');
});

it('health answers 200 whatever is broken, and names it', async () => {
  const { get, objects, sales } = await createSampleApi();
  sales.failure = new Error('connection refused');
  objects.failure = new Error('bucket gone');
  const response = await get('/v1/health');
  expect(response.status).toBe(200);
  const body = healthBodySchema.parse(await response.json());
  expect(body.status).toBe('degraded');
  expect(Object.fromEntries(body.components.map(({ component, status }) => [component, status]))).toEqual({
    store: 'unavailable',
    history: 'missing',
    catalog: 'unavailable',
    model: 'unavailable',
    forecasts: 'ok',
  });
});

it('is well when everything is, and degraded but ready with an older model', async () => {
  const { get, objects, wallClock } = await createSampleApi();
  expect(await (await get('/v1/health')).json()).toMatchObject({ status: 'ok' });
  await putPublication(objects, 'broken', [VERSION]);
  wallClock.now += 60_000;
  expect(await (await get('/v1/health')).json()).toMatchObject({ status: 'degraded' });
  expect((await get('/v1/ready')).status).toBe(200);
});

it('the pipeline tells runs, lag, backlog and the progress of the import', async () => {
  const { get, sales } = await createSampleApi();
  sales.state = {
    ...sales.state,
    newestEntry: entryIdAt(NOW + 900_000),
    waitingEntries: 3,
    deadLetters: 2,
    importedStores: ['44'],
    compactedThrough: null,
  };
  const body = pipelineBodySchema.parse(await (await get('/v1/pipeline')).json());
  expect(body).toMatchObject({
    as_of: '2026-11-22T19:35:00.000Z',
    lag_ms: 900_000,
    waiting_entries: 3,
    dead_letters: 2,
    history_import: { stores_imported: 1, stores_total: 2, complete: false },
  });
  expect(body.runs.aggregator).toEqual([]);
  expect(body.runs.producer).toEqual([
    { scheduled_at: '2026-11-22T19:35:00.000Z', outcome: 'ok', detail: 'produced', counts: { entries: 1 } },
    { scheduled_at: '2026-11-22T19:30:00.000Z', outcome: 'failed', detail: 'the stream is full', counts: {} },
  ]);
});

it('the pipeline answers before a history is opened, so that the import can be watched', async () => {
  const { get, sales } = await createSampleApi();
  sales.state = {
    watermark: null,
    newestEntry: null,
    waitingEntries: 0,
    deadLetters: 0,
    liveFrom: null,
    storeCount: null,
    importedStores: [],
    compactedThrough: null,
    partition: null,
  };
  const body = pipelineBodySchema.parse(await (await get('/v1/pipeline')).json());
  expect(body).toMatchObject({
    as_of: null,
    live_from: null,
    history_import: { stores_imported: 0, stores_total: 2 },
  });
});
