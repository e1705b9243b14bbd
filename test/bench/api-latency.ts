import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import type { Catalog } from '../../shared/schemas/catalog.ts';
import { parseSeriesKey } from '../../shared/schemas/series.ts';
import { catchUp } from '../../workers/local/catch-up.ts';
import { type LocalSystem, openLocalSystem } from '../../workers/local/system/local-system.ts';
import { buildWorker, type WorkerBuild } from '../../workers/local/system/worker-build.ts';
import { generateSyntheticDataset } from '../../workers/trainer/data/synthetic/generate-dataset.ts';
import { publishDataset } from '../../workers/trainer/publish/publish-dataset.ts';
import { workerdCpu } from './api-latency/process-cpu.ts';
import { publishRandomModel } from './api-latency/random-model.ts';

const SHAPE = { trees: 300, depth: 6 };
const LIVE_DAYS = 30;
const COLD_STARTS = 5;
const WARM_UP = 300;
const SEQUENTIAL = 1000;
const RATE_PER_SECOND = 200;
const RATE_SECONDS = 10;

/**
 * Latency of GET /v1/forecasts in workerd at the reference size (54 x 33 series, 300 trees of depth 6): over loopback
 * HTTP, with the embedded store and the local object store.
 *
 * `npm run bench -- api-latency [--json]`
 */
export async function run(args: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'api-latency-'));
  try {
    const build = await buildWorker(
      fileURLToPath(new URL('../..', import.meta.url)),
      join(directory, 'worker'),
    );
    const figures = await measure(directory, build);
    for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(32)} ${value}`);
    if (args.includes('--json')) console.log(JSON.stringify(figures));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(dataDir: string, build: WorkerBuild) {
  const open = () =>
    openLocalSystem({
      build,
      dataDir,
      host: '127.0.0.1',
      port: 0,
      vars: {},
      onLog: (level, message) => level === 'error' && console.error(message),
    });
  let system = await open();
  const { catalog, kernel, packedBytes } = await fill(system);

  const cold: number[] = [];
  for (let start = 0; start < COLD_STARTS; start++) {
    await system.stop();
    system = await open();
    await timed(system, '/v1/problems');
    cold.push(await timed(system, forecastOf(catalog, 0)));
  }

  for (let i = 0; i < WARM_UP; i++) await timed(system, forecastOf(catalog, i));
  const bare = await oneByOne(system, () => '/v1/problems');
  const forecasts = await oneByOne(system, (i) => forecastOf(catalog, i));
  const atRate = await openLoop(system, catalog);
  await system.stop();

  return {
    kernel,
    'packed model, bytes': packedBytes,
    'cold, median ms': quantile(cold, 0.5),
    'one by one, p50 ms': quantile(forecasts.latencies, 0.5),
    'one by one, p99 ms': quantile(forecasts.latencies, 0.99),
    [`at ${RATE_PER_SECOND}/s, p50 ms`]: quantile(atRate, 0.5),
    [`at ${RATE_PER_SECOND}/s, p99 ms`]: quantile(atRate, 0.99),
    'workerd CPU a request, ms': forecasts.cpu,
    'the same for /v1/problems, ms': bare.cpu,
  };
}

/** Publishes the synthetic dataset and a model, imports the history and replays the first hour of the first live day. */
async function fill(system: LocalSystem) {
  const { dataset } = generateSyntheticDataset();
  const { firstDay, dayCount } = dataset.panel;
  const liveDay = firstDay + dayCount - LIVE_DAYS;
  const { catalog } = await publishDataset(
    dataset,
    { liveFrom: toIsoDate(liveDay), now: new Date() },
    system.objects,
  );
  const model = await publishRandomModel(system.objects, catalog, SHAPE);
  const due = createBusinessClock(system.timeZone).startOf(liveDay) + 3_600_000;
  await catchUp(system, system.crons[0] ?? '', due, () => undefined);
  const ready = await system.fetch('/v1/ready');
  if (!ready.ok) throw new Error(`the system is not ready: ${await ready.text()}`);
  return { catalog, ...model };
}

/** CPU is that of the whole process in milliseconds a request: HTTP, the local runtime, the store and the API. */
async function oneByOne(system: LocalSystem, pathOf: (index: number) => string) {
  const before = await workerdCpu();
  const latencies: number[] = [];
  for (let i = 0; i < SEQUENTIAL; i++) latencies.push(await timed(system, pathOf(i)));
  const after = await workerdCpu();
  const cpu = before === null || after === null ? null : Number(((after - before) / SEQUENTIAL).toFixed(2));
  return { latencies, cpu };
}

/** Requests start at a fixed rate, whether or not earlier ones have completed. */
async function openLoop(system: LocalSystem, catalog: Catalog): Promise<number[]> {
  const start = performance.now();
  const answers = Array.from({ length: RATE_PER_SECOND * RATE_SECONDS }, async (_, i) => {
    const due = start + (i * 1000) / RATE_PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    await timed(system, forecastOf(catalog, i));
    // From the scheduled start: a late start is a wait as well.
    return performance.now() - due;
  });
  return Promise.all(answers);
}

function forecastOf({ series }: Catalog, index: number): string {
  const { storeNbr, family } = parseSeriesKey(series[(index * 37) % series.length] ?? '');
  return `/v1/forecasts?${new URLSearchParams({ store_nbr: String(storeNbr), family })}`;
}

async function timed(system: LocalSystem, path: string): Promise<number> {
  const start = performance.now();
  const response = await fetch(new URL(path, system.url));
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return performance.now() - start;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN).toFixed(2));
}
