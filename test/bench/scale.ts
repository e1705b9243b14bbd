/**
 * The stream in 1, 2, 4 and 8 partitions: the real producer and aggregator over a real redis-server, one tick at a
 * time, in one process. Reports how many transactions per second are replayed, streamed and counted, their cost in
 * commands, bytes and memory, and how that compares with a million transactions an hour.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { createPartitionedStore } from '../../shared/sales-store/partitioned/partitioned-store.ts';
import { partitionNamespace } from '../../shared/sales-store/upstash/keys.ts';
import { createUpstashClient } from '../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../shared/sales-store/upstash/upstash-sales-store.ts';
import { aggregatePartitions } from '../../workers/aggregator/aggregate-partitions.ts';
import {
  type RedisBridge,
  startRedisBridge,
  subtractCalls,
} from '../../workers/local/redis-bridge/redis-bridge.ts';
import { producePartitions } from '../../workers/producer/produce-partitions.ts';
import { MemoryObjects } from '../support/object-store/memory-objects.ts';
import { countTraffic, type Traffic } from './scale/count-bytes.ts';
import { clock, publishSynthetic, tickAt } from './scale/dataset.ts';

const STORES = 250;
const PRODUCTS = 336;
/** A million transactions an hour. */
const TARGET_PER_SECOND = 1e6 / 3600;
const FULL_TICK = Math.ceil(1e6 / 12);
/** The share of one of eight partitions. */
const EIGHTH_TICK = Math.ceil(FULL_TICK / 8);
const TIMED_TICKS = 2;
const LIMITS = { maxEntries: 24, storesPerRun: STORES, compactSeriesPerRun: 1 };

interface Result {
  readonly partitions: number;
  readonly rows_per_tick: number;
  readonly transactions_per_second: number;
  /** Throughput as a multiple of a million an hour. */
  readonly headroom: number;
  /** The load of each partition at a million an hour. */
  readonly per_partition_at_target: number;
  readonly produce_ms_per_tick: number;
  readonly aggregate_ms_per_tick: number;
  readonly commands_per_tick: number;
  readonly commands_per_1000_transactions: number;
  readonly requests_per_tick: number;
  readonly bytes_per_transaction: number;
  readonly largest_request_bytes: number;
  readonly stream_bytes_per_transaction: number;
  readonly memory_bytes_per_field: number;
}

export async function run(args: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'scale-bench-'));
  const bridge = await startRedisBridge({ dataDir: directory });
  const objects = new MemoryObjects();
  const results: Result[] = [];
  let refused: string | null = null;
  try {
    await publishSynthetic(objects, { stores: STORES, products: PRODUCTS });
    const takeTraffic = countTraffic();
    for (const [partitions, rows] of [
      [1, EIGHTH_TICK],
      [2, EIGHTH_TICK],
      [4, EIGHTH_TICK],
      [8, EIGHTH_TICK],
      [8, FULL_TICK],
    ] as const) {
      results.push(await measure({ bridge, objects, partitions, rows, takeTraffic }));
      process.stderr.write(`${partitions} partitions, ${rows} rows a tick: done\n`);
    }
    refused = await measure({ bridge, objects, partitions: 1, rows: FULL_TICK, takeTraffic }).then(
      () => null,
      (error: unknown) => String(error),
    );
  } finally {
    await bridge.stop();
    await rm(directory, { recursive: true, force: true });
  }
  print(results, refused);
  if (args.includes('--json')) {
    const at = (count: number, rows: number) =>
      results.find((one) => one.partitions === count && one.rows_per_tick === rows)
        ?.transactions_per_second ?? Number.NaN;
    process.stdout.write(
      `${JSON.stringify({
        target_per_second: TARGET_PER_SECOND,
        ratio_8_to_1: at(8, EIGHTH_TICK) / at(1, EIGHTH_TICK),
        headroom_at_full_load: at(8, FULL_TICK) / TARGET_PER_SECOND,
        full_tick_in_one_partition: refused ?? 'taken',
        results,
      })}\n`,
    );
  }
}

interface Setting {
  readonly bridge: RedisBridge;
  readonly objects: MemoryObjects;
  readonly partitions: number;
  readonly rows: number;
  readonly takeTraffic: () => Traffic;
}

