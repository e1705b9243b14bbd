import { type ConformalOptions, fitConformal, volumeClassOf } from '../../../shared/forecast/intervals.ts';
import { joinResiduals, type WindowResult } from './window-result.ts';

/** Quantiles of the model's forecast of each point of a window, in units; p10 <= p50 <= p90. */
export interface WindowIntervals {
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
}

/**
 * The intervals of one window, from the residuals of the other windows: its own would flatter it.
 *
 * @returns null when there is no other window
 */
export function intervalsFromOthers(
  results: readonly WindowResult[],
  held: WindowResult,
  options: ConformalOptions,
): WindowIntervals | null {
  const others = results.filter((result) => result !== held);
  if (others.length === 0) return null;
  const conformal = fitConformal(joinResiduals(others), options);
  const quantileOf = (table: readonly (readonly number[])[]) =>
    held.logForecast.map((z, i) => {
      const volumeClass = volumeClassOf(conformal.class_bounds, held.level[i] as number);
      const residual = table[volumeClass]?.[(held.h[i] as number) - 1] ?? Number.NaN;
      return Math.max(0, Math.expm1(z + residual));
    });
  const intervals = {
    p10: quantileOf(conformal.p10),
    p50: quantileOf(conformal.p50),
    p90: quantileOf(conformal.p90),
  };
  held.actual.forEach((_, i) => {
    sortQuantiles(intervals, i);
  });
  return intervals;
}

/** Crossed quantiles are sorted, as in serving. */
function sortQuantiles({ p10, p50, p90 }: WindowIntervals, i: number): void {
  const [low = 0, middle = 0, high = 0] = [p10[i] ?? 0, p50[i] ?? 0, p90[i] ?? 0].sort((a, b) => a - b);
  p10[i] = low;
  p50[i] = middle;
  p90[i] = high;
}
