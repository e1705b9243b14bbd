import { datePartsOf } from '../../../../shared/calendar/date-parts.ts';
import { type DayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { createHolidayCalendar } from '../../../../shared/calendar/holidays.ts';
import type { Holiday, Store } from '../../../../shared/schemas/catalog.ts';
import type { ClosureInterval } from '../../../../shared/schemas/closures.ts';
import { CLOSED_ANYWHERE, sameDateIn } from '../closures/yearly-closures.ts';

/** Same weekdays on either side that tell whether one is a regular day off, and how many of them have to be. */
const WEEKS = 4;
const ENOUGH_WEEKS = 4;
const REGULAR = 0.75;

/** What tells closures from days that were lost. */
export interface ClosureEvidence {
  readonly holidays: readonly Holiday[];
  /** Stores that have rows. */
  readonly stores: readonly Store[];
  /** Closures that a person has stated. */
  readonly declared: readonly ClosureInterval[];
}

/**
 * Says of a day without any row whether all stores may have been closed: because a person has stated it, on a holiday of all of them, on the weekday
 * that they always take off, or because they were closed on the same date a year before or after.
 *
 * @param days the days that have rows
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
    const others = Array.from({ length: WEEKS }, (_, week) => 7 * (week + 1))
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
  const isDeclared = (day: DayNumber) => {
    const date = toIsoDate(day);
    return stores.every(({ store_nbr }) =>
      declared.some(
        ({ store_nbr: nbr, from, to }) => nbr === store_nbr && from <= date && (to === null || date <= to),
      ),
    );
  };
  return (day) => isDeclared(day) || isHoliday(day) || isDayOff(day) || isYearly(day);
}
