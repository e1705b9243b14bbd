import { cumulativeDemand } from '../../../shared/forecast/cumulative-demand.ts';
import { type ConformalOptions, fitConformal } from '../../../shared/forecast/intervals.ts';
import { volumeClassOf } from '../../../shared/forecast/volume-classes.ts';
import type { Conformal } from '../../../shared/schemas/manifest.ts';
import type { ForecastPoints, WindowResult } from './window-result.ts';

/** Quantiles of the model's forecast of each point, in units; p10 <= p50 <= p90. */
export interface Intervals {
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
}

/** The intervals of the days of one window, and of their sums; each at the index of its point. */
export interface WindowIntervals {
  readonly daily: Intervals;
  readonly cumulative: Intervals;
}

/** The intervals of one window, made without it: its own residuals would flatter it. */
export interface HeldOutIntervals {
  /** From all other windows: the most that a few windows can say about intervals. null when there is no other. */
  readonly others: WindowIntervals | null;
  /** From the windows before it only: what a run of that night would have served. null for the first windows. */
  readonly earlier: WindowIntervals | null;
}

/** Windows that lie before one, at least, to make its intervals from. */
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
  return { daily: dailyIntervals(held, conformal), cumulative: cumulativeIntervals(held, conformal) };
}

function dailyIntervals({ logForecast, level, h }: ForecastPoints, conformal: Conformal): Intervals {
  const intervals = emptyIntervals(logForecast.length);
  const { p10, p50, p90 } = conformal;
  for (let i = 0; i < logForecast.length; i++) {
    const volumeClass = volumeClassOf(conformal.class_bounds, level[i] as number);
    const quantile = (table: readonly (readonly number[])[]) => {
      const residual = table[volumeClass]?.[(h[i] as number) - 1] ?? Number.NaN;
      return Math.max(0, Math.expm1((logForecast[i] as number) + residual));
    };
    // Crossed quantiles are sorted, as in serving.
    writeQuantiles(
      intervals,
      i,
      [quantile(p10), quantile(p50), quantile(p90)].sort((a, b) => a - b),
    );
  }
  return intervals;
}

/** As serving makes them: from the forecasts of a series' days. Sums are missing where a day of them is. */
function cumulativeIntervals({ cumulative, ...held }: WindowResult, conformal: Conformal): Intervals {
  const { series, h, logForecast } = held.summed ?? held;
  const intervals = emptyIntervals(cumulative.actual.length);
  if (!conformal.cumulative) return intervals;
  for (let at = 0, day = 0; at < cumulative.series.length; ) {
    const current = cumulative.series[at];
    while (series[day] !== current || h[day] !== 1) day++;
    let days = 1;
    while (cumulative.series[at + days] === current) days++;
    const volumeClass = volumeClassOf(conformal.class_bounds, cumulative.level[at] as number);
    const sums = cumulativeDemand(logForecast.subarray(day, day + days), conformal.cumulative, volumeClass);
    for (const { p10, p50, p90 } of sums) writeQuantiles(intervals, at++, [p10, p50, p90]);
  }
  return intervals;
}

function emptyIntervals(count: number): Intervals {
  return { p10: new Float64Array(count), p50: new Float64Array(count), p90: new Float64Array(count) };
}

function writeQuantiles({ p10, p50, p90 }: Intervals, i: number, ascending: readonly number[]): void {
  p10[i] = ascending[0] ?? Number.NaN;
  p50[i] = ascending[1] ?? Number.NaN;
  p90[i] = ascending[2] ?? Number.NaN;
}
