import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createBusinessClock, type EpochMs } from '../../shared/calendar/business-clock.ts';
import { DAY_MS, HOUR_MS, toDayNumber } from '../../shared/calendar/day-number.ts';
import { SLOTS_PER_DAY, TICKS_PER_WEEK } from '../../shared/calendar/tick.ts';
import { messageOf } from '../../shared/errors/message-of.ts';
import { explainError } from '../../shared/errors/user-error.ts';
import { healthBodySchema } from '../../shared/schemas/api/health.ts';
import { problemSchema } from '../../shared/schemas/api/problem.ts';
import { buildDashboard } from './build-dashboard.ts';
import { catchUp, readProgress, readSalesProgress } from './catch-up.ts';
import { StartError } from './command-line/start-error.ts';
import { parseStartOptions, type StartOptions } from './command-line/start-options.ts';
import { createSteps, type Steps } from './command-line/steps.ts';
import { fillObjectStore, renewModel } from './fill-object-store.ts';
import { serveOperator } from './reconcile/operator-socket.ts';
import { reconcileStore, targetOf } from './reconcile/reconcile-store.ts';
import { openBackend } from './system/backend.ts';
import {
  claimDirectory,
  type DataDirectory,
  openDataDirectory,
  readIngestKey,
} from './system/data-directory.ts';
import { endOfProcess } from './system/end-of-process.ts';
import { lockDirectory } from './system/instance-lock.ts';
import { endLeftoverRuntime } from './system/leftover-runtime.ts';
import { type LocalSystem, openLocalSystem } from './system/local-system.ts';
import { assertPortIsFree } from './system/runtime.ts';
import { describeLoss, readSalesMemory, rememberSales } from './system/sales-memory.ts';
import { buildSplitWorkers, openSplitSystem } from './system/split-system.ts';
import { buildWorker, readSchedule } from './system/worker-build.ts';
import { createTickClock, startTicker, type TickClock } from './ticker.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** There is no CPU limit per run on one machine: let the pipeline do in one run what takes many at the edge. */
const LOCAL_LIMITS = {
  REPLAY_MAX_TICKS: String(SLOTS_PER_DAY),
  AGGREGATE_MAX_ENTRIES: String(TICKS_PER_WEEK),
  AGGREGATE_MAX_CHARACTERS: '8000000',
  IMPORT_STORES_PER_RUN: '60',
  COMPACT_SERIES_PER_RUN: '2000',
} as const;

