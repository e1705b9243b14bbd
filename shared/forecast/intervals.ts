import type { Conformal, QuantileTables } from '../schemas/manifest.ts';
import { fitQuantileTables } from './quantile-tables.ts';
import { binResiduals, joinColumns, poolCells, type Residuals } from './residual-cells.ts';
import { interpolatedQuantile } from './sorted-quantiles.ts';
import { type VolumeClassOptions, volumeClassBounds } from './volume-classes.ts';

/**
 * Split-conformal prediction intervals in log space: quantiles of the residuals that a backtest left, by horizon and
 * by volume class, because small series are relatively noisier than large ones and far days harder than near ones. For
 * the demand of each day, and for the demand of the days up to it together.
 *
 * @module
 */

/** What the model's forecast of one window left unexplained. */
export interface WindowResiduals extends Residuals {
  /** Of the sums over days 1..h, `cumulativeResidual` each. */
  readonly cumulative: Residuals;
}

export interface ConformalOptions extends VolumeClassOptions {
  readonly horizon: number;
  /** Fewest residuals behind one quantile: neighbouring horizons are pooled until there are so many. */
  readonly minPerCell: number;
}

export const CONFORMAL_DEFAULTS: ConformalOptions = {
  horizon: 16,
  maxClasses: 8,
  minPerClass: 400,
  minPerCell: 400,
};

/**
 * Residuals beyond these quantiles, or beyond these bounds, count as those in the smearing factor: a freak, or a store
 * that opens again after a month, must not set the mean of every other series.
 */
const SMEARING_TRIM = 0.005;
const SMEARING_BOUNDS = [-1.5, 1.5] as const;

/** @throws {RangeError} when there are no residuals. */
export function fitConformal(
  windows: readonly WindowResiduals[],
  options: ConformalOptions = CONFORMAL_DEFAULTS,
): Conformal {
  const levels = joinColumns(windows.map(({ level }) => level));
  if (levels.length === 0) {
    throw new RangeError('no residuals: intervals need at least one backtest window with known sales');
  }
  const { horizon, minPerCell } = options;
  const bounds = volumeClassBounds(levels, options);
  const days = windows.map((window) => binResiduals(window, bounds, horizon));
  const daily = fitQuantileTables(days, minPerCell);
  const conformal = {
    ...daily,
    class_bounds: bounds,
    smearing: poolCells(days, minPerCell).map((row) => row.map(smearingFactor)),
  };
  if (windows.every(({ cumulative }) => cumulative.residual.length === 0)) return conformal;
  const sums = windows.map(({ cumulative }) => binResiduals(cumulative, bounds, horizon));
  return { ...conformal, cumulative: startingWith(daily, fitQuantileTables(sums, minPerCell)) };
}

/** The demand of days 1..1 is that of day 1: both have the same interval. */
function startingWith(daily: QuantileTables, cumulative: QuantileTables): QuantileTables {
  const first = (days: number[][], sums: number[][]) =>
    sums.map((row, volumeClass) => [days[volumeClass]?.[0] as number, ...row.slice(1)]);
  return {
    p10: first(daily.p10, cumulative.p10),
    p50: first(daily.p50, cumulative.p50),
    p90: first(daily.p90, cumulative.p90),
  };
}

/** mean(exp(residual)), Duan 1983, "Smearing Estimate: A Nonparametric Retransformation Method". */
function smearingFactor(sorted: Float64Array): number {
  const least = Math.max(SMEARING_BOUNDS[0], interpolatedQuantile(sorted, SMEARING_TRIM));
  const greatest = Math.min(SMEARING_BOUNDS[1], interpolatedQuantile(sorted, 1 - SMEARING_TRIM));
  let sum = 0;
  for (const residual of sorted) sum += Math.exp(Math.min(greatest, Math.max(least, residual)));
  return sum / sorted.length;
}
