import { type DateParts, datePartsOf, daysSinceSameDate } from '../calendar/date-parts.ts';
import { DAY_MS, type DayNumber, isoWeekday } from '../calendar/day-number.ts';
import type { Holiday } from '../schemas/catalog.ts';
import { defineFeatures, writeFeatures } from './feature.ts';
import { createHolidayCalendar, type DayKind, type Place } from './holiday-calendar.ts';

/** A day and the corresponding day of the source's calendar: the same unless time travel has moved the dates. */
interface CalendarDay {
  readonly day: DayNumber;
  readonly sourceDay: DayNumber;
  readonly date: DateParts;
}

/**
 * The target's date. All but the weekday follow the source's calendar: dates that time travel has moved are moved
 * back.
 */
export const CALENDAR_FEATURES = defineFeatures<CalendarDay>('calendar', [
  [
    'day_of_week',
    'ISO weekday of the target, 1..7',
    ({ day }, out, at) => {
      out[at] = isoWeekday(day);
    },
  ],
  [
    'day_of_month',
    'day of month of the target in the source calendar, 1..31',
    ({ date }, out, at) => {
      out[at] = date.dayOfMonth;
    },
  ],
  [
    'month',
    'month of the target in the source calendar, 1..12',
    ({ date }, out, at) => {
      out[at] = date.month;
    },
  ],
  [
    'day_of_year',
    'day of year of the target in the source calendar, 1..366',
    ({ date }, out, at) => {
      out[at] = date.dayOfYear;
    },
  ],
  [
    'iso_week',
    'ISO week of the target in the source calendar, 1..53',
    ({ date }, out, at) => {
      out[at] = date.isoWeek;
    },
  ],
  [
    'days_since_payday',
    'days since the 15th or the last day of a month in the source calendar, 0 on it',
    ({ sourceDay }, out, at) => {
      out[at] = daysSincePayday(sourceDay);
    },
  ],
  [
    'days_until_payday',
    'days until the 15th or the last day of a month in the source calendar, 0 on it',
    ({ sourceDay }, out, at) => {
      out[at] = daysUntilPayday(sourceDay);
    },
  ],
]);

/** The holidays of a day at a store's place. */
interface HolidayDay {
  readonly kind: DayKind;
  readonly sinceNational: number;
  readonly untilNational: number;
}

/** Holidays on the target at the store's place, with transfers resolved. */
export const HOLIDAY_FEATURES = defineFeatures<HolidayDay>('holiday', [
  [
    'national_holiday',
    '1 on a national holiday, originals that were transferred left out',
    ({ kind }, out, at) => {
      out[at] = Number(kind.nationalHoliday);
    },
  ],
  [
    'regional_holiday',
    "1 on a holiday of the store's state",
    ({ kind }, out, at) => {
      out[at] = Number(kind.regionalHoliday);
    },
  ],
  [
    'local_holiday',
    "1 on a holiday of the store's city",
    ({ kind }, out, at) => {
      out[at] = Number(kind.localHoliday);
    },
  ],
  [
    'holiday_bridge',
    '1 on a day off between a holiday and a weekend',
    ({ kind }, out, at) => {
      out[at] = Number(kind.bridge);
    },
  ],
  [
    'holiday_additional',
    '1 on a day added to a holiday',
    ({ kind }, out, at) => {
      out[at] = Number(kind.additional);
    },
  ],
  [
    'holiday_event',
    '1 on an event that is not a day off',
    ({ kind }, out, at) => {
      out[at] = Number(kind.event);
    },
  ],
  [
    'holiday_work_day',
    '1 on a day worked to make up for a bridge',
    ({ kind }, out, at) => {
      out[at] = Number(kind.workDay);
    },
  ],
  [
    'days_since_national_holiday',
    'days since the last national holiday, 0 on it, at most 30',
    ({ sinceNational }, out, at) => {
      out[at] = sinceNational;
    },
  ],
  [
    'days_until_national_holiday',
    'days until the next national holiday, 0 on it, at most 30',
    ({ untilNational }, out, at) => {
      out[at] = untilNational;
    },
  ],
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
    at = writeFeatures(CALENDAR_FEATURES, { day, sourceDay, date: datePartsOf(sourceDay) }, table, at, 1);
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
    const source = {
      kind: calendar.kindOf(day, place),
      sinceNational: calendar.daysSinceNational(day),
      untilNational: calendar.daysUntilNational(day),
    };
    at = writeFeatures(HOLIDAY_FEATURES, source, table, at, 1);
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
  const date = new Date(day * DAY_MS);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return { dayOfMonth: date.getUTCDate(), daysInMonth };
}
