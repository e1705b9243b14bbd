/**
 * Turns stream entries into changes of buckets. Pure: the result depends on the entries and the dataset alone, so
 * that any aggregator computes the same at any time.
 *
 * @module
 */

import type { DatasetFacts } from '../../shared/artifacts/read-dataset-facts.ts';
import type { BusinessClock, EpochMs } from '../../shared/calendar/business-clock.ts';
import { type IsoMonth, type IsoWeek, isoMonthOf, isoWeekOf } from '../../shared/calendar/date-parts.ts';
import { DAY_MS, type IsoDate, toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import { type DaySlots, daySlots, slotField, wallSlotOf } from '../../shared/calendar/tick.ts';
import { parseEntryId } from '../../shared/sales-store/entry-id.ts';
import { RETENTION } from '../../shared/sales-store/retention.ts';
import type {
  BucketDelta,
  BucketKind,
  DeadLetter,
  StreamEntry,
} from '../../shared/sales-store/sales-store.ts';
import { seriesKey, storePart } from '../../shared/schemas/series.ts';
import {
  checkTransaction,
  MAX_TICKETS_PER_BATCH,
  type Transaction,
  toMilliUnits,
} from '../../shared/schemas/transaction.ts';

const MAX_RAW_LENGTH = 1000;
const TICKETS_REFUSED = `tickets: unknown store, not a count in 0..${MAX_TICKETS_PER_BATCH}, or closed history`;

export interface Aggregation {
  readonly deltas: readonly BucketDelta[];
  readonly deadLetters: readonly DeadLetter[];
  /** Rows that were counted. */
  readonly rows: number;
  /** Rows in the entries, those refused included. */
  readonly rowsRead: number;
}

/**
 * Sums by day, ISO week, month and five-minute slot in milli-units, the most promoted items of a day, and tickets.
 * Rows that are malformed, unknown, dated ahead, older than the daily buckets or before the live part of the dataset
 * become dead letters; their neighbours are counted.
 *
 * @param owns the stores whose rows may be counted here; a row of any other is in the wrong partition of the stream.
 */
export function aggregate(
  entries: readonly StreamEntry[],
  dataset: DatasetFacts,
  clock: BusinessClock,
  owns: (storeNbr: string) => boolean = () => true,
): Aggregation {
  const sums = new BucketSums();
  const deadLetters: DeadLetter[] = [];
  const dayOf = createBusinessDays(clock);
  const liveStart = clock.startOf(toDayNumber(dataset.liveFrom));
  let rows = 0;
  let rowsRead = 0;

  for (const { id, payload } of entries) {
    const { instant } = parseEntryId(id);
    const refuse = (row: number, raw: unknown, reason: string) => {
      const text = typeof raw === 'string' ? raw : JSON.stringify(raw);
      deadLetters.push({ entryId: id, row, raw: text.slice(0, MAX_RAW_LENGTH), reason });
    };
    const batch = parseBatch(payload);
    if (!batch) {
      refuse(-1, payload, 'is not a batch: {"transactions": [...], "tickets": {...}} is needed');
      continue;
    }
    rowsRead += batch.transactions.length;
    for (const [index, row] of batch.transactions.entries()) {
      const judged = judge(row, instant, liveStart, dataset, owns);
      if ('reason' in judged) {
        refuse(index, row, judged.reason);
        continue;
      }
      const { transaction } = judged;
      countTransaction(sums, transaction, dayOf(transaction.ts), instant - transaction.ts);
      rows++;
    }
    // A batch's tickets belong to the span that ends at its instant.
    const refused = countTickets(sums, batch.tickets, dataset, () =>
      instant - 1 < liveStart ? null : dayOf(instant - 1),
    );
    if (refused) refuse(-1, { tickets: refused }, TICKETS_REFUSED);
  }
  return { deltas: sums.deltas(), deadLetters, rows, rowsRead };
}

function parseBatch(payload: string): { transactions: unknown[]; tickets: unknown } | null {
  try {
    const batch = JSON.parse(payload) as { transactions?: unknown; tickets?: unknown } | null;
    if (!Array.isArray(batch?.transactions)) return null;
    return { transactions: batch.transactions, tickets: batch.tickets ?? {} };
  } catch {
    return null;
  }
}

/** A well-formed row that the dataset and the time of its batch allow, or the reason against it. */
function judge(
  row: unknown,
  instant: EpochMs,
  liveStart: EpochMs,
  dataset: DatasetFacts,
  owns: (storeNbr: string) => boolean,
): { readonly transaction: Transaction } | { readonly reason: string } {
  const checked = checkTransaction(row);
  if ('reason' in checked) return checked;
  const { ts, store_nbr, family } = checked.transaction;
  if (!owns(store_nbr)) {
    return { reason: `store_nbr: store ${store_nbr} belongs to another partition of the stream` };
  }
  if (!dataset.storeNbrs.has(store_nbr)) {
    return { reason: `store_nbr: store ${store_nbr} is not in the catalog` };
  }
  if (!dataset.families.has(family)) return { reason: 'family: is not in the catalog' };
  if (ts > instant + DAY_MS) return { reason: 'ts: lies more than a day after the batch' };
  if (ts < liveStart) return { reason: `ts: lies before ${dataset.liveFrom}, in the closed history` };
  if (instant - ts > (RETENTION.dailyDays - 1) * DAY_MS)
    return { reason: 'ts: is older than the daily buckets' };
  return checked;
}

/** A zero is kept in the daily bucket, where it means that the series has a row; elsewhere it has no meaning. */
function countTransaction(sums: BucketSums, row: Transaction, day: BusinessDay, age: number): void {
  const series = seriesKey(row.store_nbr, row.family);
  const milliUnits = toMilliUnits(row.units);
  sums.add('sales_daily', day.date, series, milliUnits);
  if (milliUnits > 0) {
    sums.add('sales_weekly', day.week, series, milliUnits);
    sums.add('sales_monthly', day.month, series, milliUnits);
    // The slots of an older day have been dropped; a late row would recreate a bucket with nothing else in it.
    if (age < (RETENTION.intradayDays - 1) * DAY_MS) {
      sums.add('sales_intraday', day.date, day.slotOf(row.ts), milliUnits);
    }
  }
  if (row.onpromotion > 0) sums.raise('onpromotion_daily', day.date, series, row.onpromotion);
}

/** @returns the counts that were refused, or null. */
function countTickets(
  sums: BucketSums,
  tickets: unknown,
  { storeNbrs }: DatasetFacts,
  findDay: () => BusinessDay | null,
): unknown {
  if (typeof tickets !== 'object' || tickets === null || Array.isArray(tickets)) return tickets;
  const counts = Object.entries(tickets);
  if (counts.length === 0) return null;
  const day = findDay();
  if (!day) return tickets;
  const refused: [string, unknown][] = [];
  for (const [store, count] of counts) {
    if (storeNbrs.has(store) && isCount(count)) {
      sums.add('transactions_daily', day.date, storePart(store), count);
    } else {
      refused.push([store, count]);
    }
  }
  return refused.length > 0 ? Object.fromEntries(refused) : null;
}

/** Bounded, so that no entry can push a sum beyond the limit of a commit. */
function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_TICKETS_PER_BATCH;
}

