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
 * Turns margins into units: z = max(0, anchor + margin) is the forecast of log1p(units); quantiles are
 * expm1(z + residual quantile), the mean is exp(z) x smearing - 1, none below zero.
 *
 * @param margins of h = 1, 2, ...
 * @param anchor of h = 1, 2, ..., in log space
 * @param level `volumeLevel` of the series at the origin
 */
export function horizonForecast(
  margins: ArrayLike<number>,
  anchor: ArrayLike<number>,
  level: number,
  conformal: Conformal,
): HorizonPoint[] {
  const volumeClass = volumeClassOf(conformal.class_bounds, level);
  const logForecast = Float64Array.from({ length: margins.length }, (_, i) =>
    Math.max(0, (anchor[i] as number) + (margins[i] as number)),
  );
  const sums = conformal.cumulative && cumulativeDemand(logForecast, conformal.cumulative, volumeClass);
  let meanSum = 0;
  return Array.from(logForecast, (z, i) => {
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
