import { DAY_MS, DAYS_PER_WEEK, type DayNumber, isoWeekday, toDayNumber } from './day-number.ts';

/** An ISO 8601 week, `YYYY-Www`: it starts on Monday and belongs to the year of its Thursday. */
export type IsoWeek = string;

/** A calendar month, `YYYY-MM`. */
export type IsoMonth = string;

export function isoWeekOf(day: DayNumber): IsoWeek {
  const thursday = day - isoWeekday(day) + 4;
  const year = new Date(thursday * DAY_MS).getUTCFullYear();
  const week = Math.floor((thursday - toDayNumber(`${year}-01-01`)) / DAYS_PER_WEEK) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** The Monday on which the ISO week of `day` starts. */
export function weekStart(day: DayNumber): DayNumber {
  return day - isoWeekday(day) + 1;
}

export function isoMonthOf(day: DayNumber): IsoMonth {
  return new Date(day * DAY_MS).toISOString().slice(0, 7);
}

/** The parts of a day in the Gregorian and the ISO week calendar. */
export interface DateParts {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  /** 1..31 */
  readonly dayOfMonth: number;
  /** 1..366 */
  readonly dayOfYear: number;
  /** 1..53; the week belongs to the year of its Thursday. */
  readonly isoWeek: number;
}

export function datePartsOf(day: DayNumber): DateParts {
  const date = new Date(day * DAY_MS);
  const thursday = day - isoWeekday(day) + 4;
  const yearOfThursday = new Date(thursday * DAY_MS).getUTCFullYear();
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    dayOfMonth: date.getUTCDate(),
    dayOfYear: day - firstDayOfYear(date.getUTCFullYear()) + 1,
    isoWeek: Math.floor((thursday - firstDayOfYear(yearOfThursday)) / DAYS_PER_WEEK) + 1,
  };
}

/** Days from the same date of the year before to `day`: 365 or 366. 29 February looks back to 1 March. */
export function daysSinceSameDate(day: DayNumber): number {
  const date = new Date(day * DAY_MS);
  const before = Date.UTC(date.getUTCFullYear() - 1, date.getUTCMonth(), date.getUTCDate());
  return day - before / DAY_MS;
}

function firstDayOfYear(year: number): DayNumber {
  return Date.UTC(year, 0, 1) / DAY_MS;
}
