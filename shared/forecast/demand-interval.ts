import type { DayNumber } from '../calendar/day-number.ts';
import { valueAt } from '../features/origin-window.ts';
import type { SeriesHistory } from '../features/series-history.ts';
import type { QuantileTables } from '../schemas/manifest.ts';

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
 * A residual quantile of a series whose level is not known for sure: the two errors are independent, so their squares add up.
 *
 * @param doubt standard deviation of the level, in log space; 0 changes nothing
 */
export function withDoubt(residual: number, doubt: number, side: 'p10' | 'p90'): number {
  if (doubt === 0) return residual;
  const reach = Math.hypot(residual, NORMAL_P90 * doubt);
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
 * The interval as it is served. Demand in whole units has whole quantiles: the p10 is the greatest number that at least nine
 * days of ten reach, the p90 the least that at most one exceeds, which are the whole parts of the two ends. The mean, which
 * a few large days can carry beyond the p90 of a slow seller, is within.
 */
export function servedInterval(
  { p10, p50, p90 }: DemandInterval,
  mean: number,
  isWhole: boolean,
): DemandInterval {
  const [low, high] = isWhole ? [Math.floor(p10), Math.floor(p90)] : [p10, p90];
  return { p10: Math.min(low, p50, mean), p50, p90: Math.max(high, p50, mean) };
}

/** Whether a series sold whole units only on the known days of the last eight weeks; not one that sold nothing. */
export function sellsWholeUnits(history: SeriesHistory, origin: DayNumber): boolean {
  let sold = false;
  for (let k = 0; k < DAYS; k++) {
    const milliUnits = valueAt(history.milliUnits, origin - k - history.firstDay, -1);
    if (milliUnits > 0 && milliUnits % MILLI !== 0) return false;
    if (milliUnits > 0) sold = true;
  }
  return sold;
}

/** The residual quantiles of one day of a series. @throws {RangeError} when the tables do not have them */
export function dayResiduals(
  { p10, p90 }: Pick<QuantileTables, 'p10' | 'p90'>,
  volumeClass: number,
  index: number,
  doubt: number,
): { readonly p10: number; readonly p90: number } {
  return {
    p10: withDoubt(cell(p10, volumeClass, index), doubt, 'p10'),
    p90: withDoubt(cell(p90, volumeClass, index), doubt, 'p90'),
  };
}

/**
 * The residual quantile of a class and horizon.
 *
 * @throws {RangeError} when the tables do not have it
 */
export function cell(table: readonly (readonly number[])[], volumeClass: number, index: number): number {
  const value = table[volumeClass]?.[index];
  if (value === undefined) {
    throw new RangeError(`the conformal tables have no class ${volumeClass} with h = ${index + 1}`);
  }
  return value;
}
