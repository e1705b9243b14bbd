/**
 * The pipeline at the reference size (54 stores x 33 families, 430 days of history) in real workerd: import, ticks, a
 * whole day at once, compaction, and the size of the database. Wall time as seen from outside, and the processor time
 * of workerd (Linux only), which other load on the machine does not distort.
 *
 * @module
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import type { ObjectStore } from '../../shared/artifacts/object-store.ts';
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import { type DayNumber, toDayNumber } from '../../shared/calendar/day-number.ts';
import { createSyntheticRetailer, publishRetailer } from '../../workers/local/costs/synthetic-retailer.ts';
import { type LocalSystem, openLocalSystem } from '../../workers/local/system/local-system.ts';
import { buildWorker } from '../../workers/local/system/worker-build.ts';

const LIVE_FROM = '2026-01-07';
const HISTORY_DAYS = 430;
const firstLiveDay = toDayNumber(LIVE_FROM);
const liveStart = createBusinessClock('America/Guayaquil').startOf(firstLiveDay);
const CLOCK_TICKS_PER_SECOND = 100;

interface Measurement {
  readonly what: string;
  readonly wallMs: number;
  readonly cpuMs: number | null;
}

export async function run(args: readonly string[]): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const directory = await mkdtemp(join(tmpdir(), 'pipeline-bench-'));
  const measurements: Measurement[] = [];
  try {
    const open = async (name: string, vars: Record<string, string>) =>
      openLocalSystem({
        build: await buildWorker(root, join(directory, name, 'worker')),
        dataDir: join(directory, name),
        host: '127.0.0.1',
        port: 0,
        vars,
        onLog: (_, message) => process.stderr.write(`${message}\n`),
      });
    const unbounded = {
      REPLAY_MAX_TICKS: '2016',
      AGGREGATE_MAX_ENTRIES: '2016',
      AGGREGATE_MAX_CHARACTERS: '8000000',
      IMPORT_STORES_PER_RUN: '60',
      COMPACT_SERIES_PER_RUN: '2000',
    };
    const system = await open('reference', unbounded);
    const tick = (n: number) => system.scheduled(liveStart + n * 300_000, '*/5 * * * *');
    await publish(system.objects);
    measurements.push(await measure('import of 54 stores', () => tick(0)));
    measurements.push(await measureSize(join(directory, 'reference', 'state'), 'after the import'));
    // Nobody buys at night: these ticks are in the afternoon.
    await tick(180);
    const ticks = await measure('', async () => {
      for (let n = 181; n <= 230; n++) await tick(n);
    });
    measurements.push(perRun('one tick of 50 rows, produce and aggregate', ticks, 50));
    await tick(287);
    measurements.push(await measure('last tick of a day, 1,782 series compacted', () => tick(288)));
    measurements.push(await measure('288 ticks at once, then compaction', () => tick(576)));
    measurements.push({
      ...(await measureSize(join(directory, 'reference', 'state'), 'after two live days')),
    });
    await system.stop();

    const busy = await open('busy', { ...unbounded, REPLAY_BATCH_SIZE: '620' });
    await publish(busy.objects);
    await busy.scheduled(liveStart, '*/5 * * * *');
    const rows = await measure('a day of large batches at once', () =>
      busy.scheduled(liveStart + 287 * 300_000, '*/5 * * * *'),
    );
    const counted = await countedRows(busy);
    measurements.push({ ...rows, what: `287 ticks at once, ${counted} rows` });
    await busy.stop();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  print(measurements);
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(measurements)}\n`);
}

function publish(objects: ObjectStore): Promise<void> {
  const size = { stores: 54, families: 33, liveFrom: LIVE_FROM, historyDays: HISTORY_DAYS, replayDays: 2 };
  const retailer = createSyntheticRetailer(size, amount);
  // Shops are open by day, and some series are not promoted.
  const curve = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 22 ? 1 / 14 : 0));
  return publishRetailer(objects, {
    ...retailer,
    daySheet: (day) => {
      const sheet = retailer.daySheet(day);
      const curves = Object.fromEntries(Object.keys(sheet.curves).map((store) => [store, curve]));
      return { ...sheet, curves, onpromotion: sheet.series.map((_, s) => s % 5) };
    },
  });
}

function amount(store: number, family: number, day: DayNumber): number {
  return ((store * 37 + family * 101 + (day % 100) * 13) % 900) * 1000 + (family % 3 === 1 ? 250 : 0);
}

async function measure(what: string, work: () => Promise<void>): Promise<Measurement> {
  const cpu = await workerdCpuMs();
  const start = performance.now();
  await work();
  const wallMs = performance.now() - start;
  const after = await workerdCpuMs();
  return { what, wallMs, cpuMs: cpu === null || after === null ? null : after - cpu };
}

function perRun(what: string, { wallMs, cpuMs }: Measurement, runs: number): Measurement {
  return { what, wallMs: wallMs / runs, cpuMs: cpuMs === null ? null : cpuMs / runs };
}

/** Processor time of this process's children so far; null without /proc. */
async function workerdCpuMs(): Promise<number | null> {
  try {
    const tasks = await readdir('/proc/self/task');
    const lists = await Promise.all(
      tasks.map((task) => readFile(`/proc/self/task/${task}/children`, 'utf8')),
    );
    let ticks = 0;
    for (const pid of lists.join(' ').split(' ').filter(Boolean)) {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      ticks += Number(fields[11]) + Number(fields[12]);
    }
    return (ticks * 1000) / CLOCK_TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

/** The size of the store's database, in words. */
async function measureSize(directory: string, when: string): Promise<Measurement> {
  const files = await readdir(directory, { recursive: true });
  const megabytes = async (suffix: string) => {
    const matching = files.filter((file) => file.includes('SalesStoreObject') && file.endsWith(suffix));
    const sizes = await Promise.all(matching.map(async (file) => (await stat(join(directory, file))).size));
    // The objects' directory also holds a small database of the runtime.
    return (Math.max(0, ...sizes) / 1e6).toFixed(1);
  };
  const what = `database ${when}: ${await megabytes('.sqlite')} MB, its journal ${await megabytes('-wal')} MB`;
  return { what, wallMs: 0, cpuMs: null };
}

async function countedRows(system: LocalSystem): Promise<number> {
  const response = await system.fetch('/v1/pipeline');
  const text = await response.text();
  return Number(/"rows":(\d{3,})/.exec(text)?.[1] ?? 0);
}

function print(measurements: readonly Measurement[]): void {
  const table = new Table({ head: ['what', 'wall ms', 'workerd CPU ms'] });
  for (const { what, wallMs, cpuMs } of measurements) {
    table.push([what, wallMs === 0 ? '' : wallMs.toFixed(1), cpuMs === null ? '' : cpuMs.toFixed(1)]);
  }
  process.stdout.write(`${table}\n`);
}
