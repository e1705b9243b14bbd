import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { StartError } from '../command-line/start-error.ts';
import { hasSpace } from '../processes/disk-space.ts';
import { HangDetector, readActivity } from '../processes/hang-detector.ts';
import { createRestartBudget } from '../processes/restart-budget.ts';
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
  /** The patience with a redis-server that does not answer, in milliseconds; then it is ended and started again. */
  readonly silentAfterMs?: number;
  /** Receives what happens to redis-server. */
  readonly onLog?: (message: string) => void;
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
  /** Rejects once redis-server cannot be kept running. @throws {StartError} */
  readonly failed: Promise<never>;
  /** Ends the endpoint and redis-server. */
  stop(): Promise<void>;
}

/** How long redis-server may take for a sign of life (`HangDetector`), and how often it is looked at meanwhile. */
const SILENT_AFTER_MS = 20_000;
const LOOKS = 10;
const PING_INTERVAL_MS = 1000;
async function untilSpace(
  directory: string,
  onLog: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let isFirst = true; !signal.aborted && !(await hasSpace(directory)); isFirst = false) {
    if (isFirst)
      onLog(`the disk of ${directory} is full: free some space, and redis-server is started again`);
    await wait(PING_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Starts redis-server and its endpoint. A redis-server that ends, or no longer answers, is started again on the same
 * files; requests break in between.
 *
 * @throws {StartError} when there is no redis-server or it does not start.
 */
export async function startRedisBridge(options: RedisBridgeOptions): Promise<RedisBridge> {
  const { dataDir, host = '127.0.0.1', port = 0, appendfsync = 'everysec' } = options;
  const { silentAfterMs = SILENT_AFTER_MS, onLog = () => undefined } = options;
  const token = randomBytes(24).toString('base64url');
  const readOnlyToken = randomBytes(24).toString('base64url');
  let faults: ChooseFault | null = null;
  let redis: RedisProcess = await startRedis({ dataDir, appendfsync });
  let connections: RedisConnections | null = await connectRedis(redis.port, redis.password);
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const budget = createRestartBudget();
  const stopping = new AbortController();
  let restarting: Promise<void> = Promise.resolve();
  /** Takes down what is left of redis-server and starts it again, one restart after the other. */
  const restart = () => {
    const next = async () => {
      const before = connections;
      connections = null;
      await redis.kill();
      before?.close();
      redis = await startRedis({ dataDir, appendfsync });
      connections = await connectRedis(redis.port, redis.password);
    };
    // A restart that failed may be tried again.
    restarting = restarting.catch(() => undefined).then(next);
    return restarting;
  };
  const keepRunning = async () => {
    while (!stopping.signal.aborted) {
      const watched = redis;
      await untilGone(watched, () => connections, silentAfterMs, stopping.signal);
      // One that was ended on purpose is followed by the next.
      await restarting.catch(() => undefined);
      if (stopping.signal.aborted || redis !== watched) continue;
      const what = (await hasEnded(watched)) ? 'ended unexpectedly' : 'does not answer';
      // On a full disk it ends again and again; that says nothing about its files.
      await untilSpace(dataDir, onLog, stopping.signal);
      const delay = budget.spend(performance.now());
      if (delay === null) throw new Error(`it ended ${budget.limit} times within minutes`);
      onLog(`redis-server ${what} and is started again on the same files`);
      await wait(delay, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) continue;
      await restart().catch(async (error: unknown) => {
        if (await hasSpace(dataDir)) throw error;
      });
    }
  };
  keepRunning().catch((error: unknown) => {
    if (stopping.signal.aborted) return;
    failure.reject(
      new StartError(
        `redis-server cannot be kept running: ${messageOf(error)}.`,
        `Look at ${dataDir}: is the disk full, or a file of Redis damaged? Then start again with the same --data-dir.`,
        { cause: error },
      ),
    );
  });
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
    crashAndRestart: restart,
    restartEndpoint: async () => {
      await close();
      await listen(boundPort);
    },
    failed: failure.promise,
    stop: async () => {
      stopping.abort();
      await restarting.catch(() => undefined);
      await close();
      connections?.close();
      connections = null;
      await redis.stop();
    },
  };
}

/** Resolves once redis-server has ended or has not answered for a while, or on abort. */
async function untilGone(
  { ended, pid }: RedisProcess,
  connections: () => RedisConnections | null,
  silentAfterMs: number,
  stopping: AbortSignal,
): Promise<void> {
  const watching = new AbortController();
  const signal = AbortSignal.any([stopping, watching.signal]);
  const silent = async () => {
    const pause = (milliseconds: number) =>
      wait(milliseconds, null, { signal, ref: false }).catch(() => null);
    while (!signal.aborted) {
      await pause(PING_INTERVAL_MS);
      const current = connections();
      if (current === null || signal.aborted) continue;
      const detector = new HangDetector(silentAfterMs, performance.now());
      // A broken connection is noticed by the end of the process.
      const answer = current.info('server').then(
        () => true,
        () => true,
      );
      while ((await Promise.race([answer, pause(silentAfterMs / LOOKS)])) === null && !signal.aborted) {
        if (detector.hasHung(performance.now(), await readActivity(pid))) return;
      }
    }
  };
  await Promise.race([ended, silent()]);
  watching.abort();
}

function hasEnded(redis: RedisProcess): Promise<boolean> {
  return Promise.race([redis.ended.then(() => true), wait(0, false)]);
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
