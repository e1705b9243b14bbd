import { type DayNumber, isoWeekday } from '../../../shared/calendar/day-number.ts';

/**
 * The days that get a label under a chart of days: Mondays, as many weeks apart as the width demands.
 *
 * @param pixelsPerDay Width of one day.
 * @param labelWidth Room that one label needs, in pixels, its gap included.
 */
export function labelledDays(
  first: DayNumber,
  last: DayNumber,
  pixelsPerDay: number,
  labelWidth: number,
): DayNumber[] {
  const weeks = Math.max(1, Math.ceil(labelWidth / Math.max(pixelsPerDay * 7, 0.001)));
  const days: DayNumber[] = [];
  // Counted back from the last Monday, so that the recent end, which matters most, always has its label.
  for (let day = last - isoWeekday(last) + 1; day >= first; day -= 7 * weeks) days.unshift(day);
  return days;
}
