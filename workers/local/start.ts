import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDashboard } from './build-dashboard.ts';
import { bundleWorker } from './bundle-worker.ts';
import { catchUp, readProgress } from './catch-up.ts';
import { openDataDirectory } from './data-directory.ts';
import { fillObjectStore } from './fill-object-store.ts';
import { assertPortIsFree } from './free-port.ts';
import { openLocalSystem } from './local-system.ts';
import { parseStartOptions, type StartOptions } from './options.ts';
import { StartError } from './start-error.ts';
import { createSteps } from './steps.ts';
import { createTickClock } from './tick-clock.ts';
import { startTicker } from './ticker.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** One machine has no CPU limit per run: let the pipeline do in one run what takes the edge many. */
const LOCAL_LIMITS = {
  REPLAY_MAX_TICKS: '288',
  AGGREGATE_MAX_ENTRIES: '288',
  IMPORT_STORES_PER_RUN: '60',
  COMPACT_SERIES_PER_RUN: '2000',
} as const;

async function start(options: StartOptions): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const steps = createSteps(write, () => performance.now());
  await assertPortIsFree(options.host, options.port);
  const directory = await openDataDirectory(options);

  const building = Promise.all([
    steps.run('Worker bundled', () => bundleWorker(ROOT, join(options.dataDir, 'worker'))),
    steps.run('Dashboard built', () => buildDashboard(ROOT)),
  ]);
  building.catch(() => undefined); // Reported where it is awaited; until then it must not end the process.
  const [modules] = await building;

  const system = await openLocalSystem({
    root: ROOT,
    modules,
    dataDir: options.dataDir,
    host: options.host,
    port: options.port,
    vars: LOCAL_LIMITS,
    onLog: (level, message) => write(`[worker ${level}] ${message}`),
  });
  const signals = new AbortController();
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        signals.abort();
        resolve();
      });
    }
  });

  try {
    if (!directory.filled) {
      await fillObjectStore({
        options,
        root: ROOT,
        objects: system.objects,
        now: new Date(),
        timeZone: system.timeZone,
        steps,
      });
      await directory.markFilled(new Date());
    }
    const { countedTo } = await readProgress(system);
    const clock = createTickClock(options.speed, countedTo, Date.now);
    const due = clock.due();
    const cron = system.crons[0];
    if (cron === undefined)
      throw new StartError('wrangler.toml has no cron.', 'Restore [triggers] crons in wrangler.toml.');
    await steps.run('Sales caught up', () => catchUp(system, cron, due, () => undefined));

    write(`ready http://localhost:${options.port}`);
    const ticker = startTicker({
      system,
      clock,
      after: due,
      onRun: () => undefined,
      onError: (instant, error) => write(`[tick ${new Date(instant).toISOString()}] ${String(error)}`),
    });
    await ended;
    write('Stopping…');
    await ticker.stop();
  } finally {
    await system.stop();
  }
}

start(parseStartOptions(process.argv.slice(2), ROOT)).then(
  () => process.exit(0),
  (error: unknown) => {
    if (error instanceof StartError) process.stderr.write(`${error.message}\n${error.fix}\n`);
    else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
