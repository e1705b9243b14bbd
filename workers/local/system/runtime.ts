import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { R2Bucket } from '@cloudflare/workers-types';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { createR2ObjectStore } from '../../../shared/artifacts/r2-object-store.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { hasCode } from '../../trainer/data/absent-file.ts';
import { StartError } from '../command-line/start-error.ts';
import { requireSpace, unlessDiskIsFull } from '../processes/disk-space.ts';
import { HangDetector, readActivity } from '../processes/hang-detector.ts';
import { endProcess } from '../processes/leftover-processes.ts';
import { createRestartBudget } from '../processes/restart-budget.ts';
import { forgetRuntime, ownRuntimes, recordRuntime, STATE } from './leftover-runtime.ts';
import { checkpointStateFiles, checkStateFiles } from './state-files.ts';

export interface RuntimeOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Receives every line that a Worker logs, and what happens to workerd itself. */
  readonly onLog: (level: string, message: string) => void;
}

/** A bucket of miniflare, which declares the interface of the Workers' R2 in types of its own. */
export function toObjectStore(bucket: Awaited<ReturnType<Miniflare['getR2Bucket']>>): ObjectStore {
  return createR2ObjectStore(bucket as unknown as R2Bucket);
}

type Workers = Extract<Parameters<typeof convertV4MiniflareOptions>[0], { workers: unknown }>['workers'];

/** workerd with its Workers, started again when it ends or no longer answers. */
export interface Runtime<Stubs> {
  readonly url: URL;
  /** The stubs of the workerd that runs now: those of one that has crashed answer nothing any more. */
  stubs(): Stubs;
  /** Sends a request to the Workers without the network. */
  fetch(path: string): Promise<Response>;
  /** Rejects once workerd cannot be kept running. @throws {StartError} */
  readonly failed: Promise<never>;
  /** Ends workerd. */
  stop(): Promise<void>;
}

/** How often workerd is asked for a sign of life, and how long it may take (`HangDetector`): a run may keep it busy for seconds. */
const PROBE_INTERVAL_MS = 3000;
const PATIENCE_MS = 30_000;
/** How long workerd may take to end when it is asked to. */
const DISPOSE_MS = 5000;
/** A workerd that starts again is back within seconds. */
const OUTAGE_MS = 60_000;

/**
 * Starts workerd with these Workers, of which the first answers requests.
 *
 * Its databases are checked before, and checkpointed when it stops.
 *
 * @param connect makes the stubs by which the Workers are reached, at the start and after every restart.
 * @throws {StartError} when the disk is full, a database is damaged, the address is taken, or workerd cannot start.
 */
export async function startRuntime<Stubs>(
  { dataDir, host, port, onLog }: RuntimeOptions,
  workers: Workers,
  connect: (miniflare: Miniflare) => Promise<Stubs>,
): Promise<Runtime<Stubs>> {
  const failure = Promise.withResolvers<never>();
  // Whoever does not wait for it is not to end by it.
  failure.promise.catch(() => undefined);
  const giveUp = (reason: string, cause?: unknown) =>
    failure.reject(
      new StartError(
        `The Workers runtime (workerd) cannot be kept running: ${reason}.`,
        `What it logged before says more. Nothing that was accepted is lost: start again with the same --data-dir.`,
        { cause },
      ),
    );
  await requireSpace(dataDir);
  await checkStateFiles(dataDir);
  // A full disk fails it. Only the start after one that was killed needs it, and on Linux has other proof.
  const noteRuntime = () =>
    recordRuntime(dataDir).catch((error: unknown) =>
      onLog('error', `the process id of workerd was not noted: ${messageOf(error)}`),
    );
  const budget = createRestartBudget();
  let current: Stubs | null = null;
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
    resourcePersistencePath: join(dataDir, STATE),
    unsafeHandleRuntimeRestart: async () => {
      onLog('error', 'workerd ended unexpectedly and was started again');
      if (budget.spend(performance.now()) === null) giveUp(`it ended ${budget.limit} times within minutes`);
      try {
        current = await connect(miniflare);
      } catch (error) {
        giveUp(messageOf(error), error);
      }
      await noteRuntime();
    },
  });
  const stopping = new AbortController();
  const stop = async () => {
    stopping.abort();
    const disposed = miniflare.dispose();
    const inTime = await Promise.race([disposed.then(() => true), wait(DISPOSE_MS, false)]);
    // A workerd that is stopped or busy does not end by itself.
    if (!inTime) for (const runtime of await ownRuntimes()) endProcess(runtime);
    await disposed;
    await forgetRuntime(dataDir);
    if (!(await unlessDiskIsFull(dataDir, () => checkpointStateFiles(dataDir)))) {
      const left = 'what is in write-ahead logs stays there until the next start';
      onLog('error', `the disk of ${dataDir} is full: ${left}, and a copy needs them, too`);
    }
  };
  let url: URL;
  try {
    url = await miniflare.ready;
    current = await connect(miniflare);
    await noteRuntime();
  } catch (error) {
    await stop().catch(() => undefined);
    throw new StartError(
      `The Workers runtime did not start: ${messageOf(error)}`,
      `Is ${host}:${port} free? Is ${dataDir} writable and used by no other instance?`,
      { cause: error },
    );
  }
  // miniflare returns undici's Response, which is Node's own.
  const fetch = async (path: string) =>
    (await miniflare.dispatchFetch(new URL(path, url).href)) as unknown as Response;
  void watchRuntime({ ask: () => fetch('/v1'), signal: stopping.signal, onLog, giveUp });
  return {
    url,
    stubs: () => {
      if (current === null) throw new Error('the Workers runtime is being started');
      return current;
    },
    fetch,
    failed: failure.promise,
    stop,
  };
}

/**
 * Ends a workerd that gives no sign of life (a stopped process, an endless loop), after which it is started again, and
 * gives up when it is not back within a minute.
 */
async function watchRuntime(options: {
  readonly ask: () => Promise<Response>;
  readonly signal: AbortSignal;
  readonly onLog: RuntimeOptions['onLog'];
  readonly giveUp: (reason: string, cause?: unknown) => void;
}): Promise<void> {
  const { ask, signal, onLog, giveUp } = options;
  const pause = () => wait(PROBE_INTERVAL_MS, null, { signal, ref: false }).catch(() => null);
  let answeredAt = performance.now();
  while (!signal.aborted) {
    await pause();
    if (signal.aborted) return;
    const detector = new HangDetector(PATIENCE_MS, performance.now());
    const answer = ask().then(
      async (response) => {
        await response.body?.cancel();
        return 'answered' as const;
      },
      (error: unknown) => ({ error }),
    );
    let outcome: Awaited<typeof answer> | null = null;
    while (outcome === null) {
      outcome = await Promise.race([answer, pause()]);
      if (signal.aborted) return;
      const [runtime] = outcome === null ? await ownRuntimes() : [];
      if (!runtime || !detector.hasHung(performance.now(), await readActivity(runtime.pid))) continue;
      const seconds = Math.round((performance.now() - answeredAt) / 1000);
      onLog('error', `workerd has not answered for ${seconds} s; it is ended and started again`);
      endProcess(runtime);
      // One that is started again gets its time.
      outcome = 'answered';
    }
    if (outcome === 'answered') answeredAt = performance.now();
    else if (hasCode(outcome.error, 'ERR_RUNTIME_FAILURE') || performance.now() - answeredAt > OUTAGE_MS) {
      giveUp(messageOf(outcome.error), outcome.error);
      return;
    }
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
