import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../../../shared/calendar/day-number.ts';
import { TICK_MS } from '../../../../../shared/calendar/tick.ts';
import { compareEntryIds, type EntryId, parseEntryId } from '../../../../../shared/sales-store/entry-id.ts';
import { forecastBodySchema } from '../../../../../shared/schemas/api/forecast.ts';
import { healthBodySchema } from '../../../../../shared/schemas/api/health.ts';
import { pipelineBodySchema } from '../../../../../shared/schemas/api/pipeline.ts';
import { salesLiveBodySchema } from '../../../../../shared/schemas/api/sales-live.ts';
import { takenTransactionsBodySchema } from '../../../../../shared/schemas/api/transactions.ts';
import { findProcesses } from '../../../../../workers/local/processes/find-processes.ts';
import { openLocalSystem } from '../../../../../workers/local/system/local-system.ts';
import { buildWorker } from '../../../../../workers/local/system/worker-build.ts';
import { compareBucketsWithStream } from '../../../../support/pipeline/stream-sums.ts';
import {
  freePort,
  type LocalProcess,
  repositoryRoot,
  startLocalProcess,
} from '../../../../support/processes/local-process.ts';

/** An ordinary day without holidays, whenever the tests run. */
const TODAY = '2026-11-18';

let dataDir: string;
let running: LocalProcess | null = null;

const start = async (port: number, ...args: string[]) => {
  running = await startLocalProcess(
    ['--data-dir', dataDir, '--today', TODAY, '--stores', '6', '--families', '7', ...args],
    port,
  );
  return running;
};
const readLive = async ({ origin }: LocalProcess) =>
  salesLiveBodySchema.parse(await (await fetch(`${origin}/v1/sales/live`)).json());

const readHealth = async ({ origin }: LocalProcess) =>
  healthBodySchema.parse(await (await fetch(`${origin}/v1/health`)).json());

/** Asks again until the answer is as wished, for a minute at most. */
async function until<T>(ask: () => Promise<T>, isWished: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  const isThere = async () => {
    if (!isWished(answer)) answer = await ask();
    return isWished(answer);
  };
  await expect.poll(isThere, { timeout: 60_000, interval: 50 }).toBe(true);
  return answer;
}