async function measure({ bridge, objects, partitions, rows, takeTraffic }: Setting): Promise<Result> {
  const client = createUpstashClient({ url: bridge.url, token: bridge.token, timeoutMs: 120_000 });
  const stores = Array.from({ length: partitions }, (_, index) => {
    const namespace = `${partitions} of ${rows}:${partitionNamespace(index)}`;
    return createUpstashSalesStore(client, { namespace });
  });
  const store = createPartitionedStore(stores);
  const produce = (tick: number) =>
    persist(() =>
      producePartitions({ store, objects, clock, now: tickAt(tick), batchSize: rows, maxTicks: 1 }),
    );
  const count = (tick: number) =>
    persist(() => aggregatePartitions({ store, objects, clock, now: tickAt(tick), ...LIMITS }));
  // The first run opens and imports; the first tick warms up the code and fills empty buckets.
  await count(0);
  const empty = await bridge.usedMemory();
  await produce(1);
  const streamed = await bridge.usedMemory();
  await count(1);
  const memory = {
    stream: (streamed - empty) / rows,
    field: ((await bridge.usedMemory()) - streamed) / (await countFields(store)),
  };

  const commands = await bridge.billedCommands();
  let [produceMs, aggregateMs] = [0, 0];
  takeTraffic();
  for (let tick = 2; tick < 2 + TIMED_TICKS; tick++) {
    const start = performance.now();
    await produce(tick);
    const middle = performance.now();
    await count(tick);
    produceMs += middle - start;
    aggregateMs += performance.now() - middle;
  }
  const traffic = takeTraffic();
  const calls = subtractCalls(await bridge.billedCommands(), commands);
  const { waitingEntries, deadLetters } = await store.status();
  if (waitingEntries + deadLetters > 0) throw new Error(`${waitingEntries} entries were not counted`);
  const sent = rows * TIMED_TICKS;
  const billed = [...calls.values()].reduce((sum, calls) => sum + calls, 0);
  const perSecond = (sent * 1000) / (produceMs + aggregateMs);
  return {
    partitions,
    rows_per_tick: rows,
    transactions_per_second: round(perSecond),
    headroom: round(perSecond / TARGET_PER_SECOND),
    per_partition_at_target: round(TARGET_PER_SECOND / partitions),
    produce_ms_per_tick: round(produceMs / TIMED_TICKS),
    aggregate_ms_per_tick: round(aggregateMs / TIMED_TICKS),
    commands_per_tick: round(billed / TIMED_TICKS),
    commands_per_1000_transactions: round((billed * 1000) / sent),
    requests_per_tick: round(traffic.requests / TIMED_TICKS),
    bytes_per_transaction: round((traffic.sent + traffic.received) / sent),
    largest_request_bytes: traffic.largestRequest,
    stream_bytes_per_transaction: round(memory.stream),
    memory_bytes_per_field: round(memory.field),
  };
}

/** Repeats a run after a network failure, as the next cron would; completed work is kept. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 3) throw error;
      process.stderr.write(`again: ${String(error)}\n`);
    }
  }
}

/** Values in the buckets of the day, its week and its month. */
async function countFields(store: ReturnType<typeof createPartitionedStore>): Promise<number> {
  let fields = 0;
  for (const [kind, period] of [
    ['sales_daily', '2026-01-07'],
    ['onpromotion_daily', '2026-01-07'],
    ['sales_weekly', '2026-W02'],
    ['sales_monthly', '2026-01'],
  ] as const) {
    fields += Object.keys((await store.readBucket(kind, period)).fields).length;
  }
  return fields;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function print(results: readonly Result[], refused: string | null): void {
  const table = new Table({
    head: [
      'partitions',
      'rows/tick',
      'tx/s',
      'x 1 M/h',
      'produce ms',
      'count ms',
      'commands',
      'per 1,000',
      'B/tx',
    ],
  });
  for (const one of results) {
    table.push([
      one.partitions,
      one.rows_per_tick,
      one.transactions_per_second,
      one.headroom,
      one.produce_ms_per_tick,
      one.aggregate_ms_per_tick,
      one.commands_per_tick,
      one.commands_per_1000_transactions,
      one.bytes_per_transaction,
    ]);
  }
  process.stdout.write(`${table}\n`);
  const last = results.at(-1);
  process.stdout.write(
    `memory: ${last?.stream_bytes_per_transaction} bytes a transaction in the stream, ` +
      `${last?.memory_bytes_per_field} bytes a field in the buckets\n`,
  );
  process.stdout.write(`a tick of ${FULL_TICK} rows in one partition: ${refused ?? 'was taken'}\n`);
}
