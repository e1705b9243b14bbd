import { datePartsOf } from '../../../../shared/calendar/date-parts.ts';
import { DAY_MS, type DayNumber, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Holiday, Store } from '../../../../shared/schemas/catalog.ts';
import { easterOf, easterOffsetOf } from './easter.ts';
import { DAY, type DayState } from './past-closures.ts';

/** Dates on which shops are shut nearly everywhere: one year is enough evidence. */
export const CLOSED_ANYWHERE: readonly string[] = ['12-25', '01-01'];
/** Years considered before a day. */
const YEARS = 4;
/** A longer closure may be a shop's holiday or works: one year does not show which. */
const SHORT_DAYS = 3;

/** The past of one store. */
export interface StorePast {
  readonly store: Store;
  /** Day of the panel at which `states` begins, in the source's calendar: dates moved by time travel are moved back. */
  readonly firstDay: DayNumber;
  /** By day, up to the last known one. */
  readonly states: Uint8Array;
}

/** The evidence of an earlier year that a store is shut on a day, or open. */
type Evidence = 'closed' | 'open' | null;

export interface YearlyClosures {
  /**
   * Whether a store is expected to be shut on a day of the source's calendar because it was a year before; null:
   * unknown.
   */
  isExpected(past: StorePast, day: DayNumber): boolean | null;
}

/** The days of earlier years that tell of a day, the same for every store. */
interface EarlierDays {
  readonly day: DayNumber;
  /** Of each feast that it is, the days on which that fell, the most recent first. */
  readonly feasts: readonly (readonly DayNumber[])[];
  /** The most recent first. */
  readonly sameDates: readonly DayNumber[];
  readonly isFixed: boolean;
}

/**
 * Finds yearly closures: on the same date, on the same movable feast, and on the same holiday of the calendar in the
 * files. The year before decides. If older years are known, a date that is not a feast must have been closed twice in a
 * row, because a store that was shut once on some day of March must not be forecast at 0 a year later. So must a date
 * in a closure of more than three days, except for Christmas.
 *
 * @param holidays of the source's calendar, with its dates
 */
export function createYearlyClosures(holidays: readonly Holiday[]): YearlyClosures {
  const named = new Map<string, DayNumber[]>();
  for (const holiday of holidays) {
    if (holiday.transferred) continue;
    const days = named.get(holiday.description) ?? [];
    days.push(toDayNumber(holiday.date));
    named.set(holiday.description, days);
  }
  const namesByDay = new Map<DayNumber, Holiday[]>();
  for (const holiday of holidays) {
    if (holiday.transferred || holiday.type === 'Work Day') continue;
    const day = toDayNumber(holiday.date);
    namesByDay.set(day, [...(namesByDay.get(day) ?? []), holiday]);
  }
  /** Whether a holiday on a day falls on other dates in other years. */
  const isMoving = (day: DayNumber) =>
    (namesByDay.get(day) ?? []).some(
      ({ description }) =>
        new Set((named.get(description) ?? []).map((other) => toIsoDate(other).slice(5))).size > 1,
    );

  const earlierDaysOf = (day: DayNumber): EarlierDays => {
    const { year } = datePartsOf(day);
    const years = Array.from({ length: YEARS }, (_, i) => year - 1 - i);
    const offset = easterOffsetOf(day, year);
    const byName = (namesByDay.get(day) ?? []).map(({ description }) =>
      (named.get(description) ?? []).filter((other) => other < day - 180).sort((a, b) => b - a),
    );
    const byEaster = offset === null ? [] : [years.map((other) => easterOf(other) + offset)];
    return {
      day,
      feasts: [...byEaster, ...byName],
      sameDates: years.flatMap((other) => sameDateIn(day, other) ?? []),
      isFixed: CLOSED_ANYWHERE.includes(toIsoDate(day).slice(5)),
    };
  };
  // A day explained by a feast says nothing about its date.
  const isExplained = (other: DayNumber) =>
    easterOffsetOf(other, datePartsOf(other).year) !== null || isMoving(other);

  // A day is asked for of one store after the other.
  let earlier: EarlierDays | null = null;
  const isExpected = (past: StorePast, day: DayNumber): boolean | null => {
    if (earlier?.day !== day) earlier = earlierDaysOf(day);
    const { feasts, sameDates, isFixed } = earlier;
    const verdicts = [
      ...feasts.map((days) => judge(past, days, true)),
      judge(past, sameDates, isFixed, isExplained),
    ];
    if (verdicts.includes('closed')) return true;
    return verdicts.includes('open') ? false : null;
  };
  return { isExpected };
}

/** @param days of earlier years, the most recent first @param isCertain whether one year is enough */
function judge(
  { firstDay, states }: StorePast,
  days: readonly DayNumber[],
  isCertain: boolean,
  isExplained: (day: DayNumber) => boolean = () => false,
): Evidence {
  const evidence = days.flatMap((day): { closed: boolean; day: DayNumber }[] => {
    const state = states[day - firstDay] as DayState | undefined;
    if (state === DAY.open) return [{ closed: false, day }];
    const isClosed = state === DAY.closed || state === DAY.declared;
    return isClosed && !isExplained(day) ? [{ closed: true, day }] : [];
  });
  const [newest, before] = evidence;
  if (!newest) return null;
  if (!newest.closed) return 'open';
  if (before?.closed || isCertain) return 'closed';
  if (before) return null;
  return isShortOrChristmas(states, newest.day, firstDay) ? 'closed' : null;
}

function isShortOrChristmas(states: Uint8Array, day: DayNumber, firstDay: DayNumber): boolean {
  const isShut = (other: number) => states[other] === DAY.closed || states[other] === DAY.declared;
  let from = day - firstDay;
  let to = from;
  while (isShut(from - 1) || (states[from - 1] === DAY.dayOff && isShut(from - 2))) from--;
  while (isShut(to + 1) || (states[to + 1] === DAY.dayOff && isShut(to + 2))) to++;
  if (to - from + 1 <= SHORT_DAYS) return true;
  for (let other = from; other <= to; other++) {
    if (CLOSED_ANYWHERE.includes(toIsoDate(firstDay + other).slice(5))) return true;
  }
  return false;
}

/** The same date in another year; null for 29 February. */
export function sameDateIn(day: DayNumber, year: number): DayNumber | null {
  const { month, dayOfMonth } = datePartsOf(day);
  const milliseconds = Date.UTC(year, month - 1, dayOfMonth);
  return new Date(milliseconds).getUTCMonth() + 1 === month ? milliseconds / DAY_MS : null;
}
