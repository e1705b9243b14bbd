import type { QuantileTables } from '../schemas/manifest.ts';

/** The demand of days 1..n after the origin together, in units: what an order has to last for over a lead time of n days. */
export interface CumulativeDemand {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/**
 * log1p of the sum of forecasts of the days 1..n, which the quantiles of cumulative demand are measured from. Both the
 * backtest, which makes the residuals, and serving go through it.
 *
 * @param logForecast forecasts of log1p(units), of h = 1, 2, ...
 * @returns one value for each n = 1, 2, ...
 */
export function cumulativeLogForecast(logForecast: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(logForecast.length);
  let sum = 0;
  for (let i = 0; i < sums.length; i++) {
    sum += Math.expm1(logForecast[i] as number);
    sums[i] = Math.log1p(sum);
  }
  return sums;
}

/**
 * The interval of the demand of a lead time of n days, for each n = 1, 2, ...: at index n - 1. Intervals of days must
 * not be added up for it: that would be too wide where days err on their own, and says nothing of how they err together.
 *
 * Quantiles never fall from one n to the next, because a longer time never sells less, and p10 <= p50 <= p90.
 *
 * @param logForecast forecasts of log1p(units), of h = 1, 2, ..., none below 0
 * @param tables of as many horizons at least
 * @param volumeClass of the series at the origin
 * @throws {RangeError} when the tables do not have the class or reach as far
 */
export function cumulativeDemand(
  logForecast: ArrayLike<number>,
  tables: QuantileTables,
  volumeClass: number,
): CumulativeDemand[] {
  const floor = [0, 0, 0];
  return Array.from(cumulativeLogForecast(logForecast), (z, i) => {
    const quantiles = [tables.p10, tables.p50, tables.p90].map((table) => {
      const residual = table[volumeClass]?.[i];
      if (residual === undefined) {
        throw new RangeError(`the cumulative tables have no class ${volumeClass} with ${i + 1} days`);
      }
      return Math.expm1(z + residual);
    });
    quantiles
      .sort((a, b) => a - b)
      .forEach((units, k) => {
        floor[k] = Math.max(floor[k] as number, units);
      });
    const [p10 = 0, p50 = 0, p90 = 0] = floor;
    return { p10, p50, p90 };
  });
}
