import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { isoMonthOf, isoWeekOf } from '../../../shared/calendar/date-parts.ts';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import type {
  BucketKind,
  DeadLetter,
  SalesStore,
  StreamEntry,
} from '../../../shared/sales-store/sales-store.ts';
import type { TransactionBatch } from '../../../shared/schemas/transaction.ts';

type Sums = Map<string, Map<string, number>>;

/**
 * Adds up a stream the naive way, row by row, sharing no code with the aggregator. A zero is kept in the daily buckets
 * only, where it says that the series was looked at.
 *
 * @param deadLetters what the store has put aside, which does not count
 */
function sumStream(
  entries: readonly StreamEntry[],
  deadLetters: readonly DeadLetter[],
  timeZone: string,
): Sums {
  const clock = createBusinessClock(timeZone);
  const lettersOf = Map.groupBy(deadLetters, ({ entryId }) => entryId);
  const sums: Sums = new Map();
  const put = (kind: BucketKind, period: string, field: string, join: (before: number) => number) => {
    const key = `${kind} ${period}`;
    const bucket = sums.get(key) ?? new Map<string, number>();
    bucket.set(field, join(bucket.get(field) ?? 0));
    sums.set(key, bucket);
  };
  for (const { id, payload } of entries) {
    const letters = lettersOf.get(id) ?? [];
    if (letters.some(({ row, raw }) => row === -1 && payload.startsWith(raw))) continue;
    const batch = JSON.parse(payload) as TransactionBatch;
    for (const [index, row] of batch.transactions.entries()) {
      if (letters.some((letter) => letter.row === index)) continue;
      const day = clock.dayOf(row.ts);
      const date = toIsoDate(day);
      const series = `${row.store_nbr}:${row.family}`;
      const milliUnits = Math.round(row.units * 1000);
      const slot = String(Math.floor(clock.minuteOf(row.ts) / 5)).padStart(3, '0');
      const add = (before: number) => before + milliUnits;
      put('sales_daily', date, series, add);
      if (row.onpromotion > 0) {
        put('onpromotion_daily', date, series, (before) => Math.max(before, row.onpromotion));
      }
      if (milliUnits === 0) continue;
      put('sales_weekly', isoWeekOf(day), series, add);
      put('sales_monthly', isoMonthOf(day), series, add);
      put('sales_intraday', date, slot, add);
    }
    const date = toIsoDate(clock.dayOf(Number(id.split('-')[0]) - 1));
    const refused = letters.flatMap(({ row, raw }) => (row === -1 ? [JSON.parse(raw).tickets] : []));
    for (const [store, tickets] of Object.entries(batch.tickets ?? {})) {
      if (refused.some((stores) => store in stores)) continue;
      put('transactions_daily', date, store, (before) => before + tickets);
    }
  }
  return sums;
}

/**
 * Every difference between the buckets and opening balance plus stream, as text; empty when there is none.
 *
 * @throws where the stream is empty, so that there is nothing to compare
 */
export async function compareBucketsWithStream(store: SalesStore, timeZone: string) {
  const entries = await store.readStream(null, 100_000);
  const sums = sumStream(entries, await store.readDeadLetters(100_000), timeZone);
  if (sums.size === 0) throw new Error('the stream holds nothing that counts, so nothing was compared');
  const differences: string[] = [];
  for (const [key, expected] of sums) {
    const [kind, period] = key.split(' ') as [BucketKind, string];
    const opening = await store.readOpening(kind, period);
    const { fields } = await store.readBucket(kind, period);
    for (const field of new Set([...expected.keys(), ...Object.keys(opening), ...Object.keys(fields)])) {
      const isThere = expected.has(field) || opening[field] !== undefined;
      const should = isThere ? (opening[field] ?? 0) + (expected.get(field) ?? 0) : undefined;
      if (fields[field] !== should) differences.push(`${key} ${field}: ${fields[field]} is not ${should}`);
    }
  }
  return { entries, buckets: sums.size, differences };
}
