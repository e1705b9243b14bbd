/**
 * Processor time of one invocation of each Worker of the split deployment, at the reference size and with the default
 * limits; the free plan allows 10 ms. Measured from outside as the time of the whole workerd process (Linux only),
 * which also simulates R2 and handles the network. A run without work shows that share, and the last column is what
 * exceeds it.
 *
 * @module
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { startRedisBridge } from '../../workers/local/redis-bridge/redis-bridge.ts';
import {
  buildSplitWorkers,
  openSplitSystem,
  type SplitSystem,
} from '../../workers/local/system/split-system.ts';
import { travel } from '../../workers/trainer/data/import/time-travel.ts';
import { generateSyntheticDataset } from '../../workers/trainer/data/synthetic/generate-dataset.ts';
import { publishDataset } from '../../workers/trainer/publish/publish-dataset.ts';

const TODAY = '2026-11-18';
/** Midnight in Guayaquil. */
const START = Date.parse(`${TODAY}T05:00:00Z`);
const TICK = 300_000;
const CLOCK_TICK_MS = 10;
const KEY = 'a-key-for-the-benchmark';

interface Measurement {
  readonly what: string;
  readonly runs: number;
  readonly cpuMs: number;
  /** In excess of an invocation without work. */
  readonly ownMs: number;
}

export async function run(args: readonly string[]): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const directory = await mkdtemp(join(tmpdir(), 'invocations-bench-'));
  const bridge = await startRedisBridge({ dataDir: join(directory, 'redis') });
  try {
    const system = await openSplitSystem({
      builds: await buildSplitWorkers(root, join(directory, 'worker')),
      dataDir: directory,
      host: '127.0.0.1',
      port: 0,
      vars: {
        UPSTASH_REDIS_REST_URL: bridge.url,
        UPSTASH_REDIS_REST_TOKEN: bridge.token,
        INGEST_API_KEYS: KEY,
        // A run that follows another is an invocation of its own.
        AGGREGATE_FOLLOW_UPS_PER_HOUR: '0',
      },
      readOnlyToken: bridge.readOnlyToken,
      onLog: (_, message) => process.stderr.write(`${message}\n`),
    });
    try {
      const { dataset } = generateSyntheticDataset({ firstDate: '2016-05-01' });
      await publishDataset(travel(dataset, TODAY), { liveFrom: TODAY, now: new Date() }, system.objects);
      const measurements = await measureAll(system);
      print(measurements);
      if (args.includes('--json')) process.stdout.write(`${JSON.stringify(measurements)}\n`);
    } finally {
      await system.stop();
    }
  } finally {
    await bridge.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureAll(system: SplitSystem): Promise<Measurement[]> {
  const all: Measurement[] = [];
  let idleMs = 0;
  const measure = async (what: string, runs: number, work: (run: number) => Promise<void>) => {
    const before = await workerdCpuMs();
    for (let n = 0; n < runs; n++) await work(n);
    const cpuMs = ((await workerdCpuMs()) - before) / runs;
    all.push({ what, runs, cpuMs, ownMs: cpuMs - idleMs });
  };
  await measure('aggregator: first run, import as many stores as it may', 1, () =>
    system.run('aggregator', START),
  );
  await measure('aggregator: import, as many stores as one run may', 10, () =>
    system.run('aggregator', START),
  );
  for (let n = 0; n < 54; n++) await system.run('aggregator', START);
  await measure('aggregator: nothing to do', 60, () => system.run('aggregator', START));
  idleMs = all.at(-1)?.cpuMs ?? 0;
  // In the afternoon: there are no sales at night.
  const noon = START + 150 * TICK;
  await measure('producer: first run, backlog, 12 ticks of 50 rows', 1, () => system.run('producer', noon));
  await measure('producer: backlog, 12 ticks of 50 rows', 11, () => system.run('producer', noon));
  await measure('aggregator: backlog, as many entries as one run takes', 10, () =>
    system.run('aggregator', noon),
  );
  await settle(system, noon);
  let tick = noon;
  await measure('producer: 1 tick of 50 rows', 60, async () => {
    tick += TICK;
    await system.run('producer', tick);
  });
  await settle(system, tick);
  for (let n = 0; n < 40; n++) {
    tick += TICK;
    await system.run('producer', tick);
    await measure('aggregator: 1 entry of 50 rows', 1, () => system.run('aggregator', tick));
  }
  const single = all.splice(-40);
  all.push({
    what: 'aggregator: 1 entry of 50 rows',
    runs: 40,
    cpuMs: single.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / 40,
    ownMs: single.reduce((sum, { ownMs }) => sum + ownMs, 0) / 40,
  });
  for (const rows of [1, 1000, 5000]) {
    await measure(`API and producer: ${rows} sales in one request`, rows === 5000 ? 5 : 30, (n) =>
      send(system, tick, rows, `${rows} ${n}`),
    );
    if (rows === 5000) {
      await measure('aggregator: sent sales, as many as one run takes', 20, () =>
        system.run('aggregator', tick),
      );
    }
    await settle(system, tick);
  }
  const midnight = START + 288 * TICK;
  while (tick < midnight) {
    tick = Math.min(midnight, tick + 12 * TICK);
    await system.run('producer', tick);
    await settle(system, Math.min(tick, midnight - TICK));
  }
  await measure('aggregator: a day closes, one run of compaction', 20, () =>
    system.run('aggregator', midnight),
  );
  return all;
}

/** Counts the waiting transactions without measuring. */
async function settle(system: SplitSystem, now: number): Promise<void> {
  for (let run = 0; run < 200; run++) {
    const [partition] = system.store.partitions;
    if (!partition || (await partition.store.status()).waitingEntries === 0) return;
    await system.run('aggregator', now);
  }
}

async function send(system: SplitSystem, ts: number, count: number, name: string): Promise<void> {
  const families = ['BEVERAGES', 'DAIRY', 'GROCERY I', 'PRODUCE'];
  const rows = Array.from({ length: count }, (_, i) => ({
    id: `till 7/${name}/${i}`,
    ts: ts - i,
    store_nbr: 1 + (i % 54),
    family: families[i % 4],
    units: 1 + (i % 7) / 4,
    onpromotion: 0,
  }));
  const response = await fetch(new URL('/v1/transactions', system.url), {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(rows),
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
}

/** Processor time of this process's workerd so far. */
async function workerdCpuMs(): Promise<number> {
  const tasks = await readdir('/proc/self/task');
  const lists = await Promise.all(tasks.map((task) => readFile(`/proc/self/task/${task}/children`, 'utf8')));
  let ticks = 0;
  for (const pid of lists.join(' ').split(' ').filter(Boolean)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (!/\(workerd/.test(stat)) continue;
    const fields = stat.split(') ')[1]?.split(' ') ?? [];
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * CLOCK_TICK_MS;
}

function print(measurements: readonly Measurement[]): void {
  const table = new Table({ head: ['invocation', 'runs', 'CPU ms', 'beyond idle'] });
  for (const { what, runs, cpuMs, ownMs } of measurements) {
    table.push([what, runs, cpuMs.toFixed(1), ownMs.toFixed(1)]);
  }
  process.stdout.write(`${table}\n`);
}
