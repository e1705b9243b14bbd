import { at } from '../../../shared/at.ts';
import { isoMonthOf, isoWeekOf, weekStart } from '../../../shared/calendar/date-parts.ts';
import {
  DAY_MS,
  DAYS_PER_WEEK,
  type DayNumber,
  toDayNumber,
  toIsoDate,
} from '../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import type { ClosedSeries } from './series-reader.ts';

/** A week or a month. */
export interface Period {
  /** `2026-W47` or `2026-11`: the name of its bucket. */
  readonly name: string;
  readonly firstDay: DayNumber;
  readonly lastDay: DayNumber;
}

export interface PeriodSum {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly units: number | null;
  readonly complete: boolean;
}

/** What the buckets say, in milli-units. */
export interface PeriodBuckets {
  /** By period, in their order; null where there is no bucket or the series has not sold in it. */
  readonly periods: readonly (number | null)[];
  /** The day in progress. */
  readonly today: number | null;
}

/**
 * Sums of a series by period: from the period's bucket where there is one, else from the days. Both count the same
 * sales; buckets reach further back than days do, days reach back to before the first live week.
 *
 * @param periods oldest first, the last one holds the day in progress
 * @param isShut whether the store was shut on a day: such a day needs no sales to be known
 * @returns the periods from the first one on of which anything is known
 */
export function sumPeriods(
  { reading, position, liveFrom }: ClosedSeries,
  periods: readonly Period[],
  buckets: PeriodBuckets,
  isShut: (day: DayNumber) => boolean,
): PeriodSum[] {
  const firstDay = toDayNumber(reading.firstDate);
  const firstLiveDay = toDayNumber(liveFrom);

  const sums = periods.map((period, index): PeriodSum => {
    const days = reading.milliUnits.subarray(
      Math.max(0, period.firstDay - firstDay),
      Math.max(0, period.lastDay + 1 - firstDay),
    );
    const known = days.filter((value) => value !== MISSING);
    const inProgress = period.lastDay >= position.businessDay;
    const today = inProgress ? buckets.today : null;
    const bucket = at(buckets.periods, index);
    const anythingKnown = known.length > 0 || today !== null;
    const sumOfDays = anythingKnown ? known.reduce((sum, value) => sum + value, today ?? 0) : null;
    const milliUnits = bucket ?? sumOfDays;

    const shut = days.filter(
      (value, i) => value === MISSING && isShut(Math.max(period.firstDay, firstDay) + i),
    );
    const length = period.lastDay - period.firstDay + 1;
    const olderThanDays = period.firstDay < firstDay && period.firstDay >= firstLiveDay && bucket !== null;
    return {
      name: period.name,
      from: toIsoDate(period.firstDay),
      to: toIsoDate(period.lastDay),
      units: milliUnits === null ? null : milliUnits / 1000,
      complete: !inProgress && (known.length + shut.length === length || olderThanDays),
    };
  });
  const first = sums.findIndex(({ units }) => units !== null);
  return first < 0 ? [] : sums.slice(first);
}

/** The last `count` ISO weeks, oldest first, up to the one of `day`. */
export function weeksUpTo(day: DayNumber, count: number): Period[] {
  const monday = weekStart(day);
  return Array.from({ length: count }, (_, index) => {
    const firstDay = monday - DAYS_PER_WEEK * (count - 1 - index);
    return { name: isoWeekOf(firstDay), firstDay, lastDay: firstDay + DAYS_PER_WEEK - 1 };
  });
}

/** The last `count` months, oldest first, up to the one of `day`. */
export function monthsUpTo(day: DayNumber, count: number): Period[] {
  const date = new Date(day * DAY_MS);
  // Date.UTC carries months below 0 and above 11 over to the years around.
  const firstDayOf = (month: number) => Date.UTC(date.getUTCFullYear(), month, 1) / DAY_MS;
  return Array.from({ length: count }, (_, index) => {
    const month = date.getUTCMonth() - (count - 1 - index);
    const firstDay = firstDayOf(month);
    return { name: isoMonthOf(firstDay), firstDay, lastDay: firstDayOf(month + 1) - 1 };
  });
}
