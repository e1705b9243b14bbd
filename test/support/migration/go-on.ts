import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { DAY_MS, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { TICK_MS } from '../../../shared/calendar/tick.ts';
import { BUCKET_KINDS, type SalesStore, type StoreStatus } from '../../../shared/sales-store/sales-store.ts';
import { type AggregatorReport, runAggregator } from '../../../workers/aggregator/aggregate-store.ts';
import { createTransactionIntake } from '../../../workers/producer/ingest/transaction-intake.ts';
import { produce } from '../../../workers/producer/produce.ts';

const clock = createBusinessClock('America/Guayaquil');
const liveStart = clock.startOf(toDayNumber('2026-01-07'));
/** The instant at which tick `n` of the replay is due; tick 288 closes the first day. */
const tickAt = (n: number) => liveStart + n * TICK_MS;

const LIMITS = {
  maxRows: 5000,
  maxBytes: 2_000_000,
  rowsPerEntry: 3,
  maxUnits: 10_000,
  maxAheadMs: 3_600_000,
  maxLateMs: 4 * DAY_MS,
};
/** Days, weeks and months that the sales of the fixture touch. */
const PERIODS = {
  sales_daily: ['2026-01-06', '2026-01-07', '2026-01-08'],
  sales_weekly: ['2026-W01', '2026-W02'],
  sales_monthly: ['2025-12', '2026-01'],
  sales_intraday: ['2025-12-31', '2026-01-07', '2026-01-08'],
  onpromotion_daily: ['2026-01-07', '2026-01-08'],
  transactions_daily: ['2026-01-07', '2026-01-08'],
} as const;

/** One way through producer, intake and aggregator over a store and its published objects. */
export interface SalesSystem {
  readonly store: SalesStore;
  readonly objects: ObjectStore;
}

export const ticks = ({ store, objects }: SalesSystem, through: number) =>
  produce({ store, objects, clock, now: tickAt(through), batchSize: 1, maxTicks: 2000 });

export const count = ({ store, objects }: SalesSystem, now: number) =>
  runAggregator({
    store,
    objects,
    clock,
    now: tickAt(now),
    maxEntries: 2000,
    storesPerRun: 60,
    compactSeriesPerRun: 2000,
  });

/** Sends sales of the shops with numbers; the ids begin with the name. */
function send(system: SalesSystem, name: string, stores: readonly number[], idempotencyKey: string | null) {
  return sendRows(system, rowsOf(name, stores), idempotencyKey);
}

function rowsOf(name: string, stores: readonly number[]) {
  return stores.map((store_nbr, i) => ({
    id: `${name}/${i}`,
    ts: tickAt(200) + i,
    store_nbr,
    family: i % 2 === 0 ? 'DAIRY' : 'GROCERY I',
    units: 1.125 + i,
    onpromotion: i,
  }));
}

function sendRows({ store, objects }: SalesSystem, rows: readonly object[], idempotencyKey: string | null) {
  const body = new Blob([JSON.stringify(rows)]).stream() as ReadableStream<Uint8Array>;
  const intake = createTransactionIntake({ store, objects, clock, limits: LIMITS, now: () => tickAt(290) });
  return intake.takeIn({ format: 'json', body, idempotencyKey });
}

const FIRST = { name: 'counted', stores: [1, 2, 10, 1, 2] };
const SECOND = { name: 'waiting', stores: [10, 10, 1, 2] };

/**
 * What a store goes on to that has counted the first of the deliveries and has the second waiting: both are sent again,
 * everything that waits is counted, more ticks come, days are packed.
 *
 * @returns all that can be read afterwards, ids of stores as text
 */
export async function goOn(system: SalesSystem, series: readonly string[]): Promise<unknown> {
  const { store } = system;
  const before = await store.status();
  const again = [
    await send(system, FIRST.name, FIRST.stores, 'first'),
    await send(system, SECOND.name, SECOND.stores, 'second'),
    await send(system, SECOND.name, SECOND.stores, null),
  ];
  const reports = [
    withoutMarks(await count(system, 300)),
    await ticks(system, 310),
    withoutMarks(await count(system, 310)),
  ];
  const status = await store.status();
  const buckets: unknown[] = [];
  for (const kind of BUCKET_KINDS) {
    for (const period of PERIODS[kind]) {
      const { fields } = await store.readBucket(kind, period);
      const opening = await store.readOpening(kind, period);
      buckets.push([kind, period, sorted(fields), sorted(opening)]);
    }
  }
  const readings: unknown[] = [];
  for (const key of series) {
    const reading = await store.readSeries(key as Parameters<SalesStore['readSeries']>[0], '2026-01-07');
    readings.push(
      reading && [
        key,
        reading.firstDate,
        Array.from(reading.milliUnits),
        Array.from(reading.onpromotion),
        Array.from(reading.tickets),
      ],
    );
  }
  return JSON.parse(
    JSON.stringify({
      before: asReported(before),
      again,
      reports,
      status: asReported(status),
      buckets,
      readings,
      deadLetters: await store.readDeadLetters(100),
      stream: await store.readStream(null, 10_000),
    }),
  ) as unknown;
}

/**
 * What a store answers that remembers the ids of the second delivery, but not what they said: the same ids with other
 * units; one of them twice, once with a third content; as lines of a receipt; then ids of its own.
 */
export async function sendKnownIds(system: SalesSystem): Promise<unknown> {
  const known = rowsOf(SECOND.name, SECOND.stores);
  const changed = known.map((row) => ({ ...row, units: row.units + 1 }));
  const receipt = known.flatMap((row) => [row, { ...row, units: 7 }]);
  const lines = known.map((row, line) => ({ ...row, line }));
  const corrected = lines.map((row) => ({ ...row, family: 'BREAD/BAKERY' }));
  const answers: unknown[] = [];
  for (const rows of [changed, receipt, lines, lines, corrected]) {
    const answer = await sendRows(system, rows, null);
    if (answer.outcome === 'refused') throw new Error(answer.detail);
    const { accepted, duplicates, rejected } = answer.body;
    answers.push([accepted, duplicates.map(({ row }) => row), rejected.map(({ row, code }) => [row, code])]);
  }
  return answers;
}

/** What `sendKnownIds` must be answered: rows accepted, duplicates, rejected rows with their codes. */
export const KNOWN_IDS_ANSWERS = [
  [0, [0, 1, 2, 3], []],
  [0, [0, 2, 4, 6], [1, 3, 5, 7].map((row) => [row, 'conflict'])],
  [4, [], []],
  [0, [0, 1, 2, 3], []],
  [0, [], [0, 1, 2, 3].map((row) => [row, 'conflict'])],
];

/** Without what the old code did not tell. */
function asReported({ waitingRows: _, oldestWaiting: __, ...rest }: StoreStatus) {
  return { ...rest, importedStores: rest.importedStores.map(String) };
}

function withoutMarks({ before: _, after: __, ...rest }: AggregatorReport) {
  return rest;
}

function sorted(fields: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
}
