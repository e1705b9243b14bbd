import { type DayNumber, toDayNumber } from '../calendar/day-number.ts';
import { isoMonthOf, isoWeekOf, weekStart } from '../calendar/iso-week.ts';
import type { HistoryChunk } from '../schemas/history-chunk.ts';
import { seriesKey } from '../schemas/series.ts';
import type { BucketDelta } from './sales-store.ts';

/**
 * What the weekly and monthly buckets in progress on the first live day hold already: the sums of the chunk's days
 * since that week's Monday and since the first of that month. Missing days count nothing.
 */
export function openingBalances(chunk: HistoryChunk, liveFrom: DayNumber): BucketDelta[] {
  const firstDay = toDayNumber(chunk.first_date);
  const monday = weekStart(liveFrom) - firstDay;
  const firstOfMonth = toDayNumber(`${isoMonthOf(liveFrom)}-01`) - firstDay;
  const week = isoWeekOf(liveFrom);
  const month = isoMonthOf(liveFrom);
  return chunk.series.flatMap(({ family, milli_units }) => {
    const field = seriesKey(chunk.store_nbr, family);
    const balances: BucketDelta[] = [];
    const inWeek = sumFrom(milli_units, monday);
    const inMonth = sumFrom(milli_units, firstOfMonth);
    if (inWeek > 0) balances.push({ kind: 'sales_weekly', period: week, field, value: inWeek });
    if (inMonth > 0) balances.push({ kind: 'sales_monthly', period: month, field, value: inMonth });
    return balances;
  });
}

function sumFrom(values: readonly number[], start: number): number {
  let sum = 0;
  for (let i = Math.max(0, start); i < values.length; i++) sum += Math.max(0, values[i] ?? 0);
  return sum;
}
