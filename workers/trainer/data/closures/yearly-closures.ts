import { datePartsOf } from '../../../../shared/calendar/date-parts.ts';
import { DAY_MS, type DayNumber, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Holiday, Store } from '../../../../shared/schemas/catalog.ts';
import { easterOf, easterOffsetOf } from './easter.ts';
import { DAY, type DayState } from './past-closures.ts';

/** Dates on which shops are shut nearly everywhere: one year is enough evidence. */
export const CLOSED_ANYWHERE: readonly string[] = ['12-25', '01-01'];
/**
 * Dates that are holidays in many countries, or on which shops close in many. In a retailer of few stores, nothing but
 * the date tells a holiday from an illness or a day of snow after a single year.
 */
export const HOLIDAY_DATES: ReadonlySet<string> = new Set([
  ...['01-01', '01-02', '01-06', '05-01', '08-15', '11-01'],
  ...['12-08', '12-24', '12-25', '12-26', '12-31'],
]);
/** Years considered before a day. */
const YEARS = 4;
/** A longer closure may be a shop's holiday or works: one year does not show which. */
const SHORT_DAYS = 3;
/** The same of a closure on a feast, which may last from Maundy Thursday to the Tuesday after Easter. */
const FEAST_DAYS = 7;
/** The same of a closure over Christmas or New Year. */
const CHRISTMAS_DAYS = 21;
/** A closure of one store, and of less than this share of at least so many others, is its own affair, not a holiday. */
const SHARED = 0.05;
const ENOUGH_OTHERS = 4;

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
  /** Of each feast of the holiday calendar that it is, the days on which that fell, the most recent first. */
  readonly named: readonly (readonly DayNumber[])[];
  /** The same of the feast by its distance from Easter; null where that is none. */
  readonly byEaster: readonly DayNumber[] | null;
  /** The most recent first. */
  readonly sameDates: readonly DayNumber[];
  readonly isFixed: boolean;
}

/**
 * Finds yearly closures: on the same date, on the same movable feast, and on the same holiday of the calendar in the
 * files. The year before decides. If older years are known, a date that is not a feast must have been closed twice in a
 * row, because a store that was shut once on some day of March must not be forecast at 0 a year later. So must a date
 * in a closure of more than three days, except for Christmas, and a day on which hardly another store was shut, unless
 * the files call it a holiday. A closure of weeks says nothing about the feasts in it.
 *
 * @param holidays of the source's calendar, with its dates
 * @param pasts of all stores
 */
export function createYearlyClosures(
  holidays: readonly Holiday[],
  pasts: readonly StorePast[],
): YearlyClosures {
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
    return {
      day,
      named: (namesByDay.get(day) ?? []).map(({ description }) =>
        (named.get(description) ?? []).filter((other) => other < day - 180).sort((a, b) => b - a),
      ),
      byEaster: offset === null ? null : years.map((other) => easterOf(other) + offset),
      sameDates: years.flatMap((other) => sameDateIn(day, other) ?? []),
      isFixed: CLOSED_ANYWHERE.includes(toIsoDate(day).slice(5)),
    };
  };
  // A day explained by a feast says nothing about its date.
  const isExplained = (other: DayNumber) =>
    easterOffsetOf(other, datePartsOf(other).year) !== null || isMoving(other);

  const shared = new Map<DayNumber, boolean | null>();
  const isShared = (other: DayNumber): boolean | null => {
    const known = shared.has(other) ? (shared.get(other) as boolean | null) : isSharedBy(pasts, other);
    shared.set(other, known);
    return known;
  };

  // A day is asked for of one store after the other.
  let earlier: EarlierDays | null = null;
  const isExpected = (past: StorePast, day: DayNumber): boolean | null => {
    if (earlier?.day !== day) earlier = earlierDaysOf(day);
    const byFeast = [
      ...earlier.named.map((days) => judgeFeast(past, days, () => true)),
      ...(earlier.byEaster ? [judgeFeast(past, earlier.byEaster, isShared)] : []),
    ];
    const byDate = judgeDate(past, earlier, isExplained, isShared);
    if (byFeast.includes('closed') || byDate === 'closed') return true;
    // Open on the date of a feast that moves says nothing about the feast.
    return byFeast.includes('open') || (byDate === 'open' && byFeast.length === 0) ? false : null;
  };
  return { isExpected };
}

