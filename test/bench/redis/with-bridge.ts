import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisBridge, startRedisBridge } from '../../../workers/local/redis-bridge/redis-bridge.ts';

/** Runs work with its own redis-server behind a bridge, and cleans up afterwards. */
export async function withBridge<T>(work: (bridge: RedisBridge) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'redis-bench-'));
  const bridge = await startRedisBridge({ dataDir });
  try {
    return await work(bridge);
  } finally {
    await bridge.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
