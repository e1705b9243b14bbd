import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { R2Bucket } from '@cloudflare/workers-types';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { createR2ObjectStore } from '../../../shared/artifacts/r2-object-store.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { ifAbsent } from '../../trainer/data/absent-file.ts';
import { StartError } from '../command-line/start-error.ts';

export interface RuntimeOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Receives every line that a Worker logs. */
  readonly onLog: (level: string, message: string) => void;
}

/** The part of wrangler's options that is read here; the rest is passed on unchanged. */
interface WorkerOptions {
  readonly bindings?: Readonly<Record<string, string>>;
  readonly cronTriggers?: string[];
}

/**
 * The cron patterns of a Worker, and its time zone.
 *
 * @throws {Error} where wrangler.toml lacks them: with a guess, days would begin at other times than in the
 *   deployment.
 */
export function readSchedule({ bindings, cronTriggers }: WorkerOptions): {
  readonly timeZone: string;
  readonly crons: readonly string[];
} {
  const timeZone = bindings?.BUSINESS_TIME_ZONE;
  if (timeZone === undefined) throw new Error('wrangler.toml has no variable BUSINESS_TIME_ZONE');
  if (!cronTriggers?.length) throw new Error('wrangler.toml has no cron trigger');
  return { timeZone, crons: cronTriggers };
}

/** A bucket of miniflare, which declares the interface of the Workers' R2 in types of its own. */
export function toObjectStore(bucket: Awaited<ReturnType<Miniflare['getR2Bucket']>>): ObjectStore {
  return createR2ObjectStore(bucket as unknown as R2Bucket);
}

/** Sends a request to the Workers without the network; miniflare returns undici's Response, which is Node's own. */
export async function dispatch(miniflare: Miniflare, url: URL): Promise<Response> {
  return (await miniflare.dispatchFetch(url.href)) as unknown as Response;
}

type ResolvedConfig = Parameters<typeof unstable_getMiniflareWorkerOptions>[0];

/**
 * The options of a Worker in wrangler.toml, without secrets, which are given at start.
 *
 * @param environment the standalone Worker by default.
 */
export function readWorkerOptions(root: string, environment?: string): WorkerOptions {
  const { secrets: _, ...config }: ResolvedConfig = unstable_readConfig(
    { config: join(root, 'wrangler.toml'), ...(environment !== undefined && { env: environment }) },
    { hideWarnings: true },
  );
  // Wrangler has its own copy of miniflare, with distinct types of the same shape.
  return unstable_getMiniflareWorkerOptions(config, environment).workerOptions as WorkerOptions;
}

type Workers = Extract<Parameters<typeof convertV4MiniflareOptions>[0], { workers: unknown }>['workers'];

/**
 * Starts workerd with these Workers; the first of them answers requests.
 *
 * @throws {StartError} when the address is taken or workerd cannot start.
 */
export async function startRuntime(
  { dataDir, host, port, onLog }: RuntimeOptions,
  workers: Workers,
): Promise<{ readonly miniflare: Miniflare; readonly url: URL }> {
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      host,
      port,
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: ({ level, message }) => onLog(level, message),
      workers,
    }),
    logRequests: false,
    resourcePersistencePath: join(dataDir, 'state'),
  });
  try {
    return { miniflare, url: await miniflare.ready };
  } catch (error) {
    throw new StartError(
      `The Workers runtime did not start: ${messageOf(error)}`,
      `Is ${host}:${port} free? Is ${dataDir} writable and used by no other instance?`,
      { cause: error },
    );
  }
}

/**
 * Checks that nothing listens on the port, before minutes of preparation.
 *
 * @throws {StartError} when the port is taken or may not be used.
 */
export function assertPortIsFree(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? 'is taken by another process' : `cannot be used (${error.code})`;
      reject(
        new StartError(
          `Port ${port} on ${host} ${reason}.`,
          'End that process, or choose another: npm start -- --port 9000',
          {
            cause: error,
          },
        ),
      );
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

const FILE = 'runtime.json';
const run = promisify(execFile);

interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
}

/** The workerd processes of this machine; none where `ps` is missing. */
async function findRuntimes(): Promise<ProcessInfo[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,comm=']).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S*workerd)\s*$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]) }] : [];
  });
}

/** Records the workerd processes of this instance, so that the next start can end them if this one cannot. */
export async function recordRuntime(directory: string): Promise<void> {
  const own = (await findRuntimes()).filter(({ parent }) => parent === process.pid);
  await writeFile(join(directory, FILE), JSON.stringify(own.map(({ pid }) => pid)));
}

/** Removes the record, once the processes have ended. */
export function forgetRuntime(directory: string): Promise<void> {
  return rm(join(directory, FILE), { force: true });
}

/**
 * Ends the workerd processes of a killed instance: they survive their parent, keep the port, and would write to the
 * same files as the new one. Call it while holding the lock.
 */
export async function endLeftoverRuntime(directory: string): Promise<void> {
  const noted: unknown = JSON.parse(await readFile(join(directory, FILE), 'utf8').catch(ifAbsent('[]')));
  const left = async () =>
    (await findRuntimes()).filter(({ pid }) => Array.isArray(noted) && noted.includes(pid));
  for (const { pid } of await left()) process.kill(pid, 'SIGKILL');
  while ((await left()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await forgetRuntime(directory);
}
