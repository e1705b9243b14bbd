import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUpstashClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';
import type { ReconcileReport, Verdict } from '../../../../../workers/local/reconcile/report.ts';
import { startRedisBridge } from '../../../../../workers/local/redis-bridge/redis-bridge.ts';
import { STATE } from '../../../../../workers/local/system/leftover-runtime.ts';
import { REDIS_CHECKSUMS } from '../../../../../workers/local/system/redis-files.ts';
import { CHECKSUMS } from '../../../../../workers/local/system/state-files.ts';
import {
  freePort,
  type LocalProcess,
  repositoryRoot,
  startLocalProcess,
} from '../../../../support/processes/local-process.ts';
import { describeWithRedis } from '../../../../support/redis/with-redis.ts';

type Report = ReconcileReport & { readonly verdict: Verdict };

const FLAGS = ['--today', '2026-11-18', '--stores', '2', '--families', '3'];

describeWithRedis('npm run reconcile', () => {
  let directory = '';
  let running: LocalProcess | null = null;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'reconcile-command-'));
  });
  afterAll(async () => {
    await running?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  const reconcile = (dataDir: string, ...flags: string[]) =>
    new Promise<{ code: number; output: string; report: Report | null }>((resolve) => {
      const { UPSTASH_REDIS_REST_URL: _, UPSTASH_REDIS_REST_TOKEN: __, ...env } = process.env;
      execFile(
        process.execPath,
        ['workers/local/reconcile/reconcile.ts', '--data-dir', dataDir, '--json', ...flags],
        { cwd: repositoryRoot, env, maxBuffer: 1e8 },
        (error, stdout, stderr) => {
          const code = error ? Number(error.code) : 0;
          const last = stdout.trim().split('\n').at(-1) ?? '';
          const report = last.startsWith('{') ? (JSON.parse(last) as Report) : null;
          resolve({ code, output: stdout + stderr, report });
        },
      );
    });
  const run = async (dataDir: string, store: string, ...flags: string[]) => {
    const all = ['--data-dir', dataDir, '--store', store, ...FLAGS, ...flags];
    running = await startLocalProcess(all, await freePort());
  };
  const stop = async () => {
    running?.signal('SIGINT');
    await running?.exited;
    running = null;
  };

  it('asks the system that runs on the directory', async () => {
    const dataDir = join(directory, 'redis');
    await run(dataDir, 'redis');
    const { code, report } = await reconcile(dataDir);
    expect(report?.partitions).toMatchObject([{ differences: [], completeFrom: null }]);
    // As many as the day has had ticks when the test runs.
    expect(report?.partitions[0]?.entries).toBeGreaterThan(0);
    expect(code).toBe(0);
    await stop();
  });

  it('opens a system that is stopped, tells what differs by its exit code, and repairs it', async () => {
    const dataDir = join(directory, 'redis');
    const bridge = await startRedisBridge({ dataDir: join(dataDir, 'redis') });
    const client = createUpstashClient(bridge);
    const monthly = 'feature:monthly:2026-11';
    const content = (await client.exec(['HGETALL', monthly])) as string[];
    const at = content.findIndex((name) => /^\d+:/.test(name));
    const [field = '', held = ''] = content.slice(at, at + 2);
    await client.exec(['HSET', monthly, field, '5']);
    await bridge.stop();
    const changed = await reconcile(dataDir);
    expect(changed.code).toBe(2);
    expect(changed.output).toMatch(/is not as the last stop left it: .*To use it as it is, delete/s);
    // As its message says.
    await rm(join(dataDir, 'redis', REDIS_CHECKSUMS));

    const torn = await reconcile(dataDir);
    expect(torn.code).toBe(1);
    expect(torn.output).toContain(`${field}: 5, not ${held}`);
    expect(torn.output).toContain('npm run reconcile -- --repair');
    const repaired = await reconcile(dataDir, '--repair');
    expect(repaired.report?.partitions).toMatchObject([{ differences: [{ outcome: 'repaired' }] }]);
    expect(repaired.code).toBe(0);
  });

  it('reads the number of partitions from the data directory, and finds what was written into an embedded store', async () => {
    const dataDir = join(directory, 'embedded');
    await run(dataDir, 'embedded', '--partitions', '3');
    await stop();
    const proven = await reconcile(dataDir);
    expect(proven.report?.partitions.map(({ completeFrom }) => completeFrom)).toEqual([null, null, null]);
    expect(proven.report?.verdict).toBe('proven');
    expect(proven.output).toContain('packed histories');
    expect(proven.code).toBe(0);

    const torn = await tearFiles(dataDir, 'UPDATE bucket SET value = value + 5000000000');
    expect(torn).toBeGreaterThan(0);
    const different = await reconcile(dataDir);
    expect(different.report?.verdict).toBe('different');
    expect(different.output).toContain('DIFFERENT');
    expect(different.code).toBe(1);

    // The stream has lost its start, and no day is closed and packed yet.
    await tearFiles(
      dataDir,
      'UPDATE bucket SET value = value - 5000000000; DELETE FROM stream WHERE number = 1',
    );
    const open = await reconcile(dataDir);
    expect(open.report?.partitions[0]?.differences).toEqual([]);
    expect(open.report?.verdict).toBe('not-provable');
    expect(open.output).toMatch(/Not provable: sales of days 2026-11-18: /);
    expect(open.output).not.toContain('Not provable: weeks');
    expect(open.code).toBe(3);
  });

  it('documents its exit codes', async () => {
    const { code, output } = await reconcile(directory, '--help');
    expect(code).toBe(0);
    expect(output).toMatch(
      /0 {2}everything is proven.*1 {2}something differs.*2 {2}could not run.*3 {2}nothing differs/s,
    );
  });

  it('says when it cannot run', async () => {
    const nowhere = await reconcile(join(directory, 'nowhere'));
    expect(nowhere.code).toBe(2);
    expect(nowhere.output).toContain('holds no system that has been started');
    expect((await reconcile(directory, '--no-such-flag')).code).toBe(2);
  });
});

/**
 * Runs a statement in each sales store of a stopped system, whose files are then used as they are, as its message says.
 *
 * @returns how many stores there are
 */
async function tearFiles(dataDir: string, statement: string): Promise<number> {
  await rm(join(dataDir, CHECKSUMS), { force: true });
  const state = join(dataDir, STATE);
  let stores = 0;
  for (const name of await readdir(state, { recursive: true })) {
    if (!name.endsWith('.sqlite')) continue;
    const database = new DatabaseSync(join(state, name));
    try {
      const found = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'bucket_head'").get();
      if (!found) continue;
      database.exec(statement);
      stores++;
    } finally {
      database.close();
    }
  }
  return stores;
}
