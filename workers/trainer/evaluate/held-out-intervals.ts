import { at } from '../../../shared/at.ts';
import {
  cumulativeIntervals,
  type DemandInterval,
  dayInterval,
  dayResiduals,
  servedInterval,
} from '../../../shared/forecast/demand-intervals.ts';
import { volumeClassOf } from '../../../shared/forecast/volume-class.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { Conformal } from '../../../shared/schemas/manifest.ts';
import { type ConformalOptions, fitConformal } from './intervals/fit-intervals.ts';
import { pointsBy, type WindowResult } from './window-result.ts';

/** Quantiles of the model's forecast of each point, in units; p10 <= p50 <= p90. */
export interface Intervals {
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
}

/**
 * The intervals of the days of one window, and of their sums; each at the index of its point. Calibration is measured
 * on the quantiles before rounding to whole units: an interval between whole numbers covers more than its share,
 * however right it is.
 */
export interface WindowIntervals {
  readonly daily: Intervals;
  readonly cumulative: Intervals;
  /** Of the days, as they are served. */
  readonly served: Intervals;
}

/** The intervals of one window, calibrated without it: its own residuals would flatter it. */
export interface HeldOutIntervals {
  /** From all other windows: the best estimate that a few windows allow. null when there is no other. */
  readonly others: WindowIntervals | null;
  /** From the windows before it only: what a run of that night would have served. null for the first windows. */
  readonly earlier: WindowIntervals | null;
}

/** Fewest earlier windows from which intervals are made. */
const MIN_EARLIER_WINDOWS = 3;

/**
 * The intervals of each window.
 *
 * @param results in the order of time
 */
export function heldOutIntervals(
  results: readonly WindowResult[],
  options: ConformalOptions,
): HeldOutIntervals[] {
  return results.map((held, i) => {
    const others = results.filter((result) => result !== held);
    const earlier = results.slice(0, i);
    return {
      others: others.length > 0 ? windowIntervals(held, fitConformal(others, options)) : null,
      earlier:
        earlier.length >= MIN_EARLIER_WINDOWS ? windowIntervals(held, fitConformal(earlier, options)) : null,
    };
  });
}

function windowIntervals(held: WindowResult, conformal: Conformal): WindowIntervals {
  const { logForecast, level, h, series, isWhole, levelDeviations } = held;
  const means = pointsBy(held, MODEL).mean;
  const daily = emptyIntervals(logForecast.length);
  const served = emptyIntervals(logForecast.length);
  logForecast.forEach((z, i) => {
    const volumeClass = volumeClassOf(conformal.class_bounds, at(level, i));
    const index = at(h, i) - 1;
    const interval = dayInterval(
      z,
      dayResiduals(conformal, volumeClass, index, at(levelDeviations, at(series, i))),
    );
    write(daily, i, interval);
    write(served, i, servedInterval(interval, at(means, i), isWhole[i] === 1));
  });
  return { daily, served, cumulative: sumsOf(held, conformal) };
}

/** As in serving: from the expected units of a series' days. A sum is missing where one of its days is. */
function sumsOf({ cumulative, summed, levelDeviations }: WindowResult, conformal: Conformal): Intervals {
  const intervals = emptyIntervals(cumulative.actual.length);
  if (!conformal.cumulative) return intervals;
  const { series, h, logForecast, mean, isClosed } = summed;
  for (let point = 0, day = 0; point < cumulative.series.length; ) {
    const current = at(cumulative.series, point);
    while (series[day] !== current || h[day] !== 1) day++;
    let days = 1;
    while (cumulative.series[point + days] === current && cumulative.h[point + days] === days + 1) days++;
    const volumeClass = volumeClassOf(conformal.class_bounds, at(cumulative.level, point));
    const from = day;
    const levelDeviation = at(levelDeviations, current);
    const dayAt = (i: number) =>
      dayInterval(at(logForecast, from + i), dayResiduals(conformal, volumeClass, i, levelDeviation));
    for (const sum of cumulativeIntervals({
      means: mean.subarray(day, day + days),
      isClosed: (i) => isClosed[from + i] === 1,
      tables: conformal.cumulative,
      volumeClass,
      levelDeviation,
      dayAt,
    })) {
      write(intervals, point++, sum);
    }
  }
  return intervals;
}

function emptyIntervals(count: number): Intervals {
  return { p10: new Float64Array(count), p50: new Float64Array(count), p90: new Float64Array(count) };
}

function write({ p10, p50, p90 }: Intervals, i: number, interval: DemandInterval): void {
  p10[i] = interval.p10;
  p50[i] = interval.p50;
  p90[i] = interval.p90;
}
