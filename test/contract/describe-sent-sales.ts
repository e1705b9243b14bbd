import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../shared/calendar/day-number.ts';
import { parseEntryId } from '../../shared/sales-store/entry-id.ts';
import type { BucketKind } from '../../shared/sales-store/sales-store.ts';
import type { Transaction, TransactionBatch } from '../../shared/schemas/transaction.ts';
import { runAggregator } from '../../workers/aggregator/aggregate-store.ts';
import { createTransactionIntake } from '../../workers/producer/ingest/transaction-intake.ts';
import { produce } from '../../workers/producer/produce.ts';
import { MemoryObjects } from '../support/object-store/memory-objects.ts';
import { LIVE_FROM, publishSampleDataset, SERIES } from '../support/pipeline/published-dataset.ts';
import type { MakeStore } from './sales-store/context.ts';

const TICK = 300_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const clock = createBusinessClock('America/Guayaquil');
const liveStart = clock.startOf(toDayNumber(LIVE_FROM));
const REPLAYED_DAYS = 3;

/** One till's sale; its time is fixed when it is sent for the first time. */
interface Sale {
  readonly id: string;
  readonly line: number | null;
  readonly series: number;
  readonly milliUnits: number;
  /** Hours before the stream's time at the first sending. */
  readonly age: number;
  readonly promoted: number;
}

type Action =
  | { readonly ticks: number; readonly twice: boolean }
  | { readonly count: number; readonly compact: number; readonly twice: boolean }
  /** Sent by several at the same time when `at once` is more than 1; with `tick` the cron comes in between. */
  | {
      readonly send: readonly number[];
      readonly key: string | null;
      readonly atOnce: number;
      readonly bad: boolean;
      readonly tick: boolean;
    };

const POOL: readonly Sale[] = Array.from({ length: 12 }, (_, i) => ({
  // Half of them are lines of receipts.
  id: i % 2 === 0 ? `till ${i % 4}/${Math.floor(i / 4)}` : `receipt ${i % 3}`,
  line: i % 2 === 0 ? null : i,
  series: (i * 5) % SERIES.length,
  milliUnits: 1000 + i * 137,
  age: [0, 1, 30, 60][i % 4] ?? 0,
  promoted: i % 3,
}));

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ ticks: fc.constantFrom(1, 2, 150, 300), twice: fc.boolean() }),
  fc.record({
    count: fc.integer({ min: 1, max: 400 }),
    compact: fc.integer({ min: 1, max: 12 }),
    twice: fc.boolean(),
  }),
  fc.record({
    send: fc.array(fc.nat(POOL.length - 1), { minLength: 1, maxLength: 5 }),
    key: fc.constantFrom(null, null, 'k1', 'k2'),
    atOnce: fc.integer({ min: 1, max: 3 }),
    bad: fc.boolean(),
    tick: fc.boolean(),
  }),
);

/** Guayaquil is five hours behind UTC all year. */
const dateOf = (ts: number) => new Date(ts - 5 * HOUR).toISOString().slice(0, 10);

/** The ISO week of a date, counted in days from a Monday. */
function weekOf(date: string): string {
  const day = Date.parse(date) / DAY;
  const thursday = new Date((day - ((day + 3) % 7) + 3) * DAY);
  const ofYear = (thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / DAY;
  return `${thursday.getUTCFullYear()}-W${String(Math.floor(ofYear / 7) + 1).padStart(2, '0')}`;
}

/** Adds up distinct transactions, sharing no code with what counts them. */
function sumOf(rows: Iterable<Transaction>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { ts, store_nbr, family, units } of rows) {
    const date = dateOf(ts);
    for (const bucket of [
      `sales_daily ${date}`,
      `sales_weekly ${weekOf(date)}`,
      `sales_monthly ${date.slice(0, 7)}`,
    ]) {
      const key = `${bucket} ${store_nbr}:${family}`;
      sums.set(key, (sums.get(key) ?? 0) + Math.round(units * 1000));
    }
  }
  return sums;
}

