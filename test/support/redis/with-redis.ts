import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { createUpstashClient, type RedisClient } from '../../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../../shared/sales-store/upstash/upstash-sales-store.ts';
import {
  type RedisBridge,
  type RedisBridgeOptions,
  startRedisBridge,
} from '../../../workers/local/redis-bridge/redis-bridge.ts';

const isThere = spawnSync('redis-server', ['--version']).status === 0;

/**
 * A suite over a bridge of its own. Where redis-server is not installed the suite is skipped, and fails if
 * REQUIRE_SERVICES is set.
 */
export function describeWithRedis(
  name: string,
  define: (bridge: () => RedisBridge) => void,
  options: Partial<RedisBridgeOptions> = {},
): void {
  if (!isThere && process.env.REQUIRE_SERVICES !== '1') {
    describe.skip(`${name} (redis-server is not installed)`, () => {
      it('needs redis-server', () => undefined);
    });
    return;
  }
  describe(name, () => {
    let bridge: RedisBridge | null = null;
    let directory = '';
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'redis-bridge-'));
      bridge = await startRedisBridge({ dataDir: directory, ...options });
    });
    afterAll(async () => {
      await bridge?.stop();
      await rm(directory, { recursive: true, force: true });
    });
    define(() => {
      if (!bridge) throw new Error('the bridge has not been started');
      return bridge;
    });
  });
}

let namespaces = 0;

/** A client of the bridge and an empty store in it that shares nothing with any other. */
export function emptyStore(
  bridge: RedisBridge,
  wrap: (client: RedisClient) => RedisClient = (client) => client,
): { readonly store: SalesStore; readonly client: RedisClient; readonly namespace: string } {
  namespaces++;
  const namespace = `test ${namespaces}:`;
  const client = createUpstashClient({ url: bridge.url, token: bridge.token });
  return { client, namespace, store: createUpstashSalesStore(wrap(client), { namespace }) };
}
