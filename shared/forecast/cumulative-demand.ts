import type { QuantileTables } from '../schemas/manifest.ts';
import { cell, type DemandInterval, servedInterval, withDoubt } from './demand-interval.ts';
import { runningSums } from './expected-demand.ts';

/** The demand of days 1..n after the origin together, in units: what an order has to last for over a lead time of n days. */
export interface CumulativeDemand extends DemandInterval {
  readonly mean: number;
}

export interface CumulativeRequest {
  /** Expected units of h = 1, 2, ...; 0 on closed days. */
  readonly means: Float64Array;
  /** Whether the store is closed on the day at an index: then neither the sum nor its interval grows. */
  readonly isClosed: (index: number) => boolean;
  /** Of as many horizons at least. */
  readonly tables: QuantileTables;
  /** Of the series at the origin. */
  readonly volumeClass: number;
  /** Standard deviation of what is not known of the series' level, in log space. */
  readonly doubt: number;
  /** The interval of the first day, which is that of the first sum. */
  readonly first: DemandInterval;
}

const NOTHING: DemandInterval = { p10: 0, p50: 0, p90: 0 };

/**
 * The quantiles of the demand of days 1..n, before they are made whole, for each n at index n - 1: expm1(log1p(sum of means) +
 * residual quantile). Quantiles of days must not be added up for it: that would be too wide where days err on their own, and says
 * nothing of how they err together. The median of a sum of demands, which are never skewed to the left, lies no higher than its mean.
 *
 * @throws {RangeError} when the tables do not have the class or reach as far
 */
export function cumulativeIntervals(request: CumulativeRequest): CumulativeDemand[] {
  const { means, isClosed, tables, volumeClass, doubt, first } = request;
  let before: DemandInterval = isClosed(0) ? NOTHING : first;
  return Array.from(runningSums(means), (mean, i) => {
    if (i > 0 && !isClosed(i)) {
      const at = (table: QuantileTables['p10'], side: 'p10' | 'p50' | 'p90') => {
        const residual = cell(table, volumeClass, i);
        const reach = side === 'p50' ? residual : withDoubt(residual, doubt, side);
        return Math.max(0, Math.expm1(Math.log1p(mean) + reach));
      };
      const quantiles = [at(tables.p10, 'p10'), at(tables.p50, 'p50'), at(tables.p90, 'p90')];
      const [low = 0, middle = 0, high = 0] = quantiles.sort((a, b) => a - b);
      // A longer time never sells less.
      const p50 = Math.max(before.p50, Math.min(middle, mean));
      before = {
        p10: Math.max(before.p10, Math.min(low, p50)),
        p50,
        p90: Math.max(before.p90, high, p50),
      };
    }
    return { mean, ...before };
  });
}

/** The same as it is served. */
export function cumulativeDemand(request: CumulativeRequest, isWhole: boolean): CumulativeDemand[] {
  return cumulativeIntervals(request).map((sum) => ({
    mean: sum.mean,
    ...servedInterval(sum, sum.mean, isWhole),
  }));
}
