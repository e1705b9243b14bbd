import { at } from '../../../shared/at.ts';
import { createBusinessClock, DEFAULT_TIME_ZONE } from '../../../shared/calendar/business-clock.ts';
import { isoMonthOf, isoWeekOf } from '../../../shared/calendar/date-parts.ts';
import { DAYS_PER_WEEK, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { SLOTS_PER_DAY, slotField, TICK_MS } from '../../../shared/calendar/tick.ts';
import { type EntryId, entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import { RETENTION } from '../../../shared/sales-store/retention.ts';
import type { BucketDelta, SalesStore, StreamEntry } from '../../../shared/sales-store/sales-store.ts';
import { writeBatch } from '../../../shared/schemas/transaction.ts';
import { replayTick } from '../../producer/replay.ts';
import { createSyntheticRetailer } from './synthetic-retailer.ts';

export interface RetentionSize {
  readonly stores: number;
  readonly families: number;
  /** Transactions of a tick. */
  readonly batchSize: number;
}

const FIRST_DAY = '2026-01-07';

/**
 * Fills an empty store up to its full retention: packed histories, every daily, weekly and monthly bucket, two weeks
 * of slots and a week of the stream, through the store's own operations. More days are counted than are kept, so that
 * compaction and expiry take place.
 *
 * @returns the number of buckets and entries that expired.
 */
export async function fillRetention(
  store: SalesStore,
  size: RetentionSize,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<{ readonly droppedBuckets: number; readonly droppedEntries: number }> {
  const days = RETENTION.dailyDays + 5;
  const retailer = createSyntheticRetailer({
    ...size,
    liveFrom: FIRST_DAY,
    historyDays: RETENTION.historyDays,
    replayDays: days,
  });
  const clock = createBusinessClock(DEFAULT_TIME_ZONE);
  const first = toDayNumber(FIRST_DAY);
  await store.openHistory({ liveFrom: FIRST_DAY, storeCount: size.stores, openingBalances: [] });
  for (const { store_nbr } of retailer.catalog.stores) {
    await store.importHistory(retailer.historyOf(store_nbr));
  }
  const commit = async (newWatermark: EntryId, deltas: BucketDelta[]) => {
    const { watermark } = await store.status();
    await store.commit({ expectedWatermark: watermark, newWatermark, deltas, deadLetters: [] });
  };
  let dropped = { droppedBuckets: 0, droppedEntries: 0 };
  for (let day = first; day < first + days; day++) {
    const start = clock.startOf(day);
    const last = entryIdAt(start + SLOTS_PER_DAY * TICK_MS);
    const sheet = retailer.daySheet(day);
    if (day >= first + days - RETENTION.streamDays - 1) {
      const entries = Array.from({ length: SLOTS_PER_DAY }, (_, slot): StreamEntry => {
        const end = start + (slot + 1) * TICK_MS;
        const batch = replayTick(sheet, { slot, slotCount: SLOTS_PER_DAY, end }, size.batchSize);
        return { id: entryIdAt(end), payload: writeBatch(batch) };
      });
      await store.append(entries);
    }
    const isRecent = day >= first + days - RETENTION.intradayDays - 2;
    await commit(last, dayDeltas(sheet, day, isRecent));
    const olderWeek = day - RETENTION.dailyDays;
    if ((day - first) % DAYS_PER_WEEK === 0 || isoMonthOf(day) !== isoMonthOf(day - 1)) {
      // Weeks and months are kept longer than days: those of earlier years are written as well.
      await commit(`${start + SLOTS_PER_DAY * TICK_MS}-1`, periodDeltas(sheet, olderWeek));
      await commit(
        `${start + SLOTS_PER_DAY * TICK_MS}-2`,
        periodDeltas(sheet, day - 2 * RETENTION.dailyDays),
      );
    }
    if ((day - first) % 40 === 39 || day === first + days - 1) {
      const limit = size.stores * size.families;
      while ((await store.compact({ through: toIsoDate(day), limit })).remaining > 0);
      const { droppedBuckets, droppedEntries } = await store.expire(toIsoDate(day + 1));
      dropped = {
        droppedBuckets: dropped.droppedBuckets + droppedBuckets,
        droppedEntries: dropped.droppedEntries + droppedEntries,
      };
    }
    onProgress(day - first + 1, days);
  }
  return dropped;
}

interface Sheet {
  readonly series: readonly string[];
  readonly milli_units: readonly number[];
  readonly onpromotion: readonly number[];
  readonly tickets: Readonly<Record<string, number>>;
}

function dayDeltas(sheet: Sheet, day: number, withSlots: boolean): BucketDelta[] {
  const date = toIsoDate(day);
  const perSeries = sheet.series.flatMap((field, s): BucketDelta[] => {
    const value = at(sheet.milli_units, s);
    return [
      { kind: 'sales_daily', period: date, field, value },
      { kind: 'onpromotion_daily', period: date, field, value: at(sheet.onpromotion, s) },
    ];
  });
  const tickets = Object.entries(sheet.tickets).map(
    ([field, value]): BucketDelta => ({ kind: 'transactions_daily', period: date, field, value }),
  );
  const slots = Array.from({ length: withSlots ? SLOTS_PER_DAY : 0 }, (_, slot): BucketDelta => {
    return { kind: 'sales_intraday', period: date, field: slotField(slot), value: 12_345_678 };
  });
  return [...perSeries, ...tickets, ...slots, ...periodDeltas(sheet, day)];
}

function periodDeltas({ series, milli_units }: Sheet, day: number): BucketDelta[] {
  return series.flatMap((field, s): BucketDelta[] => {
    const value = at(milli_units, s);
    return [
      { kind: 'sales_weekly', period: isoWeekOf(day), field, value },
      { kind: 'sales_monthly', period: isoMonthOf(day), field, value },
    ];
  });
}
