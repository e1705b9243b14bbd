import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connectRedis, type RedisConnections } from './redis-connections.ts';
import { type RedisProcess, startRedis } from './redis-process.ts';
import { type ChooseFault, createRestServer, type Traffic } from './rest-server.ts';

export interface RedisBridgeOptions {
  /** Where redis-server keeps its append-only file. */
  readonly dataDir: string;
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  readonly appendfsync?: 'always' | 'everysec';
}

/** A local stand-in for an Upstash Redis database: a REST endpoint in front of its own redis-server. */
export interface RedisBridge {
  /** UPSTASH_REDIS_REST_URL */
  readonly url: string;
  /** UPSTASH_REDIS_REST_TOKEN */
  readonly token: string;
  /** A read-only token, which may not scan all keys. */
  readonly readOnlyToken: string;
  readonly redisPid: number;
  /** Injects a fault into each request from now on; null: none. */
  injectFaults(choose: ChooseFault | null): void;
  /** Calls of each command so far, including those inside scripts, without the bridge's own. */
  billedCommands(): Promise<ReadonlyMap<string, number>>;
  /** Requests so far, and the bytes of their bodies and responses. */
  traffic(): Readonly<Traffic>;
  /** Bytes that redis-server holds in memory. */
  usedMemory(): Promise<number>;
  /** Kills redis-server as a power loss would, and restarts it on the same files. Requests during that time break. */
  crashAndRestart(): Promise<void>;
  /** Breaks every connection and comes back at the same address, as a restart of the endpoint would. */
  restartEndpoint(): Promise<void>;
  /** Ends the endpoint and redis-server. */
  stop(): Promise<void>;
}

/** @throws {StartError} when there is no redis-server or it does not start. */
export async function startRedisBridge(options: RedisBridgeOptions): Promise<RedisBridge> {
  const { dataDir, host = '127.0.0.1', port = 0, appendfsync = 'everysec' } = options;
  const token = randomBytes(24).toString('base64url');
  const readOnlyToken = randomBytes(24).toString('base64url');
  let faults: ChooseFault | null = null;
  let redis: RedisProcess = await startRedis({ dataDir, appendfsync });
  let connections: RedisConnections | null = await connectRedis(redis.port, redis.password);
  const connected = (): RedisConnections => {
    if (!connections) throw new Error('redis-server is being restarted');
    return connections;
  };

  const traffic: Traffic = { requests: 0, receivedBytes: 0, sentBytes: 0 };
  const server = createRestServer({
    traffic,
    token,
    readOnlyToken,
    readCommands: await connected().readCommands(),
    connections: () => connections,
    chooseFault: () => faults,
  });
  const listen = async (wanted: number) => {
    server.listen(wanted, host);
    await once(server, 'listening');
  };
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await listen(port);
  const address = server.address();
  const boundPort = typeof address === 'object' && address ? address.port : port;

  return {
    url: `http://${host}:${boundPort}`,
    token,
    readOnlyToken,
    get redisPid() {
      return redis.pid;
    },
    injectFaults: (choose) => {
      faults = choose;
    },
    billedCommands: async () => parseCommandStats(await connected().info('commandstats')),
    traffic: () => ({ ...traffic }),
    usedMemory: async () => {
      const bytes = /^used_memory:(\d+)/m.exec(await connected().info('memory'))?.[1];
      if (bytes === undefined) throw new Error('redis-server does not say how much memory it uses');
      return Number(bytes);
    },
    crashAndRestart: async () => {
      // A restart that failed may be tried again.
      const before = connections;
      connections = null;
      await redis.kill();
      before?.close();
      redis = await startRedis({ dataDir, appendfsync });
      connections = await connectRedis(redis.port, redis.password);
    },
    restartEndpoint: async () => {
      await close();
      await listen(boundPort);
    },
    stop: async () => {
      await close();
      connections?.close();
      connections = null;
      await redis.stop();
    },
  };
}

/** The bridge's own commands, which Upstash would not bill. */
const OWN_COMMANDS = new Set([
  'auth',
  'client',
  'command',
  'config',
  'exec',
  'hello',
  'info',
  'multi',
  'ping',
]);

/** Calls of each command by `INFO commandstats`, where those inside a script count like all others. */
export function parseCommandStats(info: string): Map<string, number> {
  const calls = new Map<string, number>();
  for (const [, name = '', count] of info.matchAll(/^cmdstat_([^:|]+)[^:]*:calls=(\d+)/gm)) {
    if (!OWN_COMMANDS.has(name)) calls.set(name, (calls.get(name) ?? 0) + Number(count));
  }
  return calls;
}

/** Calls between two counts, without commands that were not called. */
export function subtractCalls(after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>) {
  const difference = new Map<string, number>();
  for (const [name, count] of after) {
    const more = count - (before.get(name) ?? 0);
    if (more > 0) difference.set(name, more);
  }
  return difference;
}
