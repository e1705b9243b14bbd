import { isoMonthOf, isoWeekOf, weekStart } from '../../../shared/calendar/date-parts.ts';
import {
  DAYS_PER_WEEK,
  type DayNumber,
  toDayNumber,
  toIsoDate,
} from '../../../shared/calendar/day-number.ts';
import type { BucketAudit, BucketRecord } from '../../../shared/sales-store/bucket-audit.ts';
import { planExpiry, RETENTION } from '../../../shared/sales-store/retention.ts';
import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';

/** Whether buckets of a period are still kept on a day; daily ones that are not packed yet are kept for longer. */
export function isKept(kind: BucketKind, period: string, today: DayNumber): boolean {
  return period >= planExpiry(toIsoDate(today), today).keepFrom[kind];
}

/** Every record that may hold sales of the live days and is still kept, so that a lost one is missed. */
export function recordsToExpect(audit: BucketAudit, liveFrom: DayNumber, today: DayNumber): BucketRecord[] {
  const records: BucketRecord[] = [];
  for (let day = Math.max(liveFrom, today - RETENTION.dailyDays); day <= today; day++) {
    const date = toIsoDate(day);
    const periods: readonly (readonly [BucketKind, string])[] = [
      ['sales_daily', date],
      ['onpromotion_daily', date],
      ['transactions_daily', date],
      ['sales_intraday', date],
      ['sales_weekly', isoWeekOf(day)],
      ['sales_monthly', isoMonthOf(day)],
    ];
    for (const [kind, period] of periods) {
      if (isKept(kind, period, today)) records.push(audit.recordOf(kind, period));
    }
  }
  return records;
}

/** The first day of the calendar that a period includes. */
export function firstDayOf(kind: BucketKind, period: string): DayNumber {
  if (kind === 'sales_monthly') return toDayNumber(`${period}-01`);
  if (kind !== 'sales_weekly') return toDayNumber(period);
  const [year, week] = period.split('-W');
  // 4 January is always in the first ISO week.
  return weekStart(toDayNumber(`${year}-01-04`)) + DAYS_PER_WEEK * (Number(week) - 1);
}

/** The days from one to another, both included, that a bucket of this kind and period counts. */
export function daysOfPeriod(
  kind: BucketKind,
  period: string,
  from: DayNumber,
  through: DayNumber,
): readonly DayNumber[] {
  const first = firstDayOf(kind, period);
  const days: DayNumber[] = [];
  for (let day = Math.max(first, from); day <= Math.min(through, lastDayOf(kind, first)); day++)
    days.push(day);
  return days;
}

function lastDayOf(kind: BucketKind, first: DayNumber): DayNumber {
  if (kind === 'sales_weekly') return first + DAYS_PER_WEEK - 1;
  if (kind !== 'sales_monthly') return first;
  let last = first;
  while (isoMonthOf(last + 1) === isoMonthOf(first)) last++;
  return last;
}
