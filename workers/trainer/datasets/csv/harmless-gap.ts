import type { DayNumber } from '../../../../shared/calendar/day-number.ts';

/** The longest gap that a closure of all stores explains. */
const LONGEST_DAYS = 45;
/** Days before and after a gap that are compared, and how many of them must have sales. */
const BEFORE = { days: 28, enough: 8 };
const AFTER = { days: 14, enough: 4 };
/** How far the sales of an open day may move from before the gap to after it. */
const MOST_CHANGE = 2;

/**
 * Whether sales come back after a gap at about the level that they had before it: then the days between are missing values that
 * do no harm, whatever they were. A gap at the very beginning or end of the sales, or a very long one, does not tell.
 *
 * @param unitsOn sales of all stores on a day; 0 where there are none
 * @param from first day of the gap
 * @param to last day of it
 */
export function isHarmlessGap(unitsOn: (day: DayNumber) => number, from: DayNumber, to: DayNumber): boolean {
  if (to - from + 1 > LONGEST_DAYS) return false;
  const openDays = (first: DayNumber, days: number) =>
    Array.from({ length: days }, (_, i) => unitsOn(first + i)).filter((units) => units > 0);
  const before = openDays(from - BEFORE.days, BEFORE.days);
  const after = openDays(to + 1, AFTER.days);
  if (before.length < BEFORE.enough || after.length < AFTER.enough) return false;
  const change = meanOf(after) / meanOf(before);
  return change <= MOST_CHANGE && change >= 1 / MOST_CHANGE;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