/** Brings the system to the state of `ready`. */
async function prepare(
  options: StartOptions,
  directory: DataDirectory,
  system: LocalSystem,
  steps: Steps,
  offset: number,
): Promise<{ clock: TickClock; due: EpochMs }> {
  const wall = () => Date.now() + offset;
  const now = new Date(wall());
  const request = { options, root: ROOT, objects: system.objects, now, timeZone: system.timeZone, steps };
  if (directory.filled) {
    await requirePublication(options, system);
    await renewModel(request);
    const memory = await readSalesMemory(options.dataDir);
    const loss = memory && describeLoss(memory, await readSalesProgress(system));
    if (loss !== null) {
      steps.note(
        `${loss}\n  Stop and restore ${options.dataDir} from a backup, or send those sales again; --reset starts over.`,
      );
    }
  } else {
    await fillObjectStore(request);
    await directory.markFilled(offset);
  }
  const { countedTo } = await readProgress(system);
  const clock = createTickClock(options.speed, countedTo, wall);
  const due = clock.due();
  if (countedTo !== null && countedTo > now.getTime()) {
    const hours = Math.round((countedTo - now.getTime()) / HOUR_MS);
    steps.note(
      options.speed === null
        ? `The stream is ${hours} hours ahead of the clock: an earlier start used --speed, or the clock was set back. ` +
            'Time goes on from there; set the clock right, or start over from today with --reset.'
        : `Time goes on ${hours} hours ahead of the clock; --reset starts over from today.`,
    );
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
 * @throws {StartError} when a data directory that was filled no longer has its publication: nothing can be forecast, and
 *   the next runs would count sales for no store.
 */
async function requirePublication({ dataDir }: StartOptions, system: LocalSystem): Promise<void> {
  const health = healthBodySchema.parse(await (await system.fetch('/v1/health')).json());
  const catalog = health.components.find(({ component }) => component === 'catalog');
  if (catalog === undefined || catalog.status === 'ok' || catalog.status === 'degraded') return;
  throw new StartError(
    `The published dataset of ${dataDir} cannot be read: ${catalog.detail}.`,
    'Restore the directory from a backup, or start over with --reset.',
  );
}

/** Why the API is not ready, by its own answer; null when it is. */
async function whyNotReady(system: LocalSystem): Promise<string | null> {
  const response = await system.fetch('/v1/ready');
  if (response.ok) return null;
  const problem = problemSchema.safeParse(await response.json());
  return problem.data?.detail ?? `GET /v1/ready returned ${response.status}`;
}

/** Prints `ready` when the API says that it is, and until then why it is not. */
function createAnnouncement(system: LocalSystem, address: string, write: (line: string) => void) {
  let reported: string | null = '';
  return async () => {
    if (reported === null) return;
    const reason = await whyNotReady(system).catch((error: unknown) => messageOf(error));
    if (reason === null) write(`ready ${address}`);
    else if (reason !== reported) write(`not ready: ${reason}\n  ${address}/v1/health lists every part.`);
    reported = reason;
  };
}

/** How long the end waits for a run in progress, which is repeated at the next start. */
const LAST_RUN_MS = 20_000;

async function start(options: StartOptions): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const steps = createSteps(write, () => performance.now());
  // From the first child on: one that is ended without this process ending it would be left behind.
  const ended = endOfProcess();
  await claimDirectory(options.dataDir);
  await using cleanup = new AsyncDisposableStack();
  const onDirectory = (message: string) => write(`[data directory] ${message}`);
  const lock = await lockDirectory(options.dataDir, onDirectory);
  cleanup.defer(lock.release);
  /** Opens what is to be closed at the end, also where that comes first. @returns null at the end. */
  const open = <T extends { stop(): Promise<void> }>(opening: Promise<T>): Promise<T | null> => {
    cleanup.defer(async () => (await opening.catch(() => null))?.stop());
    return unlessEnded(opening);
  };
  const unlessEnded = <T>(work: Promise<T>): Promise<T | null> =>
    Promise.race([work, lock.failed, ended.then(() => null)]);

  await endLeftoverRuntime(options.dataDir);
  await assertPortIsFree(options.host, options.port);
  const directory = await openDataDirectory(options, onDirectory);
  const ingestKey = await readIngestKey(options.dataDir, onDirectory);
  const workerDirectory = join(options.dataDir, 'worker');
  const build = async () =>
    options.split
      ? { split: await buildSplitWorkers(ROOT, workerDirectory) }
      : { standalone: await buildWorker(ROOT, workerDirectory) };
  const made = await unlessEnded(
    Promise.all([
      steps.run(options.split ? 'Workers built' : 'Worker built', build),
      steps.run('Dashboard built', () => buildDashboard(ROOT)),
    ]),
  );
  if (made === null) return;
  const [built] = made;
  const backend = await open(openBackend(options, (message) => write(`[redis] ${message}`)));
  if (backend === null) return;
  // One clock for ticks, deliveries and readings.
  const offset = directory.filled
    ? directory.clockOffsetMs
    : clockOffset(
        options,
        readSchedule((built.split ? built.split.producer : built.standalone).options).timeZone,
      );
  const common = {
    dataDir: options.dataDir,
    host: options.host,
    port: options.port,
    vars: {
      ...LOCAL_LIMITS,
      ...backend.vars,
      INGEST_API_KEYS: ingestKey,
      STREAM_PARTITIONS: String(options.partitions),
      CLOCK_OFFSET_MS: String(offset),
      ...(options.speed !== null && { CLOCK_SPEED: String(options.speed) }),
    },
    onLog: (level: string, message: string) => write(`[worker ${level}] ${message}`),
  };
  const system = await open<LocalSystem>(
    built.split
      ? openSplitSystem({ ...common, builds: built.split, readOnlyToken: backend.readOnlyToken })
      : openLocalSystem({ ...common, build: built.standalone }),
  );
  if (system === null) return;
  const failed = Promise.race([system.failed, backend.failed, lock.failed]);
  cleanup.defer(await serveOperator(options.dataDir, (mode) => reconcileStore(targetOf(system), mode)));

  const prepared = await Promise.race([prepare(options, directory, system, steps, offset), ended, failed]);
  if (typeof prepared === 'string') return;
  write(`Sales, publications and keys are kept in ${options.dataDir}`);
  write(`POST /v1/transactions accepts sales with the key ${ingestKey}`);
  const announce = createAnnouncement(system, addressOf(options), write);
  // Only a note: while the store does not answer, the one of before says more.
  let isStopping = false;
  const remember = async () => {
    try {
      await rememberSales(options.dataDir, await readSalesProgress(system));
    } catch (error) {
      // Ctrl-C reaches workerd, too, and the note of the last run stays right.
      if (!isStopping)
        write(`[data directory] how far the sales store has come was not noted: ${messageOf(error)}`);
    }
  };
  await announce();
  await remember();
  const ticker = startTicker({
    system,
    clock: prepared.clock,
    after: prepared.due,
    onError: (instant, error) => write(`[tick ${new Date(instant).toISOString()}] ${messageOf(error)}`),
    onRun: async () => {
      await announce();
      await remember();
    },
  });
  try {
    await Promise.race([ended, failed]);
    isStopping = true;
    write('Stopping…');
  } finally {
    const lastRun = ticker.stop().then(remember);
    await Promise.race([lastRun, wait(LAST_RUN_MS)]);
  }
}

start(parseStartOptions(process.argv.slice(2), ROOT)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${explainError(error)}\n`);
    process.exit(1);
  },
);
