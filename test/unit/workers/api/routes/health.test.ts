import { describe, expect, it, vi } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { addRun, type PipelineRun } from '../../../../../shared/pipeline-status/pipeline-status.ts';
import { entryIdAt } from '../../../../../shared/sales-store/entry-id.ts';
import { type HealthBody, healthBodySchema } from '../../../../../shared/schemas/api/health.ts';
import { pipelineBodySchema } from '../../../../../shared/schemas/api/pipeline.ts';
import { problemSchema } from '../../../../../shared/schemas/api/problem.ts';
import { createSampleApi, NOW, SAMPLE_KEY, VERSION } from '../../../../support/api/sample-api.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';

/** The parts that are not well and do not say what to do about it. */
const withoutFix = ({ components }: HealthBody) =>
  components.filter(({ status, fix }) => status !== 'ok' && fix === undefined);

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
  // Health names the same parts.
  const health = healthBodySchema.parse(await (await get('/v1/health')).json());
  expect(health.ready).toBe(false);
  expect(health.components.filter(({ status }) => status === 'missing')).toEqual(problem.missing);
  expect(withoutFix(health)).toEqual([]);
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
    pipeline: 'ok',
    backlog: 'unavailable',
    writes: 'ok',
    clock: 'unavailable',
    continuity: 'ok',
  });
  expect(body).toMatchObject({ ready: false, backlog: null, publication: null });
  expect(withoutFix(body)).toEqual([]);
});

it('says what to do where the records of the runs cannot be read, as on a full disk', async () => {
  const full = new Error('database or disk is full: SQLITE_FULL');
  const { get } = await createSampleApi({ runs: { readRuns: () => Promise.reject(full) } });
  const health = healthBodySchema.parse(await (await get('/v1/health')).json());
  const fixes = health.components.flatMap(({ component, fix }) => (fix ? [[component, fix]] : []));
  const free = expect.stringMatching(/^Free disk space/);
  expect(fixes).toEqual([
    ['pipeline', free],
    ['continuity', free],
  ]);
  expect(withoutFix(health)).toEqual([]);
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
    waitingRows: 700,
    oldestWaiting: entryIdAt(NOW + 300_000),
    deadLetters: 2,
    importedStores: ['44'],
    compactedThrough: null,
  };
  const body = pipelineBodySchema.parse(await (await get('/v1/pipeline')).json());
  expect(body).toMatchObject({
    as_of: '2026-11-22T19:35:00.000Z',
    lag_ms: 600_000,
    waiting_entries: 3,
    waiting_rows: 700,
    oldest_waiting_at: '2026-11-22T19:40:00.000Z',
    dead_letters: 2,
    history_import: { stores_imported: 1, stores_total: 2, complete: false },
  });
  expect(body.runs.aggregator).toHaveLength(1);
  expect(body.runs.producer).toEqual([
    {
      scheduled_at: '2026-11-22T19:35:00.000Z',
      finished_at: null,
      outcome: 'ok',
      detail: 'produced',
      counts: { entries: 1 },
    },
    {
      scheduled_at: '2026-11-22T19:30:00.000Z',
      finished_at: null,
      outcome: 'failed',
      detail: 'the stream is full',
      counts: {},
    },
  ]);
});

