/**
 * Split-conformal prediction intervals in log space: quantiles of the residuals of a backtest, by horizon and by
 * volume class, because small series are relatively noisier than large ones and far days harder than near ones. One
 * set for the demand of each day, and one for the demand of the days up to it together.
 *
 * @module
 */

import { at } from '../../../../shared/at.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { type VolumeClassOptions, volumeClassBounds } from '../../../../shared/forecast/volume-class.ts';
import type { Conformal, QuantileTables } from '../../../../shared/schemas/manifest.ts';
import {
  binResiduals,
  joinColumns,
  poolCells,
  type ResidualCells,
  type Residuals,
} from './residual-cells.ts';

/** The residuals of the model's forecast of one window. */
export interface WindowResiduals extends Residuals {
  /** Of the sums over days 1..h, `cumulativeResidual` each. */
  readonly cumulative: Residuals;
}

export interface ConformalOptions extends VolumeClassOptions {
  readonly horizon: number;
  /** Fewest residuals behind one quantile: neighbouring horizons are pooled until there are this many. */
  readonly minPerCell: number;
}

export const CONFORMAL_DEFAULTS: ConformalOptions = {
  horizon: HORIZON,
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

/** Share of values that lie between p10 and p90. */
const COVERAGE = 0.8;
/** Bounds of the factor by which intervals are stretched. */
const STRETCH_RANGE = [1, 2] as const;

/**
 * Quantiles of residuals by class and horizon, stretched about the median so that they hold for a window that is not
 * among them.
 *
 * All series of a window share its weather, holidays and strikes, so a few windows say less about the next one than
 * their many residuals suggest. They do show how far each of them lies from all the others: every window is left out
 * in turn, and the stretch is the factor that the quantiles of the others need to cover 80 % of the residuals left
 * out (as CV+ does; Barber, Candes, Ramdas, Tibshirani 2021, "Predictive Inference with the Jackknife+").
 *
 * @param windows residuals of each backtest window, in cells of the same bounds
 * @param minPerCell fewest residuals behind one quantile
 */
export function fitQuantileTables(windows: readonly ResidualCells[], minPerCell: number): QuantileTables {
  return stretched(plainTables(windows, minPerCell), stretchOf(windows, minPerCell));
}

function plainTables(windows: readonly ResidualCells[], minPerCell: number): QuantileTables {
  const cells = poolCells(windows, minPerCell);
  const table = (statistic: (sorted: Float64Array) => number) => cells.map((row) => row.map(statistic));
  return {
    p10: table((sorted) => lowerQuantile(sorted, (1 - COVERAGE) / 2)),
    p50: table((sorted) => interpolatedQuantile(sorted, 0.5)),
    p90: table((sorted) => upperQuantile(sorted, (1 + COVERAGE) / 2)),
  };
}

function stretchOf(windows: readonly ResidualCells[], minPerCell: number): number {
  const needed = windows.flatMap((held) => {
    const others = windows.filter((window) => window !== held);
    return others.some(holdsResiduals) ? neededStretches(held, plainTables(others, minPerCell)) : [];
  });
  const sorted = joinColumns(needed).sort();
  if (sorted.length === 0) return 1;
  const [least, most] = STRETCH_RANGE;
  return Math.min(most, Math.max(least, upperQuantile(sorted, COVERAGE)));
}

function holdsResiduals(cells: ResidualCells): boolean {
  return cells.some((row) => row.some(({ length }) => length > 0));
}

/** The stretch at which the interval reaches each residual: its distance from p50 over the interval's. */
function neededStretches(held: ResidualCells, { p10, p50, p90 }: QuantileTables): Float64Array[] {
  return held.flatMap((row, volumeClass) =>
    row.map((residuals, index) => {
      const low = at(at(p10, volumeClass), index);
      const middle = at(at(p50, volumeClass), index);
      const high = at(at(p90, volumeClass), index);
      return residuals.map((residual) => {
        if (residual === middle) return 0;
        const end = residual > middle ? high : low;
        return end === middle ? Number.POSITIVE_INFINITY : (residual - middle) / (end - middle);
      });
    }),
  );
}

function stretched({ p10, p50, p90 }: QuantileTables, factor: number): QuantileTables {
  const away = (table: readonly (readonly number[])[]) =>
    table.map((row, volumeClass) =>
      row.map((value, index) => {
        const middle = at(at(p50, volumeClass), index);
        return middle + factor * (value - middle);
      }),
    );
  return { p10: away(p10), p50, p90: away(p90) };
}

/** The ceil((n + 1) q)-th smallest of one or more values in ascending order: a new one lies at or below it with probability of at least q. */
export function upperQuantile(sorted: Float64Array, q: number): number {
  const rank = Math.min(sorted.length, Math.ceil((sorted.length + 1) * q));
  return at(sorted, rank - 1);
}

/** The floor((n + 1) q)-th smallest value: a new one lies at or above it with probability of at least 1 - q. */
export function lowerQuantile(sorted: Float64Array, q: number): number {
  const rank = Math.max(1, Math.floor((sorted.length + 1) * q));
  return at(sorted, rank - 1);
}

export function interpolatedQuantile(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = at(sorted, Math.floor(position));
  const above = at(sorted, Math.ceil(position));
  return below + (above - below) * (position - Math.floor(position));
}
