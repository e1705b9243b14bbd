import { join } from 'node:path';
import { StartError } from '../command-line/start-error.ts';
import type { StartOptions } from '../command-line/start-options.ts';
import { unlessDiskIsFull } from '../processes/disk-space.ts';
import { startRedisBridge } from '../redis-bridge/redis-bridge.ts';
import { checkRedisFiles, noteRedisFiles } from './redis-files.ts';

/** A sales store outside the Worker. */
export interface Backend {
  /** Variables with its address for the Worker. */
  readonly vars: Readonly<Record<string, string>>;
  /** The read-only token, for an API of its own; null where there is none. */
  readonly readOnlyToken: string | null;
  /** Rejects once a server of ours cannot be kept running. @throws {StartError} */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

const NEVER = new Promise<never>(() => undefined);

/**
 * @param onLog receives what happens to a server of ours.
 * @throws {StartError} when there is no redis-server, a file of it was changed since it stopped, or the address of Upstash is missing.
 */
export async function openBackend(
  { store, dataDir }: Pick<StartOptions, 'store' | 'dataDir'>,
  onLog?: (message: string) => void,
): Promise<Backend> {
  const external = { failed: NEVER, stop: () => Promise.resolve() };
  if (store === 'embedded') return { vars: {}, readOnlyToken: null, ...external };
  if (store === 'redis') {
    const directory = join(dataDir, 'redis');
    await checkRedisFiles(directory);
    // What was acknowledged must be on the disk: what is flushed a second later is lost with a full disk.
    const bridge = await startRedisBridge({
      dataDir: directory,
      appendfsync: 'always',
      ...(onLog && { onLog }),
    });
    return {
      vars: { UPSTASH_REDIS_REST_URL: bridge.url, UPSTASH_REDIS_REST_TOKEN: bridge.token },
      readOnlyToken: bridge.readOnlyToken,
      failed: bridge.failed,
      stop: async () => {
        await bridge.stop();
        // The next start checks what is noted.
        await unlessDiskIsFull(directory, () => noteRedisFiles(directory));
      },
    };
  }
  const { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, UPSTASH_REDIS_REST_READONLY_TOKEN } = process.env;
  if (!UPSTASH_REDIS_REST_URL || !UPSTASH_REDIS_REST_TOKEN) {
    throw new StartError(
      '--store upstash needs UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN in the environment.',
      'Copy both from the console of your database, or start with --store redis.',
    );
  }
  return {
    vars: { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN },
    readOnlyToken: UPSTASH_REDIS_REST_READONLY_TOKEN || null,
    ...external,
  };
}
