import { loadavg } from 'node:os';
import type { SalesStore } from '../../shared/sales-store/sales-store.ts';
import { createUpstashClient } from '../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../shared/sales-store/upstash/upstash-sales-store.ts';
import { parseSeriesKey } from '../../shared/schemas/series.ts';
import type { Transaction } from '../../shared/schemas/transaction.ts';
import { parseAggregatorConfiguration } from '../../workers/aggregator/configuration.ts';
import { type RedisBridge, subtractCalls } from '../../workers/local/redis-bridge/redis-bridge.ts';
import { parseProducerConfiguration } from '../../workers/producer/configuration.ts';
import { createTransactionIntake } from '../../workers/producer/ingest/transaction-intake.ts';
import { createPipeline, type PipelineFixture, tickAt } from '../support/pipeline/pipeline-fixture.ts';
import { type CommandLoop, createCommandLoop } from './redis/command-loop.ts';
import { withBridge } from './redis/with-bridge.ts';

const ROUNDS = 5;
/** Transactions of a round: the loop takes batches of 50, deliveries hold 5,000. */
const LOOP_BATCHES = 4;
const LOOP_BATCH = 50;
const DELIVERIES = 2;
const DELIVERY = 5000;
const CYCLES = 10;
const BACKLOG_DELIVERIES = 20;
const VARIABLES = { BUSINESS_TIME_ZONE: 'America/Guayaquil' };

/**
 * `npm run bench -- ingest [--json]`: transactions per second from a delivery's body through the stream into the
 * buckets, on a real redis-server at the reference size and with the edge's own limits for each run, compared with a
 * loop of one command per request. Both alternate, so that other load counts for both. Then five-minute cycles of 50 as
 * in production, and a backlog.
 */
export async function run(args: readonly string[]): Promise<void> {
  const figures = await withBridge(measure);
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(36)} ${value}`);
  console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
  if (args.includes('--json')) console.log(JSON.stringify(figures));
}

async function measure(bridge: RedisBridge) {
  const pipeline = await createPipeline({ stores: 54, families: 33, historyDays: 20, batchSize: 50 });
  const client = createUpstashClient(bridge);
  const store = createUpstashSalesStore(client);
  await pipeline.aggregate(store, tickAt(0));
  await pipeline.produce(store, tickAt(1));
  const loop = await createCommandLoop(client, 'loop:');
  const ours = createPath(pipeline, store);

  // One unmeasured round: it compiles code and opens connections.
  await ours.deliver(1);
  await ours.drain();
  await loop.run(ours.transactions(LOOP_BATCH));
  const rounds: { loop: number; ours: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const byLoop = await rateOf(() => runLoop(loop, ours.transactions(LOOP_BATCHES * LOOP_BATCH)));
    const byUs = await rateOf(async () => {
      const sent = await ours.deliver(DELIVERIES);
      const counted = await ours.drain();
      if (counted !== sent) throw new Error(`${sent} transactions were sent, but ${counted} counted`);
      return counted;
    });
    rounds.push({ loop: byLoop, ours: byUs });
  }

  const before = await bridge.billedCommands();
  const cycleRate = await rateOf(async () => {
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      await pipeline.produce(store, tickAt(2 + cycle));
      await pipeline.aggregate(store, tickAt(2 + cycle));
    }
    return CYCLES * 50;
  });
  const billed = [...subtractCalls(await bridge.billedCommands(), before).values()].reduce(
    (a, b) => a + b,
    0,
  );

  const waiting = await ours.deliver(BACKLOG_DELIVERIES);
  const start = performance.now();
  const drained = await ours.drain();
  const drainSeconds = (performance.now() - start) / 1000;
  if (drained !== waiting) throw new Error(`${waiting} transactions waited, but ${drained} were counted`);

  const median = (rates: readonly number[]) =>
    rates.toSorted((a, b) => a - b)[rates.length >> 1] ?? Number.NaN;
  const loopRate = median(rounds.map((round) => round.loop));
  return {
    ratio: round(median(rounds.map((one) => one.ours / one.loop))),
    ratio_lowest_round: round(Math.min(...rounds.map((one) => one.ours / one.loop))),
    transactions_per_second: Math.round(median(rounds.map((one) => one.ours))),
    loop_transactions_per_second: Math.round(loopRate),
    ratio_in_cycles_of_50: round(cycleRate / loopRate),
    commands_per_cycle: round(billed / CYCLES),
    loop_commands_per_cycle: 5 * LOOP_BATCH + 1,
    drained_transactions: drained,
    drain_seconds: round(drainSeconds),
  };
}

/** Deliveries through the producer's own intake, counted by the aggregator's own runs. */
function createPath(pipeline: PipelineFixture, store: SalesStore) {
  const { objects, clock, series } = pipeline;
  const intake = createTransactionIntake({
    store,
    objects,
    clock,
    limits: parseProducerConfiguration(VARIABLES).ingest,
    now: () => tickAt(1),
  });
  const { maxEntries, maxCharacters } = parseAggregatorConfiguration(VARIABLES);
  let numbered = 0;
  const transactions = (count: number): Transaction[] =>
    Array.from({ length: count }, () => {
      const number = numbered++;
      const { storeNbr, family } = parseSeriesKey(series[(number * 37) % series.length] ?? '');
      const ts = tickAt(1) - 1 - (number % 300_000);
      return {
        id: `sale ${number}`,
        ts,
        store_nbr: storeNbr,
        family,
        units: 1 + (number % 7),
        onpromotion: 0,
      };
    });
  return {
    transactions,
    deliver: async (deliveries: number): Promise<number> => {
      let taken = 0;
      for (let i = 0; i < deliveries; i++) {
        const body = new Blob([JSON.stringify(transactions(DELIVERY))]).stream();
        const answer = await intake.takeIn({ format: 'json', body, idempotencyKey: null });
        if (answer.outcome === 'refused') throw new Error(answer.detail);
        taken += DELIVERY;
      }
      return taken;
    },
    /** Runs one after the other, as the cron would, until nothing waits. */
    drain: async (): Promise<number> => {
      let rows = 0;
      for (;;) {
        const report = await pipeline.aggregate(store, tickAt(1), { maxEntries, maxCharacters });
        rows += report.rows;
        if (report.outcome === 'idle') return rows;
      }
    },
  };
}

async function runLoop(loop: CommandLoop, transactions: readonly Transaction[]): Promise<number> {
  for (let from = 0; from < transactions.length; from += LOOP_BATCH) {
    await loop.run(transactions.slice(from, from + LOOP_BATCH));
  }
  return transactions.length;
}

/** Transactions per second of some work. */
async function rateOf(work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  return ((await work()) * 1000) / (performance.now() - start);
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
