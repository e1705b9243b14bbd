import { at, last } from '../../../../shared/at.ts';
import {
  DAYS_PER_WEEK,
  type DayNumber,
  isoWeekday,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { DatasetError } from './dataset-error.ts';
import type { SalesRows } from './sales-rows.ts';

/** One day with rows in a file. */
export interface DayOfRows {
  readonly day: DayNumber;
  /** The first line of the day, in the order of the file. */
  readonly line: number;
  readonly rows: number;
  /** Total of all rows in milli-units. */
  readonly milliUnits: number;
}

/** The days with rows in a file, in order. */
export function daysOfRows({
  day,
  line,
  milliUnits,
}: Pick<SalesRows, 'day' | 'line' | 'milliUnits'>): readonly DayOfRows[] {
  const days = new Map<DayNumber, { day: DayNumber; line: number; rows: number; milliUnits: number }>();
  day.forEach((value, row) => {
    let known = days.get(value);
    if (!known) {
      known = { day: value, line: at(line, row), rows: 0, milliUnits: 0 };
      days.set(value, known);
    }
    known.rows += 1;
    known.milliUnits += milliUnits[row] as number;
  });
  return [...days.values()].sort((a, b) => a.day - b.day);
}

/** Dates needed to determine the period of a file, and the share of the steps between them that must agree. */
const ENOUGH_DATES = 4;
const MOST = 0.8;
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/**
 * Refuses files with one date a week or a month: as daily sales, they would mean a shop that is shut on most days. A
 * file is daily if any store has rows on other days.
 *
 * @param days with rows, in order
 * @throws {DatasetError} `weekly-data` or `monthly-data`, which skipping bad rows does not override
 */
export function requireDaily(days: readonly DayOfRows[], file: string): void {
  if (days.length < ENOUGH_DATES) return;
  const steps = days.slice(1).map(({ day }, i) => day - at(days, i).day);
  const shareOf = (isOne: (step: number) => boolean) => steps.filter(isOne).length / steps.length;
  const isWeekly = shareOf((step) => step % DAYS_PER_WEEK === 0) >= MOST && steps.every((step) => step >= 5);
  const isMonthly = shareOf((step) => step >= 28 && step <= 31) >= MOST && steps.every((step) => step >= 26);
  const newest = last(days).day;
  const refuse = (kind: 'weekly-data' | 'monthly-data', problem: string, fix: string): never => {
    throw new DatasetError({ kind, file, line: at(days, 0).line, column: 'date', problem, fix });
  };
  const dates = `${days.length} dates from ${toIsoDate(at(days, 0).day)} to ${toIsoDate(newest)}`;
  if (isMonthly) {
    refuse(
      'monthly-data',
      `the sales are monthly: one date a month (${dates})`,
      'Export them by day: one row a store, family and day',
    );
  }
  if (isWeekly) {
    const weekday = at(WEEKDAYS, mostCommon(days.map(({ day }) => isoWeekday(day))) - 1);
    refuse(
      'weekly-data',
      `the sales are weekly: one date a week, each a ${weekday} (${dates})`,
      'Export them by day: one row a store, family and day. Of stores that open on one day a week only, write the other ' +
        'days with 0',
    );
  }
}

/** @param values at least one */
function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [value] = at(
    [...counts].sort((a, b) => b[1] - a[1]),
    0,
  );
  return value;
}
