import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { SeriesHistory } from '../../../shared/features/index.ts';

const DAYS_PER_WEEK = 7;

/**
 * Mean absolute error, in units, of repeating the same weekday of last week on the days up to `origin`, by which MASE
 * divides (Hyndman & Koehler 2006, m = 7). NaN where that error is zero or not known: such a series has no MASE.
 */
export function seasonalScale({ firstDay, milliUnits }: SeriesHistory, origin: DayNumber): number {
  let sum = 0;
  let known = 0;
  const last = Math.min(origin - firstDay, milliUnits.length - 1);
  for (let at = DAYS_PER_WEEK; at <= last; at++) {
    const value = milliUnits[at] as number;
    const before = milliUnits[at - DAYS_PER_WEEK] as number;
    if (value < 0 || before < 0) continue;
    sum += Math.abs(value - before);
    known++;
  }
  return sum > 0 ? sum / known / 1000 : Number.NaN;
}
