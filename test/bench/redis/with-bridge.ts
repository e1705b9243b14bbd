import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisBridge, startRedisBridge } from '../../../workers/local/redis-bridge/redis-bridge.ts';

/** Works with a redis-server of its own behind a bridge, and leaves nothing behind. */
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