async function openPipeline(makeStore: MakeStore) {
  const store = await makeStore();
  const objects = new MemoryObjects();
  await publishSampleDataset(objects);
  const limits = {
    maxRows: 100,
    maxBytes: 100_000,
    rowsPerEntry: 2,
    maxUnits: 1000,
    maxAheadMs: HOUR,
    maxLateMs: 4 * DAY,
  };
  const intake = createTransactionIntake({ store, objects, clock, limits, now: () => 0 });
  return {
    store,
    produce: (now: number) => produce({ store, objects, clock, now, batchSize: 4, maxTicks: 2000 }),
    aggregate: (now: number, maxEntries: number, compactSeriesPerRun: number) =>
      runAggregator({ store, objects, clock, now, maxEntries, storesPerRun: 60, compactSeriesPerRun }),
    send: (rows: readonly unknown[], idempotencyKey: string | null) => {
      const body = new Blob([rows.map((row) => JSON.stringify(row)).join('\n')]).stream();
      return intake.takeIn({ format: 'ndjson', body, idempotencyKey });
    },
    asOf: async () => {
      const { newestEntry } = await store.status();
      return newestEntry === null ? liveStart : Math.max(liveStart, parseEntryId(newestEntry).instant);
    },
  };
}

type Pipeline = Awaited<ReturnType<typeof openPipeline>>;

/** Everything that differs from the sum of the distinct transactions, as text. */
async function findDifferences(
  { store }: Pipeline,
  sent: ReadonlyMap<string, Transaction>,
  lastClosed: string,
): Promise<string[]> {
  const entries = await store.readStream(null, 10_000);
  const ticks = entries.filter(({ id }) => id.endsWith('-0'));
  const replayed = ticks.flatMap(({ payload }) => (JSON.parse(payload) as TransactionBatch).transactions);
  const expected = sumOf([...replayed, ...sent.values()]);
  const differences: string[] = [];
  const buckets = new Set([...expected.keys()].map((key) => key.split(' ').slice(0, 2).join(' ')));
  for (const bucket of buckets) {
    const [kind, period] = bucket.split(' ') as [BucketKind, string];
    const { fields } = await store.readBucket(kind, period);
    const opening = await store.readOpening(kind, period);
    for (const series of SERIES) {
      const should = (expected.get(`${bucket} ${series}`) ?? 0) + (opening[series] ?? 0);
      if ((fields[series] ?? 0) !== should)
        differences.push(`${bucket} ${series}: ${fields[series]}, not ${should}`);
    }
  }
  for (const series of SERIES) {
    const reading = await store.readSeries(series, lastClosed);
    const days = Math.round((Date.parse(lastClosed) - Date.parse(LIVE_FROM)) / DAY) + 1;
    for (let back = 0; back < days; back++) {
      const date = new Date(Date.parse(lastClosed) - back * DAY).toISOString().slice(0, 10);
      const sold = reading?.milliUnits.at(-1 - back);
      const should = expected.get(`sales_daily ${date} ${series}`) ?? 0;
      if (sold !== should && !(sold === -1 && should === 0)) {
        differences.push(`history of ${series} on ${date}: ${sold}, not ${should}`);
      }
    }
  }
  return differences;
}

