import type { Conformal } from '../schemas/manifest.ts';
import { type CumulativeDemand, cumulativeDemand } from './cumulative-demand.ts';
import { volumeClassOf } from './volume-classes.ts';

/** The forecast of one day, in units. */
export interface HorizonPoint {
  /** Days from the origin to the target, 1..16. */
  readonly h: number;
  readonly mean: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  /** The demand of the days up to this one together; null where the model has no such intervals. */
  readonly cumulative: (CumulativeDemand & { readonly mean: number }) | null;
}

/**
 * Turns the forecasts z of log1p(units) into units: quantiles are expm1(z + residual quantile), the mean is
 * exp(z) x smearing - 1, none below zero.
 *
 * @param logForecasts of h = 1, 2, ..., by `logForecast`
 * @param level `volumeLevel` of the series at the origin
 */
export function horizonForecast(
  logForecasts: Float64Array,
  level: number,
  conformal: Conformal,
): HorizonPoint[] {
  const volumeClass = volumeClassOf(conformal.class_bounds, level);
  const sums = conformal.cumulative && cumulativeDemand(logForecasts, conformal.cumulative, volumeClass);
  let meanSum = 0;
  return Array.from(logForecasts, (z, i) => {
    const quantile = (table: readonly (readonly number[])[]) =>
      Math.max(0, Math.expm1(z + cell(table, volumeClass, i)));
    const mean = Math.max(0, Math.exp(z) * cell(conformal.smearing, volumeClass, i) - 1);
    meanSum += mean;
    const sum = sums?.[i];
    return {
      h: i + 1,
      mean,
      p10: quantile(conformal.p10),
      p50: quantile(conformal.p50),
      p90: quantile(conformal.p90),
      cumulative: sum ? { mean: meanSum, ...sum } : null,
    };
  });
}

function cell(table: readonly (readonly number[])[], volumeClass: number, index: number): number {
  const value = table[volumeClass]?.[index];
  if (value === undefined) {
    throw new RangeError(`the conformal tables have no class ${volumeClass} with h = ${index + 1}`);
  }
  return value;
}
