import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { isoMonthOf, isoWeekOf, weekStart } from '../../../shared/calendar/iso-week.ts';
import type { Period } from './period-sums.ts';

const MILLISECONDS_PER_DAY = 86_400_000;

/** The last `count` ISO weeks, oldest first, up to the one of `day`. */
export function weeksUpTo(day: DayNumber, count: number): Period[] {
  const monday = weekStart(day);
  return Array.from({ length: count }, (_, index) => {
    const firstDay = monday - 7 * (count - 1 - index);
    return { name: isoWeekOf(firstDay), firstDay, lastDay: firstDay + 6 };
  });
}

/** The last `count` months, oldest first, up to the one of `day`. */
export function monthsUpTo(day: DayNumber, count: number): Period[] {
  const date = new Date(day * MILLISECONDS_PER_DAY);
  // Date.UTC carries months below 0 and above 11 over to the years around.
  const firstDayOf = (month: number) => Date.UTC(date.getUTCFullYear(), month, 1) / MILLISECONDS_PER_DAY;
  return Array.from({ length: count }, (_, index) => {
    const month = date.getUTCMonth() - (count - 1 - index);
    const firstDay = firstDayOf(month);
    return { name: isoMonthOf(firstDay), firstDay, lastDay: firstDayOf(month + 1) - 1 };
  });
}
