import type { Conformal } from '../schemas/manifest.ts';
import { fitQuantileTables } from './quantile-tables.ts';
import { binResiduals, joinColumns, type Residuals } from './residual-cells.ts';
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
  const conformal = { ...fitQuantileTables(days, minPerCell), class_bounds: bounds };
  if (windows.every(({ cumulative }) => cumulative.residual.length === 0)) return conformal;
  const sums = windows.map(({ cumulative }) => binResiduals(cumulative, bounds, horizon));
  return { ...conformal, cumulative: fitQuantileTables(sums, minPerCell) };
}
