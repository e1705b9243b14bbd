import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUpstashClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../../../../shared/sales-store/upstash/upstash-sales-store.ts';
import { forecastBodySchema } from '../../../../../shared/schemas/api/forecast.ts';
import { pipelineBodySchema } from '../../../../../shared/schemas/api/pipeline.ts';
import { takenTransactionsBodySchema } from '../../../../../shared/schemas/api/transactions.ts';
import { bootstrapModel, serveModel } from '../../../../../workers/local/bootstrap/model-source.ts';
import type { LocalSystem } from '../../../../../workers/local/system/local-system.ts';
import { buildSplitWorkers, openSplitSystem } from '../../../../../workers/local/system/split-system.ts';
import { travel } from '../../../../../workers/trainer/data/import/time-travel.ts';
import { generateSyntheticDataset } from '../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { publishDataset } from '../../../../../workers/trainer/publish/publish-dataset.ts';
import { compareBucketsWithStream } from '../../../../support/pipeline/stream-sums.ts';
import { repositoryRoot } from '../../../../support/processes/local-process.ts';
import { describeWithRedis } from '../../../../support/redis/with-redis.ts';

const TODAY = '2026-11-18';
/** Noon in Guayaquil. */
const NOON = Date.parse(`${TODAY}T17:00:00Z`);
const TICK = 300_000;
const CRON = '*/5 * * * *';
const KEY = 'a-key-for-the-split-system';