/** Resolves when the state on disk has changed so many times. */
async function changesOnDisk(count: number): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  let seen = 0;
  for await (const _ of watch(join(dataDir, 'state'), { recursive: true, signal })) {
    if (++seen === count) return;
  }
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'local-system-'));
});
afterAll(async () => {
  await running?.kill();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the local system', () => {
  it('has sales and forecasts the moment it is ready, and goes on by itself', async () => {
    const system = await start(await freePort(), '--speed', '10');
    const first = await readLive(system);
    expect(first.units_today).toBeGreaterThan(0);

    const response = await fetch(`${system.origin}/v1/forecasts?store_nbr=3&family=BEVERAGES`);
    const forecast = forecastBodySchema.parse(await response.json());
    expect(forecast.points).toHaveLength(16);
    for (const { p10, p50, p90 } of forecast.points) {
      expect(p10).toBeLessThanOrEqual(p50);
      expect(p50).toBeLessThanOrEqual(p90);
    }
    expect(forecast.points.some(({ p50 }) => p50 > 0)).toBe(true);

    const page = await fetch(`${system.origin}/`);
    expect(page.headers.get('Content-Type')).toContain('text/html');

    const later = await until(
      () => readLive(system),
      ({ as_of }) => as_of > first.as_of,
    );
    expect(later.business_date > first.business_date || later.units_today > first.units_today).toBe(true);
  });

  it('accepts sales with the key that it prints, each once, and counts them', async () => {
    const system = running ?? (await start(await freePort(), '--speed', '10'));
    const key = /accepts sales with the key ([0-9a-f]{32})/.exec(system.output())?.[1] ?? '';
    const { as_of } = await readLive(system);
    const sale = {
      id: `till 7, ${as_of}`,
      ts: Date.parse(as_of) - 60_000,
      store_nbr: '3',
      family: 'BEVERAGES',
      units: 2.5,
      onpromotion: 0,
    };
    const send = async (authorization: string) => {
      const response = await fetch(`${system.origin}/v1/transactions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: authorization },
        body: JSON.stringify([sale]),
      });
      return { status: response.status, body: await response.json() };
    };
    expect((await send('Bearer 00000000000000000000000000000000')).status).toBe(401);
    const first = await send(`Bearer ${key}`);
    expect(first).toMatchObject({ status: 200, body: { accepted: 1, duplicates: [] } });
    expect(await send(`Bearer ${key}`)).toMatchObject({
      body: { accepted: 0, duplicates: [{ id: sale.id }] },
    });
    const { entries } = takenTransactionsBodySchema.parse(first.body);
    await until(
      async () => pipelineBodySchema.parse(await (await fetch(`${system.origin}/v1/pipeline`)).json()),
      ({ watermark }) => compareEntryIds(watermark as EntryId | null, entries[0] as EntryId) >= 0,
    );
    // Days after the day of this system: ages are those of its own clock.
    const health = await readHealth(system);
    expect(health).toMatchObject({ status: 'ok', ready: true, publication: { not_newest_because: null } });
    expect(health.backlog?.age_ms).toBeLessThan(DAY_MS);
    expect(health.processes?.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    expect(Date.parse(health.last_write_at ?? '')).toBeLessThan(
      Date.parse(`${TODAY}T00:00:00Z`) + 2 * DAY_MS,
    );
  });

  it('killed in mid-tick again and again, has every bucket equal to the sum of the stream', async () => {
    const port = await freePort();
    for (const changes of [1, 4, 2]) {
      await running?.kill();
      const system = await start(port, '--speed', '50');
      const { as_of } = await readLive(system);
      await until(
        () => readLive(system),
        (live) => live.as_of > as_of,
      );
      // Nothing is written between ticks, so that what is written next belongs to one that is under way.
      await changesOnDisk(changes);
      await system.kill();
    }
    const system = await start(port, '--speed', '50');
    await until(
      () => readLive(system),
      (live) => live.lag_ms === 0,
    );
    system.signal('SIGINT');
    expect(await system.exited).toBe(0);

    const idle = await openLocalSystem({
      build: await buildWorker(repositoryRoot, join(dataDir, 'worker')),
      dataDir,
      host: '127.0.0.1',
      port: 0,
      vars: {},
      onLog: () => undefined,
    });
    try {
      const [whole] = idle.store.partitions;
      if (!whole) throw new Error('a store has a partition');
      const { entries, buckets, differences } = await compareBucketsWithStream(whole.store, idle.timeZone);
      expect(differences).toEqual([]);
      expect(buckets).toBeGreaterThanOrEqual(6);
      // What was sent besides lies between two ticks, at a sequence above 0.
      const ids = entries.map(({ id }) => parseEntryId(id));
      const ticks = ids.filter(({ sequence }) => sequence === 0).map(({ instant }) => instant);
      expect(ticks.length).toBeGreaterThan(20);
      const gaps = ticks.slice(1).filter((tick, index) => tick - (ticks[index] ?? 0) !== TICK_MS);
      expect(gaps).toEqual([]);
      expect((await idle.store.status()).waitingEntries).toBe(0);
    } finally {
      await idle.stop();
    }
  });

  it('goes on counting after workerd alone was killed and cannot be noted, with its files complete at the end', async () => {
    const system = await start(await freePort(), '--speed', '10');
    const runtimes = (await findProcesses()).filter(
      ({ parent, name }) => parent === system.pid && name === 'workerd',
    );
    expect(runtimes).toHaveLength(1);
    const { as_of } = await readLive(system);
    // Nothing can be written under the name of the note, as on a full disk.
    const unfinished = join(dataDir, 'runtime.json.new');
    await mkdir(unfinished);
    for (const { pid } of runtimes) process.kill(pid, 'SIGKILL');
    await until(
      () => readLive(system).catch(() => ({ as_of })),
      (live) => live.as_of > as_of,
    );
    expect(system.output()).toContain('workerd ended unexpectedly and was started again');
    expect(system.output()).toContain('the process id of workerd was not noted');
    await rm(unfinished, { recursive: true });
    system.signal('SIGTERM');
    expect(await system.exited).toBe(0);
    const files = await readdir(join(dataDir, 'state'), { recursive: true });
    expect(files.filter((file) => file.endsWith('.sqlite')).length).toBeGreaterThan(3);
    expect(files.filter((file) => file.endsWith('-wal'))).toEqual([]);
  });

  it('says what is gone when the sales store was deleted, and that of a publication ends the start', async () => {
    const folders = await readdir(join(dataDir, 'state/do'));
    const store = folders.find((name) => name.endsWith('SalesStoreObject')) ?? '';
    await rm(join(dataDir, 'state/do', store), { recursive: true });
    const system = await start(await freePort(), '--speed', '10');
    expect(system.output()).toMatch(/The sales store is empty\. Gone are sales after \d{4}-\d\d-\d\d to/);
    const { components } = await readHealth(system);
    expect(components.find(({ component }) => component === 'continuity')).toMatchObject({
      status: 'degraded',
      detail: expect.stringMatching(/^All sales that were counted up to .* are gone/),
    });
    system.signal('SIGTERM');
    await system.exited;
    const copy = await mkdtemp(join(tmpdir(), 'local-copy-'));
    await cp(dataDir, copy, { recursive: true });
    await rm(join(copy, 'state/r2'), { recursive: true });
    const refused = startLocalProcess(
      ['--data-dir', copy, '--stores', '6', '--families', '7'],
      await freePort(),
    );
    await expect(refused).rejects.toThrow(
      `The published dataset of ${copy} cannot be read: no catalog is published.`,
    );
    await rm(copy, { recursive: true });
  });

  it('says what to do when the port is taken, and touches nothing', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    try {
      await expect(start(port)).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken by another process.`);
    } finally {
      other.close();
    }
  });

  it('refuses a data directory that holds another dataset', async () => {
    const port = await freePort();
    const refused = startLocalProcess(['--data-dir', dataDir, '--stores', '2'], port);
    await expect(refused).rejects.toThrow('start over with --reset');
  });

  it('killed alone, leaves workerd behind; the next start ends it and goes on', async () => {
    const port = await freePort();
    const system = await start(port);
    system.signal('SIGKILL');
    await system.exited;
    const again = await start(port);
    expect((await readLive(again)).units_today).toBeGreaterThan(0);
    again.interrupt();
    expect(await again.exited).toBe(0);
    expect(again.output()).toMatch(/Stopping…\s*$/);
  });

  it('never touches a directory that is not its own', async () => {
    const foreign = await mkdtemp(join(tmpdir(), 'foreign-'));
    await mkdir(join(foreign, 'state'));
    await writeFile(join(foreign, 'state/thesis.txt'), 'years of work');
    const refused = startLocalProcess(['--data-dir', foreign, '--reset'], await freePort());
    await expect(refused).rejects.toThrow('is not empty and holds no data of this system');
    expect(await readFile(join(foreign, 'state/thesis.txt'), 'utf8')).toBe('years of work');
    await rm(foreign, { recursive: true });
  });

  it('is not touched by a start on a copy of its directory, nor asked by its reconciliation', async () => {
    const system = await start(await freePort());
    const copy = await mkdtemp(join(tmpdir(), 'local-copy-'));
    await cp(dataDir, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['workers/local/reconcile/reconcile.ts', '--data-dir', copy],
      { cwd: repositoryRoot },
    );
    expect(stdout).toContain('Proven: nothing differs.');
    // It opened the copy, and has closed it.
    expect(await readdir(copy)).toContain('state-checksums.json');
    const second = await startLocalProcess(
      ['--data-dir', copy, '--stores', '6', '--families', '7'],
      await freePort(),
    );
    second.signal('SIGTERM');
    expect(await second.exited).toBe(0);
    expect((await readLive(system)).units_today).toBeGreaterThan(0);
    expect(system.output()).not.toContain('workerd ended unexpectedly');
    system.signal('SIGTERM');
    expect(await system.exited).toBe(0);
    await rm(copy, { recursive: true });
  });

  it('refuses a data directory that another instance uses', async () => {
    const system = await start(await freePort());
    const second = startLocalProcess(
      ['--data-dir', dataDir, '--stores', '6', '--families', '7'],
      await freePort(),
    );
    await expect(second).rejects.toThrow(/is in use by process \d+/);
    const reset = startLocalProcess(['--data-dir', dataDir, '--reset'], await freePort());
    await expect(reset).rejects.toThrow(/is in use by process \d+/);
    expect((await readLive(system)).units_today).toBeGreaterThan(0);
    system.signal('SIGTERM');
    expect(await system.exited).toBe(0);
  });
});
