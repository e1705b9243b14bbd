/**
 * Calendar days as integers, so that arithmetic on dates is arithmetic on numbers.
 *
 * @module
 */

import { UserError } from '../errors/user-error.ts';

/** Days since 1970-01-01 (which is day 0), without a time zone. */
export type DayNumber = number;

/** A calendar date, `YYYY-MM-DD`. */
export type IsoDate = string;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const DAYS_PER_WEEK = 7;
/** Days of a year of whole weeks: the day this long ago has the same weekday and the same season. */
export const YEAR_OF_WEEKS = 364;

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Thrown for a text that is not a calendar date, e.g. `2026-02-30`. */
export class InvalidDateError extends UserError {
  override name = 'InvalidDateError';
}

/** @throws {InvalidDateError} when `date` is not a date of the Gregorian calendar written `YYYY-MM-DD`. */
export function toDayNumber(date: IsoDate): DayNumber {
  const milliseconds = ISO_DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  // A 30 February is taken for 2 March.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).getUTCDate() !== Number(date.slice(8))) {
    throw new InvalidDateError(`"${date}" is not a date: write YYYY-MM-DD, for example 2026-11-22`);
  }
  return milliseconds / DAY_MS;
}

export function toIsoDate(day: DayNumber): IsoDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** ISO weekday of a day: Monday is 1, Sunday is 7. */
export function isoWeekday(day: DayNumber): number {
  return ((((day + 3) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK) + 1;
}