describeWithRedis('producer, aggregator and API as Workers of their own', (bridge) => {
  let directory = '';
  let system: LocalSystem;
  const logged: string[] = [];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'split-system-'));
    system = await openSplitSystem({
      builds: await buildSplitWorkers(repositoryRoot, join(directory, 'worker')),
      dataDir: directory,
      host: '127.0.0.1',
      port: 0,
      vars: {
        UPSTASH_REDIS_REST_URL: bridge().url,
        UPSTASH_REDIS_REST_TOKEN: bridge().token,
        INGEST_API_KEYS: KEY,
        REPLAY_MAX_TICKS: '100',
        AGGREGATE_MAX_ENTRIES: '60',
      },
      readOnlyToken: bridge().readOnlyToken,
      onLog: (_, message) => logged.push(message),
    });
    await serveModel(await bootstrapModel(repositoryRoot), system.objects, new Date(NOON));
    const { dataset } = generateSyntheticDataset({ stores: 3, families: 7 });
    await publishDataset(travel(dataset, TODAY), { liveFrom: TODAY, now: new Date(NOON) }, system.objects);
  });
  afterAll(async () => {
    await system?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const compare = async () => {
    const [whole] = system.store.partitions;
    if (!whole) throw new Error('a store has a partition');
    return compareBucketsWithStream(whole.store, system.timeZone);
  };
  const readPipeline = async () =>
    pipelineBodySchema.parse(await (await system.fetch('/v1/pipeline')).json());
  const send = (rows: readonly unknown[], headers: Record<string, string> = {}) =>
    fetch(new URL('/v1/transactions', system.url), {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/x-ndjson', ...headers },
      body: rows.map((row) => JSON.stringify(row)).join('\n'),
    });
  const sale = (id: string, ts: number) => ({
    id,
    ts,
    store_nbr: '2',
    family: 'BEVERAGES',
    units: 1.25,
    onpromotion: 0,
  });

  it('work off a backlog of half a day in bounded rounds, crons coming twice, and forecast from it', async () => {
    let rounds = 0;
    for (let waiting = true; waiting && rounds < 20; rounds++) {
      await system.scheduled(NOON, CRON);
      if (rounds % 2 === 1) await system.scheduled(NOON, CRON);
      const { watermark, newest_entry, as_of } = await readPipeline();
      waiting = watermark !== newest_entry || as_of !== new Date(NOON).toISOString();
    }
    expect(rounds).toBeGreaterThan(1);
    expect(rounds).toBeLessThan(20);
    const pipeline = await readPipeline();
    expect(pipeline).toMatchObject({ waiting_entries: 0, lag_ms: 0, dead_letters: 0 });
    expect(pipeline.runs.producer?.[0]).toMatchObject({
      outcome: 'ok',
      scheduled_at: new Date(NOON).toISOString(),
    });
    expect(pipeline.runs.aggregator?.[0]).toMatchObject({ outcome: 'ok' });

    const response = await system.fetch('/v1/forecasts?store_nbr=2&family=BEVERAGES');
    expect(forecastBodySchema.parse(await response.json()).points).toHaveLength(16);
    expect((await system.fetch('/')).headers.get('Content-Type')).toContain('text/html');
  });

  it('take in sales through the binding, count them once, and no tick is refused for them', async () => {
    const before = await system.store.readField('sales_daily', [TODAY], '2:BEVERAGES');
    const rows = [sale('a', NOON - 1000), sale('b', NOON - 7 * TICK), { ...sale('c', NOON), units: -1 }];
    const first = await send(rows, { 'Idempotency-Key': 'one' });
    expect(first.status).toBe(207);
    const answer = await first.text();
    expect(takenTransactionsBodySchema.parse(JSON.parse(answer))).toMatchObject({
      as_of: new Date(NOON).toISOString(),
      accepted: 2,
      rejected: [{ line: 3, code: 'negative-units' }],
      entries: [`${NOON}-1`],
    });
    const again = await send(rows, { 'Idempotency-Key': 'one' });
    expect(await again.text()).toBe(answer);
    const unkeyed = await send([sale('a', NOON - 1000)]);
    expect(await unkeyed.json()).toMatchObject({ accepted: 0, duplicates: [{ line: 1, id: 'a' }] });

    // A tick that was skipped, and the next one.
    await system.scheduled(NOON + 2 * TICK, CRON);
    const { runs, newest_entry, waiting_entries } = await readPipeline();
    expect(runs.producer?.[0]?.counts).toMatchObject({ entries: 2, conflicts: 0, duplicates: 0 });
    expect({ newest_entry, waiting_entries }).toEqual({
      newest_entry: `${NOON + 2 * TICK}-0`,
      waiting_entries: 0,
    });
    const { entries, buckets, differences } = await compare();
    expect(differences).toEqual([]);
    expect(buckets).toBeGreaterThanOrEqual(6);
    const sent = entries.filter(({ id }) => !id.endsWith('-0'));
    expect(sent.map(({ id }) => id)).toEqual([`${NOON}-1`]);
    expect((await system.store.readField('sales_daily', [TODAY], '2:BEVERAGES'))[0]).toBeGreaterThanOrEqual(
      (before[0] ?? 0) + 2500,
    );
  });

  it('take in 5,000 sales at once, and count them in runs that follow each other', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => sale(`till 7, receipt ${i}`, NOON + i));
    const response = await send(rows, { 'Idempotency-Key': 'many' });
    const body = takenTransactionsBodySchema.parse(await response.json());
    expect(body).toMatchObject({ rows: 5000, accepted: 5000, rejected: [] });
    expect(body.entries).toHaveLength(20);
    expect(await readPipeline()).toMatchObject({
      waiting_entries: 20,
      waiting_rows: 5000,
      oldest_waiting_at: new Date(NOON + 2 * TICK).toISOString(),
    });
    // Runs of bounded size follow each other within one cron.
    await system.scheduled(NOON + 2 * TICK, CRON);
    const { runs, waiting_entries, waiting_rows, lag_ms } = await readPipeline();
    expect({ waiting_entries, waiting_rows, lag_ms }).toEqual({
      waiting_entries: 0,
      waiting_rows: 0,
      lag_ms: 0,
    });
    expect(runs.aggregator?.[0]?.counts).toMatchObject({ entries: 20, rows: 5000 });
    expect(runs.aggregator?.[0]?.counts.followUps).toBeGreaterThan(2);
    expect((await compare()).differences).toEqual([]);
  });

  it('keep to themselves: the API cannot write, and nobody sends without a key', async () => {
    const readOnly = createUpstashSalesStore(
      createUpstashClient({ url: bridge().url, token: bridge().readOnlyToken }),
    );
    await expect(readOnly.append([{ id: `${NOON + 9 * TICK}-0`, payload: '{}' }])).rejects.toThrow('NOPERM');
    await expect(readOnly.status()).resolves.toMatchObject({ waitingEntries: 0 });
    expect((await send([sale('x', NOON)], { Authorization: 'Bearer guessed-key-guessed-key' })).status).toBe(
      401,
    );
  });

  it('answers what a read-only token may answer, on every address', async () => {
    const { paths } = (await (await system.fetch('/openapi.json')).json()) as {
      paths: Record<string, { get?: { parameters?: { name: string; required?: boolean }[] } }>;
    };
    const reads = Object.entries(paths).flatMap(([path, { get }]) =>
      get && !path.includes('{') ? [path] : [],
    );
    expect(reads.length).toBeGreaterThan(8);
    for (const path of reads) {
      const response = await system.fetch(`${path}?store_nbr=2&family=BEVERAGES`);
      expect([path, response.status]).toEqual([path, 200]);
    }
    expect(logged.filter((line) => /error/i.test(line))).toEqual([]);
  });
});
