import { DAYS_PER_WEEK, type DayNumber } from '../../../shared/calendar/day-number.ts';
import type { SeriesHistory } from '../../../shared/features/series-history.ts';
import { SAME_WEEKDAY_MEAN_4, SEASONAL_NAIVE } from '../../../shared/schemas/contender-names.ts';

/**
 * Forecasts without a model. Each returns units for the day `h` days after the origin from the days up to the origin;
 * unknown days are skipped, and the forecast is 0 where nothing is known.
 */
export type Baseline = (history: SeriesHistory, origin: DayNumber, h: number) => number;

const WEEKS = 4;

/** The same weekday of last week, repeated: the seasonal naive forecast with m = 7. */
export const seasonalNaive: Baseline = (history, origin, h) => {
  for (let week = 0; week < WEEKS; week++) {
    const units = sameWeekdayUnits(history, origin, h, week);
    if (units !== null) return units;
  }
  return 0;
};

/** The mean of the last four same weekdays. */
export const sameWeekdayMean4: Baseline = (history, origin, h) => {
  let sum = 0;
  let known = 0;
  for (let week = 0; week < WEEKS; week++) {
    const units = sameWeekdayUnits(history, origin, h, week);
    if (units === null) continue;
    sum += units;
    known++;
  }
  return known === 0 ? 0 : sum / known;
};

/** Every baseline by the name it has in reports. */
export const BASELINES = {
  [SEASONAL_NAIVE]: seasonalNaive,
  [SAME_WEEKDAY_MEAN_4]: sameWeekdayMean4,
} as const satisfies Record<string, Baseline>;

function sameWeekdayUnits(
  { firstDay, milliUnits }: SeriesHistory,
  origin: DayNumber,
  h: number,
  week: number,
): number | null {
  const weeksBack = Math.ceil(h / DAYS_PER_WEEK) + week;
  const index = origin + h - DAYS_PER_WEEK * weeksBack - firstDay;
  const value = index < 0 ? undefined : milliUnits[index];
  return value === undefined || value < 0 ? null : value / 1000;
}
