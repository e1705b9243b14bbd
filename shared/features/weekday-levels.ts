import { DAYS_PER_WEEK } from '../calendar/day-number.ts';
import { medianOf } from './window-statistics.ts';

const WEEKS = 4;
const DAYS = DAYS_PER_WEEK * WEEKS;
/** Most weeks over which distances are measured. */
const MAX_WEEKS = 8;
/** Least distance of an outlier, in log space: a factor of e. */
const FAR_OFF = 1;
/**
 * Least distance of an outlier in multiples of the series' usual distance, so that the lumps of a slow seller stay
 * in.
 */
const SPREADS = 5;

/** Working space of `measureDistances`. */
export interface DistanceScratch {
  readonly medians: Float64Array;
  readonly distances: Float64Array;
  readonly sorted: Float64Array;
}

/** The level of each of the seven weekdays up to an origin, by `weekdayLag`. */
export interface WeekdayLevels extends DistanceScratch {
  /** Mean demand of the last four days of the weekday without outliers; NaN where none is known. */
  readonly levels: Float64Array;
  /** Which of the four weeks the mean is of: bit 0 for the most recent. */
  readonly weeks: Uint8Array;
}

export function createDistanceScratch(): DistanceScratch {
  const days = MAX_WEEKS * DAYS_PER_WEEK;
  return {
    medians: new Float64Array(DAYS_PER_WEEK),
    distances: new Float64Array(days),
    sorted: new Float64Array(days),
  };
}

export function createWeekdayLevels(): WeekdayLevels {
  return {
    levels: new Float64Array(DAYS_PER_WEEK),
    weeks: new Uint8Array(DAYS_PER_WEEK),
    ...createDistanceScratch(),
  };
}

/** Days from the origin back to the last day with the weekday of the target h days ahead: 0..6. */
export function weekdayLag(h: number): number {
  return (DAYS_PER_WEEK - (h % DAYS_PER_WEEK)) % DAYS_PER_WEEK;
}

/**
 * Measures how far each day lies from the median of its weekday, in log space, into `scratch.distances`: 0 where
 * there are no outliers, NaN where the day is not known. A day beyond the returned limit is an outlier: further than
 * `FAR_OFF`, and further than `SPREADS` times the usual distance (the median of all days). So a half-day closure or a
 * panic purchase does not stay in the forecast for weeks, and the lumps of a slow seller do count. Where the median
 * of a weekday is zero no day is an outlier: it sells in lumps.
 *
 * @param demand log1p(units), most recent day first, of whole weeks; NaN where not known
 * @param days whole weeks of it, at most eight
 */
export function measureDistances(
  demand: Float64Array,
  days: number,
  { medians, distances, sorted }: DistanceScratch,
): number {
  const weeks = days / DAYS_PER_WEEK;
  for (let lag = 0; lag < DAYS_PER_WEEK; lag++) {
    medians[lag] = medianOf(demand, lag, weeks, sorted, DAYS_PER_WEEK);
  }
  let farthest = 0;
  for (let k = 0; k < days; k++) {
    const median = medians[k % DAYS_PER_WEEK] as number;
    const distance = Math.abs((demand[k] as number) - median);
    distances[k] = distance;
    if (distance > farthest) farthest = distance;
  }
  // No limit is below FAR_OFF, so the usual distance is irrelevant where no day lies beyond that.
  if (farthest <= FAR_OFF) return FAR_OFF;
  const limit = Math.max(FAR_OFF, SPREADS * medianOf(distances, 0, days, sorted));
  for (let k = 0; k < days; k++) if (medians[k % DAYS_PER_WEEK] === 0) distances[k] = 0;
  return limit;
}

/**
 * The level of each weekday.
 *
 * @param demand log1p(units), most recent day first, as in `OriginWindow`, unknown days not filled
 */
export function loadWeekdayLevels(weekdays: WeekdayLevels, demand: Float64Array): void {
  const { levels, weeks, medians, distances } = weekdays;
  const limit = measureDistances(demand, DAYS, weekdays);
  for (let lag = 0; lag < DAYS_PER_WEEK; lag++) {
    let sum = 0;
    let kept = 0;
    let mask = 0;
    for (let week = 0; week < WEEKS; week++) {
      const k = lag + week * DAYS_PER_WEEK;
      const value = demand[k] as number;
      if (Number.isNaN(value) || (distances[k] as number) > limit) continue;
      sum += value;
      kept++;
      mask |= 1 << week;
    }
    // Two days far apart on either side of their median leave none.
    levels[lag] = kept === 0 ? (medians[lag] as number) : sum / kept;
    weeks[lag] = mask;
  }
}