/**
 * Whether a day on which a store was shut was one of other stores, too; null for too few of them. Stores in works say
 * nothing about it.
 */
function isSharedBy(pasts: readonly StorePast[], day: DayNumber): boolean | null {
  let open = 0;
  let closed = -1;
  for (const past of pasts) {
    if (isShutOn(past, day)) closed += Number(isBrief(past, day, FEAST_DAYS));
    else if (past.states[day - past.firstDay] === DAY.open) open++;
  }
  if (open + closed < ENOUGH_OTHERS) return null;
  return closed >= Math.max(1, SHARED * (open + closed));
}

function judgeFeast(
  past: StorePast,
  days: readonly DayNumber[],
  isShared: (day: DayNumber) => boolean | null,
): Evidence {
  const telling = days.filter((day) => !isShutOn(past, day) || isBrief(past, day, FEAST_DAYS));
  const [newest, before] = evidenceOf(past, telling);
  if (!newest?.isClosed) return newest ? 'open' : null;
  return before?.isClosed || (isShared(newest.day) ?? true) ? 'closed' : null;
}

function judgeDate(
  past: StorePast,
  { sameDates, isFixed }: EarlierDays,
  isExplained: (day: DayNumber) => boolean,
  isShared: (day: DayNumber) => boolean | null,
): Evidence {
  const telling = sameDates.filter((day) => !isShutOn(past, day) || !isExplained(day));
  const [newest, before] = evidenceOf(past, telling);
  if (!newest?.isClosed) return newest ? 'open' : null;
  if (before?.isClosed || isFixed) return 'closed';
  if (before) return null;
  const isHoliday = isShared(newest.day) ?? HOLIDAY_DATES.has(toIsoDate(newest.day).slice(5));
  return isHoliday && isBrief(past, newest.day, SHORT_DAYS) ? 'closed' : null;
}

/** The days on which a store was open or shut, in the same order. */
function evidenceOf(
  past: StorePast,
  days: readonly DayNumber[],
): { readonly day: DayNumber; readonly isClosed: boolean }[] {
  return days.flatMap((day) => {
    const isClosed = isShutOn(past, day);
    return isClosed || past.states[day - past.firstDay] === DAY.open ? [{ day, isClosed }] : [];
  });
}

function isShutOn({ states, firstDay }: StorePast, day: DayNumber): boolean {
  const state = states[day - firstDay] as DayState | undefined;
  return state === DAY.closed || state === DAY.declared;
}

/** Whether the closure around a day lasted for at most a number of days, or for some weeks over Christmas or New Year. */
function isBrief(past: StorePast, day: DayNumber, mostDays: number): boolean {
  const { states, firstDay } = past;
  const isOff = (other: DayNumber) => states[other - firstDay] === DAY.dayOff;
  let [from, to] = [day, day];
  while (isShutOn(past, from - 1) || (isOff(from - 1) && isShutOn(past, from - 2))) from--;
  while (isShutOn(past, to + 1) || (isOff(to + 1) && isShutOn(past, to + 2))) to++;
  const days = to - from + 1;
  if (days <= mostDays || days > CHRISTMAS_DAYS) return days <= mostDays;
  for (let other = from; other <= to; other++) {
    if (CLOSED_ANYWHERE.includes(toIsoDate(other).slice(5))) return true;
  }
  return false;
}

/** The same date in another year; null for 29 February. */
export function sameDateIn(day: DayNumber, year: number): DayNumber | null {
  const { month, dayOfMonth } = datePartsOf(day);
  const milliseconds = Date.UTC(year, month - 1, dayOfMonth);
  return new Date(milliseconds).getUTCMonth() + 1 === month ? milliseconds / DAY_MS : null;
}
