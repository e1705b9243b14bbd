import { at } from '../../../../shared/at.ts';
import { datePartsOf } from '../../../../shared/calendar/date-parts.ts';
import { DAYS_PER_WEEK, type DayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { createHolidayCalendar } from '../../../../shared/features/holiday-calendar.ts';
import type { ClosureInterval, Holiday, Store } from '../../../../shared/schemas/catalog.ts';
import { meanOf } from '../averages.ts';
import { easterOffsetOf } from '../closures/easter.ts';
import { CLOSED_ANYWHERE, HOLIDAY_DATES, sameDateIn } from '../closures/yearly-closures.ts';
import { type BadRows, DatasetError, type DatasetProblem } from './dataset-error.ts';
import type { DayOfRows } from './days-of-rows.ts';

/** More lost days in a row are a gap. */
const MAX_LOST_DAYS = 3;
/** No panel is allocated over a longer gap: a single mistyped year would take gigabytes. */
export const MAX_GAP_DAYS = 400;

/** The interpretation of days without any row. */
export interface DaysWithoutRows {
  /** All stores were closed. */
  readonly closed: readonly DayNumber[];
  /** Unexplained. */
  readonly lost: readonly DayNumber[];
  /** Runs of lost days after which sales recovered: first and last day. */
  readonly passedOver: readonly { readonly from: DayNumber; readonly to: DayNumber }[];
}

/**
 * Distinguishes closures from lost days. A few lost days in a row are missing values, and so are more of them if sales
 * recover ({@link isHarmlessGap}). Any other gap is a `date-gap`, reported at the line of the smaller part of the file,
 * which is likely to be the mistake.
 *
 * @param days with rows, in order
 * @throws {DatasetError} for a gap, unless `badRows` skips it; a gap of more than 400 days is never skipped.
 */
export function findClosedDays(
  days: readonly DayOfRows[],
  mayBeClosed: (day: DayNumber) => boolean,
  file: string,
  badRows: Pick<BadRows, 'reportGap'>,
): DaysWithoutRows {
  const closed: DayNumber[] = [];
  const lost: DayNumber[] = [];
  const passedOver: { from: DayNumber; to: DayNumber }[] = [];
  const units = new Map(days.map(({ day, milliUnits }) => [day, milliUnits]));
  days.forEach((next, index) => {
    const before = days[index - 1];
    const length = before ? next.day - before.day - 1 : 0;
    if (!before || length === 0) return;
    if (length > MAX_GAP_DAYS) throw new DatasetError(gapProblem(days, index, file));
    const run = Array.from({ length }, (_, i) => before.day + 1 + i);
    const lostHere = run.filter((day) => !mayBeClosed(day));
    if (lostHere.length > MAX_LOST_DAYS) {
      const gap = { from: before.day + 1, to: next.day - 1 };
      if (isHarmlessGap((day) => units.get(day) ?? 0, gap.from, gap.to)) passedOver.push(gap);
      else badRows.reportGap(gapProblem(days, index, file));
    }
    closed.push(...run.filter((day) => !lostHere.includes(day)));
    lost.push(...lostHere);
  });
  return { closed, lost, passedOver };
}

/** The gap before the day at `index`. */
function gapProblem(days: readonly DayOfRows[], index: number, file: string): DatasetProblem {
  const rowsOf = (part: readonly DayOfRows[]) => part.reduce((sum, { rows }) => sum + rows, 0);
  const [before, after] = [at(days, index - 1), at(days, index)];
  const isBefore = rowsOf(days.slice(0, index)) < rowsOf(days.slice(index));
  const length = after.day - before.day - 1;
  return {
    kind: 'date-gap',
    file,
    line: isBefore ? before.line : after.line,
    column: 'date',
    problem:
      `no row has a date from ${toIsoDate(before.day + 1)} to ${toIsoDate(after.day - 1)} (the ${length} days ` +
      `${isBefore ? 'after' : 'before'} this line's, ${toIsoDate(isBefore ? before.day : after.day)})`,
    fix:
      length > MAX_GAP_DAYS
        ? 'Correct the year, or cut the file at the gap: one this long is not skipped'
        : 'Add the days, state the closure in closures.csv (store, from, to), or cut the file at the gap; ' +
          '--skip-bad-rows takes them as missing values',
  };
}

/** Same weekdays on either side that show whether one is a regular day off, and how many of them must be. */
const WEEKS = 4;
const ENOUGH_WEEKS = 4;
const REGULAR = 0.75;

/** Evidence that distinguishes closures from lost days. */
export interface ClosureEvidence {
  readonly holidays: readonly Holiday[];
  /** Stores with rows. */
  readonly stores: readonly Store[];
  /** Closures stated in closures.csv. */
  readonly declared: readonly ClosureInterval[];
}

/**
 * Decides whether all stores may have been closed on a day without any row: because of stated closures, on a holiday of
 * all of them, on a feast of many countries, on a regular weekday off, or because they were closed on the same date a year before
 * or after.
 *
 * @param days with rows
 */
export function createClosureJudge(
  days: ReadonlySet<DayNumber>,
  { firstDay, lastDay }: { readonly firstDay: DayNumber; readonly lastDay: DayNumber },
  { holidays, stores, declared }: ClosureEvidence,
): (day: DayNumber) => boolean {
  const calendar = createHolidayCalendar(holidays, firstDay, lastDay);
  const isWithin = (day: DayNumber) => day >= firstDay && day <= lastDay;
  const isHoliday = (day: DayNumber) =>
    CLOSED_ANYWHERE.includes(toIsoDate(day).slice(5)) ||
    stores.every((store) => {
      const { nationalHoliday, regionalHoliday, localHoliday, bridge, additional } = calendar.kindOf(
        day,
        store,
      );
      return nationalHoliday || regionalHoliday || localHoliday || bridge || additional;
    });
  const isDayOff = (day: DayNumber) => {
    const others = Array.from({ length: WEEKS }, (_, week) => DAYS_PER_WEEK * (week + 1))
      .flatMap((distance) => [day - distance, day + distance])
      .filter(isWithin);
    const closed = others.filter((other) => !days.has(other));
    return others.length >= ENOUGH_WEEKS && closed.length >= REGULAR * others.length;
  };
  const isYearly = (day: DayNumber) =>
    [-1, 1].some((years) => {
      const other = sameDateIn(day, datePartsOf(day).year + years);
      return other !== null && isWithin(other) && !days.has(other);
    });
  const NEAR = [1, 2, 3, 4];
  /** In a gap of weeks, a date says nothing about its cause. */
  const isBrief = (day: DayNumber) =>
    NEAR.some((n) => days.has(day - n)) && NEAR.some((n) => days.has(day + n));
  const isFeast = (day: DayNumber) =>
    isBrief(day) &&
    (HOLIDAY_DATES.has(toIsoDate(day).slice(5)) || easterOffsetOf(day, datePartsOf(day).year) !== null);
  const isDeclared = (day: DayNumber) => {
    const date = toIsoDate(day);
    return stores.every(({ store_nbr }) =>
      declared.some(
        ({ store_nbr: nbr, from, to }) => nbr === store_nbr && from <= date && (to === null || date <= to),
      ),
    );
  };
  return (day) => isDeclared(day) || isHoliday(day) || isFeast(day) || isDayOff(day) || isYearly(day);
}

/** The longest gap that a closure of all stores explains. */
const LONGEST_DAYS = 45;
/** Days before and after a gap that are compared, and how many of them must have sales. */
const BEFORE = { days: 28, enough: 8 };
const AFTER = { days: 14, enough: 4 };
/** Largest change of an open day's sales across a gap. */
const MOST_CHANGE = 2;

/**
 * Whether sales recover after a gap to about their level before it: then the days between are harmless missing values,
 * whatever happened. False for a gap at the very beginning or end of the sales, and for a very long one.
 *
 * @param unitsOn sales of all stores on a day; 0 without any
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
