import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBusinessClock, type EpochMs } from '../../shared/calendar/business-clock.ts';
import { DAY_MS, HOUR_MS, toDayNumber } from '../../shared/calendar/day-number.ts';
import { SLOTS_PER_DAY } from '../../shared/calendar/tick.ts';
import { messageOf } from '../../shared/errors/message-of.ts';
import { explainError } from '../../shared/errors/user-error.ts';
import { buildDashboard } from './build-dashboard.ts';
import { catchUp, readProgress } from './catch-up.ts';
import { StartError } from './command-line/start-error.ts';
import { parseStartOptions, type StartOptions } from './command-line/start-options.ts';
import { createSteps, type Steps } from './command-line/steps.ts';
import { fillObjectStore, renewModel } from './fill-object-store.ts';
import { serveOperator } from './reconcile/operator-socket.ts';
import { reconcileStore, targetOf } from './reconcile/reconcile-store.ts';
import { openBackend } from './system/backend.ts';
import { bundleWorker } from './system/bundle-worker.ts';
import {
  claimDirectory,
  type DataDirectory,
  openDataDirectory,
  readIngestKey,
} from './system/data-directory.ts';
import { lockDirectory } from './system/instance-lock.ts';
import { type LocalSystem, openLocalSystem } from './system/local-system.ts';
import { assertPortIsFree, endLeftoverRuntime, forgetRuntime, recordRuntime } from './system/runtime.ts';
import { bundleSplitWorkers, openSplitSystem } from './system/split-system.ts';
import { createTickClock, startTicker, type TickClock } from './ticker.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** There is no CPU limit per run on one machine: let the pipeline do in one run what takes many at the edge. */
const LOCAL_LIMITS = {
  REPLAY_MAX_TICKS: String(SLOTS_PER_DAY),
  AGGREGATE_MAX_ENTRIES: String(SLOTS_PER_DAY),
  IMPORT_STORES_PER_RUN: '60',
  COMPACT_SERIES_PER_RUN: '2000',
} as const;

/** Brings the system to the state of `ready`. */
async function prepare(
  options: StartOptions,
  directory: DataDirectory,
  system: LocalSystem,
  steps: Steps,
): Promise<{ clock: TickClock; due: EpochMs }> {
  const offset = directory.filled ? directory.clockOffsetMs : clockOffset(options, system.timeZone);
  const wall = () => Date.now() + offset;
  const now = new Date(wall());
  const request = { options, root: ROOT, objects: system.objects, now, timeZone: system.timeZone, steps };
  if (directory.filled) {
    await renewModel(request);
  } else {
    await fillObjectStore(request);
    await directory.markFilled(offset);
  }
  const { countedTo } = await readProgress(system);
  const clock = createTickClock(options.speed, countedTo, wall);
  const due = clock.due();
  if (countedTo !== null && countedTo > now.getTime()) {
    const hours = Math.round((countedTo - now.getTime()) / HOUR_MS);
    steps.note(`The clock is ${hours} hours ahead because of --speed; --reset starts over from today.`);
  }
  const cron = system.crons[0];
  if (cron === undefined) {
    throw new StartError('wrangler.toml has no cron.', 'Restore [triggers] crons in wrangler.toml.');
  }
  await steps
    .run('Sales caught up', (progress) => catchUp(system, cron, due, progress))
    .catch((error) => {
      steps.note(`The pipeline does not run: ${messageOf(error)}`);
    });
  return { clock, due };
}

/** Whole days between the requested day and today. */
function clockOffset({ today }: StartOptions, timeZone: string): number {
  if (today === null) return 0;
  return (toDayNumber(today) - createBusinessClock(timeZone).dayOf(Date.now())) * DAY_MS;
}

/** The address of the system for a browser on this machine. */
function addressOf({ host, port }: StartOptions): string {
  const isLocal = ['127.0.0.1', '0.0.0.0', '::'].includes(host);
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${isLocal ? 'localhost' : name}:${port}`;
}

/**
 * Waits for Ctrl-C and similar signals. Miniflare's own listeners would end the process immediately, in the middle of
 * a run; a regular exit does the same clean-up. A second signal ends the process as usual.
 */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.removeAllListeners(signal);
      process.once(signal, resolve);
    }
  });
}

async function start(options: StartOptions): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const steps = createSteps(write, () => performance.now());
  await claimDirectory(options.dataDir);
  const unlock = await lockDirectory(options.dataDir);
  try {
    await endLeftoverRuntime(options.dataDir);
    await assertPortIsFree(options.host, options.port);
    const directory = await openDataDirectory(options);
    const ingestKey = await readIngestKey(options.dataDir);
    const workerDirectory = join(options.dataDir, 'worker');
    const bundle = async () =>
      options.split
        ? { split: await bundleSplitWorkers(ROOT, workerDirectory) }
        : { modules: await bundleWorker(ROOT, workerDirectory) };
    const [bundled] = await Promise.all([
      steps.run(options.split ? 'Workers bundled' : 'Worker bundled', bundle),
      steps.run('Dashboard built', () => buildDashboard(ROOT)),
    ]);
    const backend = await openBackend(options);
    const common = {
      root: ROOT,
      dataDir: options.dataDir,
      host: options.host,
      port: options.port,
      vars: {
        ...LOCAL_LIMITS,
        ...backend.vars,
        INGEST_API_KEYS: ingestKey,
        STREAM_PARTITIONS: String(options.partitions),
      },
      onLog: (level: string, message: string) => write(`[worker ${level}] ${message}`),
    };
    const system = bundled.split
      ? await openSplitSystem({ ...common, workers: bundled.split, readOnlyToken: backend.readOnlyToken })
      : await openLocalSystem({ ...common, modules: bundled.modules });
    await recordRuntime(options.dataDir);
    const closeOperator = await serveOperator(options.dataDir, (repair) =>
      reconcileStore(targetOf(system), repair),
    );
    try {
      const stopped = nextSignal();
      const prepared = await Promise.race([prepare(options, directory, system, steps), stopped]);
      if (typeof prepared === 'string') return;
      write(`POST /v1/transactions accepts sales with the key ${ingestKey}`);
      write(`ready ${addressOf(options)}`);
      const ticker = startTicker({
        system,
        clock: prepared.clock,
        after: prepared.due,
        onError: (instant, error) => write(`[tick ${new Date(instant).toISOString()}] ${String(error)}`),
      });
      await stopped;
      write('Stopping…');
      await ticker.stop();
    } finally {
      await closeOperator();
      await system.stop();
      await forgetRuntime(options.dataDir);
      await backend.stop();
    }
  } finally {
    await unlock();
  }
}

start(parseStartOptions(process.argv.slice(2), ROOT)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${explainError(error)}\n`);
    process.exit(1);
  },
);