/** What sending sales must do to the buckets, over any adapter. */
export function describeSentSales(makeStore: MakeStore, numRuns: number): void {
  describe('sent sales', () => {
    it('count once beside the replay, whatever is repeated, late, at the same time, or compacted already', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 18 }), async (actions) => {
          const pipeline = await openPipeline(makeStore);
          await pipeline.aggregate(liveStart, 10, 10);
          const sent = new Map<string, Transaction>();
          const rowOf = new Map<number, Transaction>();
          let now = liveStart;
          for (const next of actions) {
            if ('ticks' in next) {
              now = Math.min(now + next.ticks * TICK, liveStart + REPLAYED_DAYS * DAY - TICK);
              const runs = next.twice
                ? [pipeline.produce(now), pipeline.produce(now)]
                : [pipeline.produce(now)];
              for (const { conflicts } of await Promise.all(runs)) expect(conflicts).toBe(0);
            } else if ('count' in next) {
              const run = () => pipeline.aggregate(now, next.count, next.compact);
              await Promise.all(next.twice ? [run(), run()] : [run()]);
            } else {
              const asOf = await pipeline.asOf();
              const rows = next.send.map((index) => {
                const row = rowOf.get(index) ?? makeRow(POOL[index], asOf);
                rowOf.set(index, row);
                return row;
              });
              const bad = next.bad ? [{ ...rows[0], id: 'bad', family: 'UNKNOWN' }] : [];
              const deliver = () => pipeline.send([...bad, ...rows], next.key);
              const answers = await Promise.all([
                ...Array.from({ length: next.atOnce }, deliver),
                ...(next.tick ? [pipeline.produce(now).then(() => null)] : []),
              ]);
              for (const answer of answers) {
                if (answer?.outcome === 'refused') expect(answer.code).toBe('idempotency-conflict');
                else if (answer) expect(answer.body.rejected).toHaveLength(bad.length);
              }
              const taken = answers.some((answer) => answer !== null && answer.outcome !== 'refused');
              if (taken) for (const row of rows) sent.set(`${row.store_nbr} ${row.id} ${row.line}`, row);
            }
          }
          await settle(pipeline, now);
          expect((await pipeline.store.status()).deadLetters).toBe(0);
          // No tick was skipped for a delivery that came before it.
          const ids = (await pipeline.store.readStream(null, 10_000)).map(({ id }) => id);
          expect(ids.filter((id) => id.endsWith('-0'))).toHaveLength((now - liveStart) / TICK);
          const lastClosed = dateOf((await pipeline.asOf()) - DAY);
          expect(await findDifferences(pipeline, sent, lastClosed)).toEqual([]);
        }),
        { numRuns },
      );
    });

    it('of a compacted day come into its packed history, its week and its month', async () => {
      const pipeline = await openPipeline(makeStore);
      await pipeline.aggregate(liveStart, 10, 10);
      const now = liveStart + 2 * DAY + 10 * TICK;
      await settle(pipeline, now);
      const { store } = pipeline;
      expect((await store.status()).compactedThrough).toBe('2026-01-08');
      const read = async () => (await store.readSeries('2:DAIRY', '2026-01-08'))?.milliUnits.slice(-2) ?? [];
      const [first = 0, second = 0] = await read();
      const late = {
        id: 'late',
        ts: liveStart + 3 * HOUR,
        store_nbr: '2',
        family: 'DAIRY',
        units: 7.125,
        onpromotion: 2,
      };
      expect(await pipeline.send([late], null)).toMatchObject({ outcome: 'taken', body: { accepted: 1 } });
      await pipeline.aggregate(now, 10, 1);
      expect(await read()).toEqual(Int32Array.of(first + 7125, second));
      await settle(pipeline, now);
      expect((await store.status()).compactedThrough).toBe('2026-01-08');
      expect(await read()).toEqual(Int32Array.of(first + 7125, second));
      expect(await findDifferences(pipeline, new Map([['2 late', late]]), '2026-01-08')).toEqual([]);
    });
  });
}

function makeRow(sale: Sale | undefined, asOf: number): Transaction {
  if (!sale) throw new RangeError('no such sale');
  const [store = '', family = ''] = (SERIES[sale.series] ?? '').split(':');
  return {
    id: sale.id,
    ts: Math.max(liveStart, asOf - sale.age * HOUR),
    store_nbr: store,
    family,
    units: sale.milliUnits / 1000,
    onpromotion: sale.promoted,
    ...(sale.line !== null && { line: sale.line }),
  };
}

/** Crons go on until everything is counted and compacted. */
async function settle(pipeline: Pipeline, now: number): Promise<void> {
  for (let run = 0; run < 50; run++) {
    await pipeline.produce(now);
    const { outcome, compactionRemaining } = await pipeline.aggregate(now, 2000, 2000);
    if (run > 1 && outcome === 'idle' && compactionRemaining === 0) return;
  }
  throw new Error('the pipeline never came to rest');
}
