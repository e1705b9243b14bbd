import { datePartsOf, daysSinceSameDate } from '../calendar/date-parts.ts';
import { type DayNumber, isoWeekday } from '../calendar/day-number.ts';
import type { Holiday } from '../schemas/catalog.ts';
import { defineGroup } from './feature-definition.ts';
import { createHolidayCalendar, type Place } from './holiday-calendar.ts';

/** The target's date. All but the weekday are of the source's calendar: dates moved by time travel are moved back. */
export const CALENDAR_FEATURES = defineGroup('calendar', [
  ['day_of_week', 'ISO weekday of the target, 1..7'],
  ['day_of_month', 'day of month of the target in the source calendar, 1..31'],
  ['month', 'month of the target in the source calendar, 1..12'],
  ['day_of_year', 'day of year of the target in the source calendar, 1..366'],
  ['iso_week', 'ISO week of the target in the source calendar, 1..53'],
  ['days_since_payday', 'days since the 15th or the last day of a month in the source calendar, 0 on it'],
  ['days_until_payday', 'days until the 15th or the last day of a month in the source calendar, 0 on it'],
]);

/** Holidays that the target is at the store's place, transfers resolved. */
export const HOLIDAY_FEATURES = defineGroup('holiday', [
  ['national_holiday', '1 on a national holiday, originals that were transferred left out'],
  ['regional_holiday', "1 on a holiday of the store's state"],
  ['local_holiday', "1 on a holiday of the store's city"],
  ['holiday_bridge', '1 on a day off between a holiday and a weekend'],
  ['holiday_additional', '1 on a day added to a holiday'],
  ['holiday_event', '1 on an event that is not a day off'],
  ['holiday_work_day', '1 on a day worked to make up for a bridge'],
  ['days_since_national_holiday', 'days since the last national holiday, 0 on it, at most 30'],
  ['days_until_national_holiday', 'days until the next national holiday, 0 on it, at most 30'],
]);

/**
 * `CALENDAR_FEATURES` of each day from `fromDay` to `toDay`, row by row.
 *
 * @param shiftDays days by which dates are later than those of the source
 */
export function tabulateCalendar(shiftDays: number, fromDay: DayNumber, toDay: DayNumber): Float32Array {
  const table = new Float32Array((toDay - fromDay + 1) * CALENDAR_FEATURES.length);
  let at = 0;
  for (let day = fromDay; day <= toDay; day++) {
    const sourceDay = day - shiftDays;
    const date = datePartsOf(sourceDay);
    table[at++] = isoWeekday(day);
    table[at++] = date.dayOfMonth;
    table[at++] = date.month;
    table[at++] = date.dayOfYear;
    table[at++] = date.isoWeek;
    table[at++] = daysSincePayday(sourceDay);
    table[at++] = daysUntilPayday(sourceDay);
  }
  return table;
}

/** Days from the same source date of the year before, for each day. */
export function tabulateSameDates(shiftDays: number, fromDay: DayNumber, toDay: DayNumber): Uint16Array {
  return Uint16Array.from({ length: toDay - fromDay + 1 }, (_, i) =>
    daysSinceSameDate(fromDay + i - shiftDays),
  );
}

/** `HOLIDAY_FEATURES` of each day at one place, row by row. */
export function tabulateHolidays(
  holidays: readonly Holiday[],
  place: Place,
  fromDay: DayNumber,
  toDay: DayNumber,
): Float32Array {
  const table = new Float32Array((toDay - fromDay + 1) * HOLIDAY_FEATURES.length);
  const calendar = createHolidayCalendar(holidays, fromDay, toDay);
  let at = 0;
  for (let day = fromDay; day <= toDay; day++) {
    const kind = calendar.kindOf(day, place);
    table[at++] = Number(kind.nationalHoliday);
    table[at++] = Number(kind.regionalHoliday);
    table[at++] = Number(kind.localHoliday);
    table[at++] = Number(kind.bridge);
    table[at++] = Number(kind.additional);
    table[at++] = Number(kind.event);
    table[at++] = Number(kind.workDay);
    table[at++] = calendar.daysSinceNational(day);
    table[at++] = calendar.daysUntilNational(day);
  }
  return table;
}

/**
 * Wages are paid on the 15th and on the last day of a month (the public sector of Ecuador does so by law; many
 * other countries have the same rhythm).
 */

const MID_MONTH = 15;

/** Days since the last payday, 0 on a payday itself. */
export function daysSincePayday(day: DayNumber): number {
  const { dayOfMonth, daysInMonth } = positionInMonth(day);
  if (dayOfMonth === daysInMonth) return 0;
  return dayOfMonth >= MID_MONTH ? dayOfMonth - MID_MONTH : dayOfMonth;
}

/** Days until the next payday, 0 on a payday itself. */
export function daysUntilPayday(day: DayNumber): number {
  const { dayOfMonth, daysInMonth } = positionInMonth(day);
  return dayOfMonth <= MID_MONTH ? MID_MONTH - dayOfMonth : daysInMonth - dayOfMonth;
}

function positionInMonth(day: DayNumber): { readonly dayOfMonth: number; readonly daysInMonth: number } {
  const date = new Date(day * 86_400_000);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return { dayOfMonth: date.getUTCDate(), daysInMonth };
}
