import { type DayNumber, type IsoDate, toDayNumber, toIsoDate } from '../calendar/day-number.ts';
import type { Holiday } from '../schemas/catalog.ts';

/** The place of a store: a regional holiday names its state, a local one its city. */
export interface Place {
  readonly city: string;
  readonly state: string;
}

/** The holidays of a day at one place. */
export interface DayKind {
  readonly nationalHoliday: boolean;
  readonly regionalHoliday: boolean;
  readonly localHoliday: boolean;
  /** A day off between a holiday and the weekend. */
  readonly bridge: boolean;
  /** A day added to a holiday, such as the days before Christmas. */
  readonly additional: boolean;
  /** Mother's Day, Black Friday, a football match, a disaster: not a day off. */
  readonly event: boolean;
  /** A Saturday worked to make up for a bridge. */
  readonly workDay: boolean;
}

export interface HolidayCalendar {
  kindOf(day: DayNumber, place: Place): DayKind;
  /** Days since the last national holiday, 0 on one, at most `NATIONAL_HOLIDAY_REACH`. */
  daysSinceNational(day: DayNumber): number;
  /** Days until the next national holiday, 0 on one, at most `NATIONAL_HOLIDAY_REACH`. */
  daysUntilNational(day: DayNumber): number;
}

/** Search range for a national holiday, in days; beyond it a holiday does not affect sales. */
export const NATIONAL_HOLIDAY_REACH = 30;

/**
 * Holidays of a range of days, with transfers resolved: an original that was transferred is an ordinary day, and
 * the day it was moved to (type `Transfer`) is the holiday.
 */
export function createHolidayCalendar(
  holidays: readonly Holiday[],
  fromDay: DayNumber,
  toDay: DayNumber,
): HolidayCalendar {
  const firstDate = toIsoDate(fromDay - NATIONAL_HOLIDAY_REACH);
  const lastDate = toIsoDate(toDay + NATIONAL_HOLIDAY_REACH);
  const byDay = new Map<DayNumber, Holiday[]>();
  const national = new Set<DayNumber>();
  for (const holiday of holidays) {
    // Dates compare as text: parsing the whole list on every request would cost more than the rest of the features.
    if (!isWithin(holiday.date, firstDate, lastDate) || holiday.transferred) continue;
    const day = toDayNumber(holiday.date);
    const sameDay = byDay.get(day);
    if (sameDay) sameDay.push(holiday);
    else byDay.set(day, [holiday]);
    if (isDayOff(holiday) && holiday.locale === 'National') national.add(day);
  }
  const distanceToNational = (day: DayNumber, step: 1 | -1): number => {
    for (let distance = 0; distance < NATIONAL_HOLIDAY_REACH; distance++) {
      if (national.has(day + step * distance)) return distance;
    }
    return NATIONAL_HOLIDAY_REACH;
  };
  return {
    kindOf: (day, place) => kindOf(byDay.get(day) ?? [], place),
    daysSinceNational: (day) => distanceToNational(day, -1),
    daysUntilNational: (day) => distanceToNational(day, 1),
  };
}

/**
 * The names of the holidays and events of one day at one place, as the dataset spells them; a holiday that was transferred is named on
 * the day it was moved to.
 */
export function holidayNamesOn(holidays: readonly Holiday[], date: IsoDate, place: Place): string[] {
  const here = holidays.filter(
    (holiday) => holiday.date === date && !holiday.transferred && appliesTo(holiday, place),
  );
  return [...new Set(here.map(({ description }) => description))].filter((name) => name !== '');
}

function kindOf(holidays: readonly Holiday[], place: Place): DayKind {
  const here = holidays.filter((holiday) => appliesTo(holiday, place));
  const isOff = (locale: Holiday['locale']) =>
    here.some((holiday) => holiday.locale === locale && isDayOff(holiday));
  const has = (type: Holiday['type']) => here.some((holiday) => holiday.type === type);
  return {
    nationalHoliday: isOff('National'),
    regionalHoliday: isOff('Regional'),
    localHoliday: isOff('Local'),
    bridge: has('Bridge'),
    additional: has('Additional'),
    event: has('Event'),
    workDay: has('Work Day'),
  };
}

function appliesTo(holiday: Holiday, place: Place): boolean {
  if (holiday.locale === 'National') return true;
  return holiday.locale_name === (holiday.locale === 'Regional' ? place.state : place.city);
}

function isDayOff(holiday: Holiday): boolean {
  return holiday.type === 'Holiday' || holiday.type === 'Transfer';
}

function isWithin(date: IsoDate, first: IsoDate, last: IsoDate): boolean {
  return date >= first && date <= last;
}
