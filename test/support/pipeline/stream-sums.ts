import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { isoMonthOf, isoWeekOf } from '../../../shared/calendar/date-parts.ts';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { BucketKind, SalesStore, StreamEntry } from '../../../shared/sales-store/sales-store.ts';
import type { TransactionBatch } from '../../../shared/schemas/transaction.ts';

type Sums = Map<string, Map<string, number>>;

/** Adds up a stream the naive way, row by row, sharing no code with the aggregator. */
function sumStream(entries: readonly StreamEntry[], timeZone: string): Sums {
  const clock = createBusinessClock(timeZone);
  const sums: Sums = new Map();
  const put = (kind: BucketKind, period: string, field: string, join: (before: number) => number) => {
    const key = `${kind} ${period}`;
    const bucket = sums.get(key) ?? new Map<string, number>();
    bucket.set(field, join(bucket.get(field) ?? 0));
    sums.set(key, bucket);
  };
  for (const { id, payload } of entries) {
    const batch = JSON.parse(payload) as TransactionBatch;
    for (const row of batch.transactions) {
      const day = clock.dayOf(row.ts);
      const date = toIsoDate(day);
      const series = `${row.store_nbr}:${row.family}`;
      const milliUnits = Math.round(row.units * 1000);
      const slot = String(Math.floor(clock.minuteOf(row.ts) / 5)).padStart(3, '0');
      const add = (before: number) => before + milliUnits;
      put('sales_daily', date, series, add);
      put('sales_weekly', isoWeekOf(day), series, add);
      put('sales_monthly', isoMonthOf(day), series, add);
      put('sales_intraday', date, slot, add);
      put('onpromotion_daily', date, series, (before) => Math.max(before, row.onpromotion));
    }
    const date = toIsoDate(clock.dayOf(Number(id.split('-')[0]) - 1));
    for (const [store, tickets] of Object.entries(batch.tickets ?? {})) {
      put('transactions_daily', date, store, (before) => before + tickets);
    }
  }
  return sums;
}

/** Every difference between the buckets and opening balance plus stream, as text; empty when there is none. */
export async function compareBucketsWithStream(store: SalesStore, timeZone: string) {
  const entries = await store.readStream(null, 100_000);
  const differences: string[] = [];
  const sums = sumStream(entries, timeZone);
  for (const [key, expected] of sums) {
    const [kind, period] = key.split(' ') as [BucketKind, string];
    const opening = await store.readOpening(kind, period);
    const { fields } = await store.readBucket(kind, period);
    for (const field of new Set([...expected.keys(), ...Object.keys(opening), ...Object.keys(fields)])) {
      const should = (opening[field] ?? 0) + (expected.get(field) ?? 0);
      if ((fields[field] ?? 0) !== should)
        differences.push(`${key} ${field}: ${fields[field]}, not ${should}`);
    }
  }
  return { entries, buckets: sums.size, differences };
}
