import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUpstashClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';
import type { ReconcileReport } from '../../../../../workers/local/reconcile/report.ts';
import { startRedisBridge } from '../../../../../workers/local/redis-bridge/redis-bridge.ts';
import {
  freePort,
  type LocalProcess,
  repositoryRoot,
  startLocalProcess,
} from '../../../../support/processes/local-process.ts';
import { describeWithRedis } from '../../../../support/redis/with-redis.ts';

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
    new Promise<{ code: number; output: string; report: ReconcileReport | null }>((resolve) => {
      const { UPSTASH_REDIS_REST_URL: _, UPSTASH_REDIS_REST_TOKEN: __, ...env } = process.env;
      execFile(
        process.execPath,
        ['workers/local/reconcile/reconcile.ts', '--data-dir', dataDir, '--json', ...flags],
        { cwd: repositoryRoot, env, maxBuffer: 1e8 },
        (error, stdout, stderr) => {
          const code = error ? Number(error.code) : 0;
          const last = stdout.trim().split('\n').at(-1) ?? '';
          const report = last.startsWith('{') ? (JSON.parse(last) as ReconcileReport) : null;
          resolve({ code, output: stdout + stderr, report });
        },
      );
    });
  const run = async (dataDir: string, store: string) => {
    running = await startLocalProcess(['--data-dir', dataDir, '--store', store, ...FLAGS], await freePort());
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

    const torn = await reconcile(dataDir);
    expect(torn.code).toBe(1);
    expect(torn.output).toContain(`${field}: 5, not ${held}`);
    expect(torn.output).toContain('npm run reconcile -- --repair');
    const repaired = await reconcile(dataDir, '--repair');
    expect(repaired.report?.partitions).toMatchObject([{ differences: [{ outcome: 'repaired' }] }]);
    expect(repaired.code).toBe(0);
  });

  it('says when it cannot run', async () => {
    const nowhere = await reconcile(join(directory, 'nowhere'));
    expect(nowhere.code).toBe(2);
    expect(nowhere.output).toContain('holds no system that has been started');
    expect((await reconcile(directory, '--no-such-flag')).code).toBe(2);
  });
});
