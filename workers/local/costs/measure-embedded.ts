import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { createBusinessClock, DEFAULT_TIME_ZONE } from '../../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import { SLOTS_PER_DAY, TICK_MS, TICKS_PER_WEEK } from '../../../shared/calendar/tick.ts';
import { createDurableSalesStore } from '../../../shared/sales-store/durable/durable-sales-store.ts';
import {
  type MeteredAnswer,
  type MeteredCall,
  reviveColumns,
} from '../../../shared/sales-store/durable/metered-call.ts';
import { createPartitionedStore } from '../../../shared/sales-store/partitioned/partitioned-store.ts';
import { aggregatePartitions } from '../../aggregator/aggregate-partitions.ts';
import { producePartitions } from '../../producer/produce-partitions.ts';
import { measureApi } from './measure-api.ts';
import { LIVE_FROM } from './measure-pipeline.ts';
import { CountingObjects } from './meter.ts';
import { createSyntheticRetailer, publishRetailer } from './synthetic-retailer.ts';
import { type Measurements, sum, times, type Usage } from './usage.ts';

const COMPATIBILITY_DATE = '2026-10-01';
const OBJECT = fileURLToPath(
  new URL('../../../shared/sales-store/durable/metered-sales-store.ts', import.meta.url),
);
const CYCLES = 24;
const LAST_TICK_OF_DAY = SLOTS_PER_DAY - 1;
/** One record of the producer and one of the aggregator, in an object of their own. */
const RECORDS_PER_CYCLE = 2;
const LIMITS = { maxEntries: TICKS_PER_WEEK, storesPerRun: 60, compactSeriesPerRun: 2000 };
const run = promisify(execFile);

/**
 * Usage of the standalone deployment's Durable Object at the reference size: producer, aggregator and API over the
 * real object in workerd, its rows counted by SQLite's own cursors.
 */
export async function measureEmbedded(
  root: string,
  size: { readonly stores: number; readonly families: number; readonly batchSize: number },
): Promise<Measurements> {
  const directory = await mkdtemp(join(tmpdir(), 'metered-store-'));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new Log(LogLevel.ERROR),
      compatibilityDate: COMPATIBILITY_DATE,
      modules: true,
      script: await bundle(directory),
      durableObjects: { SALES_STORE: { className: 'MeteredStoreObject', useSQLite: true } },
    }),
  );
  try {
    const url = await miniflare.ready;
    let used = { object_requests: 0, object_rows_read: 0, object_rows_written: 0 };
    const call = async (request: MeteredCall): Promise<unknown> => {
      const headers = { 'accept-encoding': 'identity' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) });
      if (!response.ok) throw new Error(`${request.method}: ${await response.text()}`);
      const metered = JSON.parse(await response.text(), reviveColumns) as MeteredAnswer;
      const { answer, rowsRead, rowsWritten } = metered;
      used = {
        object_requests: used.object_requests + 1,
        object_rows_read: used.object_rows_read + rowsRead,
        object_rows_written: used.object_rows_written + rowsWritten,
      };
      return answer;
    };
    const objects = new CountingObjects();
    const measure = async (work: () => Promise<unknown>): Promise<Usage> => {
      used = { object_requests: 0, object_rows_read: 0, object_rows_written: 0 };
      const before = objects.operations();
      await work();
      return sum([used, objects.operations(), times(before, -1)]);
    };
    const object = new Proxy({} as Record<string, unknown>, {
      get:
        (_, method: string) =>
        (...args: readonly unknown[]) =>
          call({ method, args }),
    });
    const store = createPartitionedStore([createDurableSalesStore({ getByName: () => object })]);
    const { stores, families, batchSize } = size;
    const retailer = createSyntheticRetailer({
      stores,
      families,
      liveFrom: LIVE_FROM,
      historyDays: 60,
      replayDays: 2,
    });
    await publishRetailer(objects, retailer);
    const clock = createBusinessClock(DEFAULT_TIME_ZONE);
    const liveStart = clock.startOf(toDayNumber(LIVE_FROM));
    const cycle = async (n: number) => {
      const now = liveStart + n * TICK_MS;
      const replay = { batchSize, maxTicks: TICKS_PER_WEEK, scenario: undefined };
      await producePartitions({ store, objects, clock, now, ...replay });
      await aggregatePartitions({ store, objects, clock, now, ...LIMITS });
    };
    await cycle(0);
    const cycles = await measure(async () => {
      for (let n = 1; n <= CYCLES; n++) await cycle(n);
    });
    await cycle(LAST_TICK_OF_DAY);
    const closing = await measure(() => cycle(LAST_TICK_OF_DAY + 1));
    const mean = times(cycles, 1 / CYCLES);
    const api = await measureApi(root, { store, objects, meter: { measure } });
    return {
      // One cron for all processes.
      cycle: sum([mean, { object_requests: RECORDS_PER_CYCLE, worker_requests: 1 }]),
      dayClose: sum([closing, times(mean, -1)]),
      ...api,
      held: { r2_storage_bytes: objects.usage().r2_storage_bytes },
    };
  } finally {
    await miniflare.dispose();
    await rm(directory, { recursive: true, force: true });
  }
}

async function bundle(directory: string): Promise<string> {
  const config = join(directory, 'wrangler.json');
  await writeFile(
    config,
    JSON.stringify({ name: 'x', main: OBJECT, compatibility_date: COMPATIBILITY_DATE }),
  );
  await run('wrangler', ['deploy', '--dry-run', '--outdir', directory, '--config', config], {
    cwd: directory,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
  });
  return readFile(join(directory, 'metered-sales-store.js'), 'utf8');
}
