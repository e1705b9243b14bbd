import { meanOf, medianOf } from './window-statistics.ts';

const DAYS_PER_WEEK = 7;
const WEEKS = 4;
/** Demand (log1p) from which on a day far off its fellows is a mishap, not the way a slow series sells. */
const STEADY_DEMAND = 3;
/** How far off, in log space: a factor of e. */
const FAR_OFF = 1;

const sorted = new Float64Array(WEEKS);

/** Days from the origin back to the last day with the weekday of the target h days ahead: 0..6. */
export function weekdayLag(h: number): number {
  return (DAYS_PER_WEEK - (h % DAYS_PER_WEEK)) % DAYS_PER_WEEK;
}

/**
 * Mean demand of the last four days with one weekday, the most recent of them `lag` days before the origin. Where
 * their median is at least `STEADY_DEMAND`, days further than `FAR_OFF` from it are left out: a half-day closure or a
 * panic purchase would otherwise stay in the forecast for four weeks. NaN where no day is known.
 *
 * @param demand log1p(units), most recent day first, as in `OriginWindow`
 */
export function weekdayLevel(demand: Float64Array, lag: number): number {
  const median = medianOf(demand, lag, WEEKS, sorted, DAYS_PER_WEEK);
  if (!(median >= STEADY_DEMAND)) return meanOf(demand, lag, WEEKS, DAYS_PER_WEEK);
  let sum = 0;
  let kept = 0;
  for (let week = 0; week < WEEKS; week++) {
    const value = demand[lag + week * DAYS_PER_WEEK] as number;
    if (isMishap(value, median)) continue;
    sum += value;
    kept++;
  }
  // Two days far apart on either side of their median leave none.
  return kept === 0 ? median : sum / kept;
}

/**
 * The weeks, 0 for the most recent, whose days `weekdayLevel` takes the mean of; none where it has none to take.
 *
 * @param demand log1p(units) of the four same weekdays, most recent first; NaN where not known
 */
export function weeksOfLevel(demand: Float64Array): number[] {
  const median = medianOf(demand, 0, WEEKS, sorted, 1);
  return Array.from(demand.keys()).filter((week) => {
    const value = demand[week] as number;
    return !Number.isNaN(value) && (median < STEADY_DEMAND || !isMishap(value, median));
  });
}

/** Whether a day is too far from the median of its fellows; one that is not known is. */
function isMishap(demand: number, median: number): boolean {
  return !(Math.abs(demand - median) <= FAR_OFF);
}