it('the pipeline answers before a history is opened, so that the import can be watched', async () => {
  const { get, sales } = await createSampleApi();
  sales.state = {
    watermark: null,
    newestEntry: null,
    waitingEntries: 0,
    waitingRows: 0,
    oldestWaiting: null,
    deadLetters: 0,
    identity: null,
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

const TICK = 300_000;
const failed = (n: number, error: string) => ({
  ...{
    scheduledTime: NOW - n * TICK,
    finishedAt: NOW - n * TICK + 1000,
    outcome: 'failed',
    counts: {},
    error,
  },
});

type SampleApi = Awaited<ReturnType<typeof createSampleApi>>;

async function readHealth({ get }: SampleApi) {
  const body = healthBodySchema.parse(await (await get('/v1/health')).json());
  const of = (component: string) => body.components.find((state) => state.component === component);
  return { ...body, of };
}

describe('health', () => {
  it('says what the last run of each process did, what waits, when it wrote, and which publication answers', async () => {
    const api = await createSampleApi();
    expect(await readHealth(api)).toMatchObject({
      status: 'ok',
      ready: true,
      processes: [
        { process: 'producer', outcome: 'ok', detail: 'produced', failures_in_a_row: 0 },
        { process: 'aggregator', finished_at: '2026-11-22T19:35:02.000Z', detail: 'aggregated' },
      ],
      backlog: { entries: 0, rows: 0, oldest_at: null, age_ms: 0 },
      last_write_at: '2026-11-22T19:35:02.000Z',
      publication: { answers: 'model', model: VERSION, newest_model: VERSION, not_newest_because: null },
    });
  });

  it('is degraded after one run that failed, and failing after three in a row, with the reason and the fix', async () => {
    const api = await createSampleApi();
    const reason = 'Error: database or disk is full: SQLITE_FULL';
    api.recorded.aggregator = [failed(0, reason), failed(2, 'once')];
    api.recorded.aggregator.splice(1, 0, { ...failed(1, ''), outcome: 'idle', error: null });
    expect(await readHealth(api)).toMatchObject({ status: 'degraded', ready: true });
    api.recorded.aggregator = [failed(0, reason), failed(1, reason), failed(2, reason)];
    const health = await readHealth(api);
    expect(health.status).toBe('failing');
    expect(health.of('pipeline')).toMatchObject({
      status: 'failing',
      detail: expect.stringMatching(/aggregator failed 3 times in a row, .*SQLITE_FULL/),
      fix: expect.stringContaining('Free disk space'),
    });
    expect(health.processes?.[1]).toMatchObject({ outcome: 'failed', failures_in_a_row: 3 });
    const pipeline = pipelineBodySchema.parse(await (await api.get('/v1/pipeline')).json());
    expect(pipeline.findings).toMatchObject([{ component: 'pipeline', status: 'failing' }]);
  });

  it('counts every attempt of one run that failed', async () => {
    const api = await createSampleApi();
    let records: PipelineRun[] = [{ ...failed(1, ''), outcome: 'idle', error: null }];
    for (let attempt = 0; attempt < 3; attempt++) records = addRun(records, failed(0, 'poisoned stub'));
    api.recorded.aggregator = records;
    expect(records).toHaveLength(2);
    const health = await readHealth(api);
    expect(health.of('pipeline')).toMatchObject({ status: 'failing' });
    expect(health.processes?.[1]).toMatchObject({ failures_in_a_row: 3 });
  });

  it('says that no run comes any more, and before the first that there was none', async () => {
    const api = await createSampleApi();
    api.wallClock.now = NOW + 3 * TICK;
    expect(await readHealth(api)).toMatchObject({ status: 'ok' });
    api.wallClock.now = NOW + 3 * TICK + 60_000;
    expect((await readHealth(api)).of('pipeline')).toMatchObject({
      status: 'degraded',
      detail:
        'no run of the producer since 2026-11-22T19:35:00.000Z; no run of the aggregator since 2026-11-22T19:35:02.000Z',
      fix: expect.stringContaining('Check the cron trigger of the producer'),
    });
    api.recorded.aggregator = [];
    expect((await readHealth(api)).of('pipeline')?.detail).toContain('the aggregator has not run yet');
  });

  it('tells how long the oldest entry has waited, also while new ones come in', async () => {
    const api = await createSampleApi();
    api.sales.state = {
      ...api.sales.state,
      newestEntry: entryIdAt(NOW, 40),
      waitingEntries: 40,
      waitingRows: 10_000,
      oldestWaiting: entryIdAt(NOW, 1),
    };
    expect(await readHealth(api)).toMatchObject({
      status: 'ok',
      backlog: { entries: 40, rows: 10_000, oldest_at: '2026-11-22T19:35:00.000Z', age_ms: 60_000 },
    });
    api.sales.state = { ...api.sales.state, oldestWaiting: entryIdAt(NOW - 4 * TICK, 1) };
    expect((await readHealth(api)).of('backlog')).toMatchObject({
      status: 'degraded',
      detail: '10000 rows in 40 entries wait to be counted, the oldest since 2026-11-22T19:15:00.000Z',
    });
    const live = await (await api.get('/v1/sales/live')).json();
    expect(live).toMatchObject({ lag_ms: 4 * TICK + 60_000 });
  });

  it('gives up a store that hangs after 3 s, and tells the rest', async () => {
    const api = await createSampleApi();
    await readHealth(api);
    api.sales.status = () => new Promise<never>(() => undefined);
    vi.useFakeTimers();
    try {
      const answer = readHealth(api);
      await vi.advanceTimersByTimeAsync(3000);
      const health = await answer;
      expect(health.of('store')).toMatchObject({
        status: 'unavailable',
        detail: 'did not answer within 3 s',
      });
      expect(health).toMatchObject({ ready: false, publication: { model: VERSION } });
      expect(health.of('catalog')?.status).toBe('ok');
    } finally {
      vi.useRealTimers();
    }
  });

  it('says that nothing can be written once a delivery failed, until one is written again', async () => {
    const refusal = new Error('database or disk is full: SQLITE_FULL');
    let failing = true;
    const sample = await createSampleApi();
    const api = await createSampleApi({
      ingest: {
        keys: [SAMPLE_KEY],
        limiter: null,
        intake: {
          takeIn: (incoming) => (failing ? Promise.reject(refusal) : sample.intake.takeIn(incoming)),
        },
      },
    });
    const sale = JSON.stringify([
      { id: 'a', ts: NOW, store_nbr: 44, family: 'DAIRY', units: 1, onpromotion: 0 },
    ]);
    expect((await api.post(sale)).status).toBe(503);
    const once = await readHealth(api);
    expect(once.of('writes')).toMatchObject({
      status: 'degraded',
      detail: expect.stringMatching(
        /could not be written at .*SQLITE_FULL; last written at 2026-11-22T19:35:02/,
      ),
      fix: expect.stringContaining('Free disk space'),
    });
    await api.post(sale);
    await api.post(sale);
    expect(await readHealth(api)).toMatchObject({ status: 'failing', ready: true });
    failing = false;
    expect((await api.post(sale)).status).toBe(200);
    expect(await readHealth(api)).toMatchObject({ status: 'ok', last_write_at: '2026-11-22T19:36:00.000Z' });
  });

  it('goes by what was written before now when the clock was set back since', async () => {
    const api = await createSampleApi();
    const [run] = api.recorded.aggregator ?? [];
    if (run === undefined) throw new Error('the sample has no run');
    const ahead = NOW + 3 * 3_600_000;
    api.recorded.aggregator = [run, { ...run, scheduledTime: ahead, finishedAt: ahead }];
    const failedAt = { outcome: 'failed', counts: {}, error: 'SQLITE_FULL' };
    api.recorded.intake = [{ scheduledTime: NOW + 30_000, finishedAt: NOW + 30_000, ...failedAt }];
    expect(await readHealth(api)).toMatchObject({ last_write_at: '2026-11-22T19:35:02.000Z' });
    expect((await readHealth(api)).of('writes')).toMatchObject({ status: 'degraded' });
    api.recorded.intake = [{ scheduledTime: ahead, finishedAt: ahead, ...failedAt }];
    expect((await readHealth(api)).of('writes')).toMatchObject({ status: 'ok' });
  });

  it('tells of a delivery that another isolate could not write, from its record', async () => {
    const api = await createSampleApi();
    api.recorded.intake = [
      {
        scheduledTime: NOW + 30_000,
        finishedAt: NOW + 30_000,
        outcome: 'failed',
        counts: {},
        error: 'no answer in time',
      },
    ];
    expect((await readHealth(api)).of('writes')).toMatchObject({ status: 'degraded' });
  });

  it('says that the stream is ahead of the clock and what to do, unless time runs faster on purpose', async () => {
    const api = await createSampleApi();
    api.wallClock.now = NOW - 26 * 3_600_000;
    expect((await readHealth(api)).of('clock')).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('26 hours ahead of the clock: until 2026-11-22T19:35:00.000Z'),
      fix: expect.stringContaining('clock was set back'),
    });
    const fast = await createSampleApi({ accelerated: true });
    fast.wallClock.now = NOW - 26 * 3_600_000;
    expect((await readHealth(fast)).of('clock')).toMatchObject({ status: 'ok' });
  });

  it('says which sales are gone with the store that had them', async () => {
    const api = await createSampleApi();
    const loss = { noticedAt: NOW, from: null, to: NOW - TICK };
    api.recorded.aggregator = [{ ...failed(0, ''), outcome: 'aggregated', error: null, loss }];
    expect((await readHealth(api)).of('continuity')).toMatchObject({
      status: 'degraded',
      detail: expect.stringMatching(/^All sales that were counted up to 2026-11-22T19:30:00.000Z are gone/),
      fix: expect.stringContaining('Restore a copy'),
    });
  });

  it('says why the newest publication does not answer', async () => {
    const api = await createSampleApi();
    await api.get('/v1/health');
    await putPublication(api.objects, 'broken', [VERSION]);
    api.wallClock.now += 60_000;
    expect((await readHealth(api)).publication).toMatchObject({
      model: VERSION,
      newest_model: 'broken',
      not_newest_because: expect.stringContaining('broken'),
    });
  });
});

it('a limiter that fails limits nobody and hides no other answer', async () => {
  const limiter = { limit: () => Promise.reject(new Error('database or disk is full')) };
  const sample = await createSampleApi();
  const api = await createSampleApi({
    requestLimiter: limiter,
    ingest: { keys: [SAMPLE_KEY], limiter, intake: sample.intake },
  });
  expect((await api.get('/v1/catalog')).status).toBe(200);
  const sale = { id: 'a', ts: NOW, store_nbr: 44, family: 'DAIRY', units: 1, onpromotion: 0 };
  expect((await api.post(JSON.stringify([sale]))).status).toBe(200);
  // The limiter of requests twice, and that of deliveries.
  expect(api.reported).toHaveLength(3);
});
