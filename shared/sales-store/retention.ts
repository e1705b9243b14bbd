import { isoMonthOf, isoWeekOf } from '../calendar/date-parts.ts';
import {
  DAY_MS,
  DAYS_PER_WEEK,
  type DayNumber,
  type IsoDate,
  toDayNumber,
  toIsoDate,
} from '../calendar/day-number.ts';
import type { BucketKind } from './sales-store.ts';

/** How long each part of the store is kept, in days (weeks and months where the name says so). */
export const RETENTION = {
  streamDays: 7,
  deadLetterDays: 30,
  dailyDays: 400,
  intradayDays: 15,
  weeklyWeeks: 104,
  monthlyMonths: 36,
  /** Packed history per series: a year, its neighbourhood and the longest window of the features. */
  historyDays: 430,
} as const;

/** What may be dropped on a day: buckets whose period sorts below `keepFrom`, and what is older than the instants. */
export interface ExpiryPlan {
  readonly keepFrom: Readonly<Record<BucketKind, string>>;
  /** Dead letters of entries before this instant. */
  readonly deadLettersBefore: number;
  /** Stream entries before this instant, if the watermark has passed them. */
  readonly entriesBefore: number;
}

/**
 * @param today the business day in progress.
 * @param compactedThrough the last day that every packed history includes, null when there is none: daily buckets
 *   after it are never dropped, whatever their age.
 */
export function planExpiry(today: IsoDate, compactedThrough: DayNumber | null): ExpiryPlan {
  const day = toDayNumber(today);
  const compacted = compactedThrough === null ? Number.NEGATIVE_INFINITY : compactedThrough + 1;
  const oldestDaily = Math.min(day - RETENTION.dailyDays, compacted);
  const daily = Number.isFinite(oldestDaily) ? toIsoDate(oldestDaily) : '';
  return {
    keepFrom: {
      sales_daily: daily,
      onpromotion_daily: daily,
      transactions_daily: daily,
      sales_intraday: toIsoDate(day - RETENTION.intradayDays),
      sales_weekly: isoWeekOf(day - RETENTION.weeklyWeeks * DAYS_PER_WEEK),
      sales_monthly: monthsBefore(day, RETENTION.monthlyMonths),
    },
    deadLettersBefore: (day - RETENTION.deadLetterDays) * DAY_MS,
    entriesBefore: (day - RETENTION.streamDays) * DAY_MS,
  };
}

function monthsBefore(day: DayNumber, months: number): string {
  const date = new Date(day * DAY_MS);
  return isoMonthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1) / DAY_MS);
}
