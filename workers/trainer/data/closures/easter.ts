import { type DayNumber, toDayNumber } from '../../../../shared/calendar/day-number.ts';

/**
 * Days from Easter Sunday to the movable feasts on which shops are shut somewhere: carnival, Maundy Thursday to Easter
 * Monday, Ascension, Whitsun, Corpus Christi.
 */
const EASTER_OFFSETS: ReadonlySet<number> = new Set([-48, -47, -3, -2, -1, 0, 1, 39, 49, 50, 60]);

/** Easter Sunday of a year of the Gregorian calendar (Meeus, Jones and Butcher). */
export function easterOf(year: number): DayNumber {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const skipped = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - skipped + 15) % 30;
  const weekday =
    (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const sum = epact + weekday - 7 * correction + 114;
  const month = String(Math.floor(sum / 31)).padStart(2, '0');
  const day = String((sum % 31) + 1).padStart(2, '0');
  return toDayNumber(`${year}-${month}-${day}`);
}

/** Days from Easter Sunday to `day` if it is a movable feast; null otherwise. */
export function easterOffsetOf(day: DayNumber, year: number): number | null {
  const offset = day - easterOf(year);
  return EASTER_OFFSETS.has(offset) ? offset : null;
}