/** One business day with the names of the buckets that its sales belong to. */
export interface BusinessDay {
  readonly date: IsoDate;
  readonly week: IsoWeek;
  readonly month: IsoMonth;
  /** The five-minute slot of an instant of this day by the store's wall clock, `000`..`287`. */
  slotOf(instant: EpochMs): string;
}

/** Finds the business day of an instant; caches days, because a time zone lookup takes longer than a sum. */
export function createBusinessDays(clock: BusinessClock): (instant: EpochMs) => BusinessDay {
  const known: { readonly slots: DaySlots; readonly day: BusinessDay }[] = [];
  return (instant) => {
    const match = known.find(({ slots }) => instant >= slots.start && instant < slots.end);
    if (match) return match.day;
    const slots = daySlots(clock, clock.dayOf(instant));
    const day = describeDay(clock, slots);
    known.unshift({ slots, day });
    return day;
  };
}

function describeDay(clock: BusinessClock, slots: DaySlots): BusinessDay {
  return {
    date: toIsoDate(slots.day),
    week: isoWeekOf(slots.day),
    month: isoMonthOf(slots.day),
    slotOf: (instant) => slotField(wallSlotOf(clock, slots, instant)),
  };
}

/** Adds up changes to buckets, one value per field. */
export class BucketSums {
  readonly #buckets = new Map<string, { kind: BucketKind; period: string; fields: Map<string, number> }>();

  add(kind: BucketKind, period: string, field: string, value: number): void {
    const fields = this.#fields(kind, period);
    fields.set(field, (fields.get(field) ?? 0) + value);
  }

  raise(kind: BucketKind, period: string, field: string, value: number): void {
    const fields = this.#fields(kind, period);
    fields.set(field, Math.max(fields.get(field) ?? 0, value));
  }

  deltas(): BucketDelta[] {
    return [...this.#buckets.values()].flatMap(({ kind, period, fields }) =>
      Array.from(fields, ([field, value]) => ({ kind, period, field, value })),
    );
  }

  #fields(kind: BucketKind, period: string): Map<string, number> {
    const key = `${kind} ${period}`;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { kind, period, fields: new Map() };
      this.#buckets.set(key, bucket);
    }
    return bucket.fields;
  }
}
