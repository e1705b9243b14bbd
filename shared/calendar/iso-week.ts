import { type DayNumber, isoWeekday, toDayNumber } from './day-number.ts';

/** An ISO 8601 week, `YYYY-Www`: it starts on Monday and belongs to the year of its Thursday. */
export type IsoWeek = string;

/** A calendar month, `YYYY-MM`. */
export type IsoMonth = string;

export function isoWeekOf(day: DayNumber): IsoWeek {
  const thursday = day - isoWeekday(day) + 4;
  const year = new Date(thursday * 86_400_000).getUTCFullYear();
  const week = Math.floor((thursday - toDayNumber(`${year}-01-01`)) / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** The Monday on which the ISO week of `day` starts. */
export function weekStart(day: DayNumber): DayNumber {
  return day - isoWeekday(day) + 1;
}

export function isoMonthOf(day: DayNumber): IsoMonth {
  return new Date(day * 86_400_000).toISOString().slice(0, 7);
}
