import { at } from '../at.ts';
import type { DayNumber } from '../calendar/day-number.ts';
import { type SeriesHistory, valueAt } from '../features/series-history.ts';
import type { Conformal, QuantileTables } from '../schemas/manifest.ts';
import { runningSums } from './expected-demand.ts';
import { volumeClassOf } from './volume-class.ts';

const DAYS = 56;
const MILLI = 1000;

/** Quantiles of demand, in units: p10 <= p50 <= p90. */
export interface DemandInterval {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** The standard normal's 90 % quantile. */
const NORMAL_P90 = 1.2816;

/**
 * A residual quantile of a series whose level is uncertain: the two errors are independent, so their squares add up.
 *
 * @param levelDeviation standard deviation of the level, in log space; 0 changes nothing
 */
export function widenByDeviation(residual: number, levelDeviation: number, side: 'p10' | 'p90'): number {
  if (levelDeviation === 0) return residual;
  const reach = Math.hypot(residual, NORMAL_P90 * levelDeviation);
  return side === 'p10' ? -reach : reach;
}

/**
 * The interval of one day around a forecast z of log1p(units): p50 is the forecast itself, the ends are expm1(z + residual
 * quantile). None below zero.
 */
export function dayInterval(
  z: number,
  residuals: { readonly p10: number; readonly p90: number },
): DemandInterval {
  const p50 = Math.max(0, Math.expm1(z));
  return {
    p10: Math.min(p50, Math.max(0, Math.expm1(z + residuals.p10))),
    p50,
    p90: Math.max(p50, Math.expm1(z + residuals.p90)),
  };
}

/**
 * The interval as it is served. Demand in whole units has whole quantiles: the p10 is the greatest number that at
 * least nine days of ten reach, the p90 the least that at most one exceeds, which are the whole parts of the two
 * ends. The interval is widened to include the mean, which a few large days can move beyond the p90 of a slow seller.
 */
export function servedInterval(
  { p10, p50, p90 }: DemandInterval,
  mean: number,
  isWhole: boolean,
): DemandInterval {
  const [low, high] = isWhole ? [Math.floor(p10), Math.floor(p90)] : [p10, p90];
  return { p10: Math.min(low, p50, mean), p50, p90: Math.max(high, p50, mean) };
}

/** Whether a series sold whole units only on the known days of the last eight weeks; false for one that sold nothing. */
export function sellsWholeUnits(history: SeriesHistory, origin: DayNumber): boolean {
  let sold = false;
  for (let k = 0; k < DAYS; k++) {
    const milliUnits = valueAt(history.milliUnits, origin - k - history.firstDay, -1);
    if (milliUnits > 0 && milliUnits % MILLI !== 0) return false;
    if (milliUnits > 0) sold = true;
  }
  return sold;
}

/** The residual quantiles of one day of a series. @throws {RangeError} when the tables lack them */
export function dayResiduals(
  { p10, p90 }: Pick<QuantileTables, 'p10' | 'p90'>,
  volumeClass: number,
  index: number,
  levelDeviation: number,
): { readonly p10: number; readonly p90: number } {
  return {
    p10: widenByDeviation(cell(p10, volumeClass, index), levelDeviation, 'p10'),
    p90: widenByDeviation(cell(p90, volumeClass, index), levelDeviation, 'p90'),
  };
}

/**
 * The residual quantile of a class and horizon.
 *
 * @throws {RangeError} when the tables lack it
 */
export function cell(table: readonly (readonly number[])[], volumeClass: number, index: number): number {
  const value = table[volumeClass]?.[index];
  if (value === undefined) {
    throw new RangeError(`the conformal tables have no class ${volumeClass} with h = ${index + 1}`);
  }
  return value;
}

/**
 * The demand of days 1..n after the origin together, in units: the demand that an order has to cover over a lead time
 * of n days.
 */
export interface CumulativeDemand extends DemandInterval {
  readonly mean: number;
}

export interface CumulativeRequest {
  /** Expected units of h = 1, 2, ...; 0 on closed days. */
  readonly means: Float64Array;
  /** Whether the store is closed on the day at an index: then neither the sum nor its interval grows. */
  readonly isClosed: (index: number) => boolean;
  /** Of at least as many horizons. */
  readonly tables: QuantileTables;
  /** Of the series at the origin. */
  readonly volumeClass: number;
  /** Standard deviation of the series' level, in log space. */
  readonly levelDeviation: number;
  /** The interval of the day at an index: that of the first open one is that of the sums up to it. */
  readonly dayAt: (index: number) => DemandInterval;
}

const NOTHING: DemandInterval = { p10: 0, p50: 0, p90: 0 };

/**
 * The quantiles of the demand of days 1..n, before rounding to whole units, for each n at index n - 1:
 * expm1(log1p(sum of means) + residual quantile). Quantiles of days must not be added up instead: the sum would be
 * too wide where errors of days are independent, and ignores how they are correlated. The median of a sum of demands,
 * which are never skewed to the left, lies no higher than its mean.
 *
 * @throws {RangeError} when the tables lack the class or the horizon
 */
export function cumulativeIntervals(request: CumulativeRequest): CumulativeDemand[] {
  const { means, isClosed, tables, volumeClass, levelDeviation, dayAt } = request;
  let before: DemandInterval | null = null;
  return Array.from(runningSums(means), (mean, i) => {
    if (isClosed(i)) return { mean, ...(before ?? NOTHING) };
    if (before) {
      const quantile = (table: QuantileTables['p10'], side: 'p10' | 'p50' | 'p90') => {
        const residual = cell(table, volumeClass, i);
        const reach = side === 'p50' ? residual : widenByDeviation(residual, levelDeviation, side);
        return Math.max(0, Math.expm1(Math.log1p(mean) + reach));
      };
      const quantiles = [
        quantile(tables.p10, 'p10'),
        quantile(tables.p50, 'p50'),
        quantile(tables.p90, 'p90'),
      ];
      const [low = 0, middle = 0, high = 0] = quantiles.sort((a, b) => a - b);
      // Sales of a longer time are never lower.
      const p50 = Math.max(before.p50, Math.min(middle, mean));
      before = {
        p10: Math.max(before.p10, Math.min(low, p50)),
        p50,
        p90: Math.max(before.p90, high, p50),
      };
    } else {
      // The point that has the smallest log error can lie above the mean of a series that was forecast too high before.
      const first = dayAt(i);
      const p50 = Math.min(first.p50, mean);
      before = { p10: Math.min(first.p10, p50), p50, p90: first.p90 };
    }
    return { mean, ...before };
  });
}

/** The same intervals as they are served. */
export function cumulativeDemand(request: CumulativeRequest, isWhole: boolean): CumulativeDemand[] {
  return cumulativeIntervals(request).map((sum) => ({
    mean: sum.mean,
    ...servedInterval(sum, sum.mean, isWhole),
  }));
}

/** The forecast of one day, in units. */
export interface HorizonPoint extends DemandInterval {
  /** Days from the origin to the target, 1..16. */
  readonly h: number;
  readonly mean: number;
  /** The demand of the days up to this one together; null where the model has no such intervals. */
  readonly cumulative: (DemandInterval & { readonly mean: number }) | null;
}

/** The forecasts of a series from which its intervals are computed. */
export interface SeriesForecast {
  /** Forecasts of log1p(units), of h = 1, 2, ... */
  readonly logForecasts: Float64Array;
  /** Expected units. */
  readonly means: Float64Array;
  /** `volumeLevel` of the series at the origin. */
  readonly level: number;
  /** Whether the series sells whole units only: then its quantiles are whole. */
  readonly isWhole: boolean;
  /** Standard deviation of the series' level, in log space. */
  readonly levelDeviation: number;
  /** Whether the store is closed on the day at an index; then the forecasts are 0. */
  readonly isClosed: (index: number) => boolean;
}

/** The points that are served, each with its interval; the first open day's is also that of the sums up to it. */
export function horizonForecast(series: SeriesForecast, conformal: Conformal): HorizonPoint[] {
  const { logForecasts, means, level, isWhole, levelDeviation, isClosed } = series;
  const volumeClass = volumeClassOf(conformal.class_bounds, level);
  const days = Array.from(logForecasts, (z, i) => {
    if (isClosed(i)) return { p10: 0, p50: 0, p90: 0 };
    const residuals = dayResiduals(conformal, volumeClass, i, levelDeviation);
    return servedInterval(dayInterval(z, residuals), means[i] as number, isWhole);
  });
  const dayAt = (index: number) => at(days, index);
  const sums = conformal.cumulative
    ? cumulativeDemand(
        { means, isClosed, tables: conformal.cumulative, volumeClass, levelDeviation, dayAt },
        isWhole,
      )
    : null;
  return days.map((day, i) => ({
    h: i + 1,
    mean: means[i] as number,
    ...day,
    cumulative: sums && at(sums, i),
  }));
}
