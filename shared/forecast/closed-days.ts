import type { CumulativeDemand } from './cumulative-demand.ts';
import type { HorizonPoint } from './horizon-forecast.ts';

/**
 * Makes nothing of the forecasts of closed days. Their cumulative demand is that of the day before, the interval included;
 * what the model expected on them leaves the means of all later sums.
 *
 * @param points of h = 1, 2, ...
 * @param isClosed whether the store is shut on the day of the point at an index
 */
export function closeDays(
  points: readonly HorizonPoint[],
  isClosed: (index: number) => boolean,
): HorizonPoint[] {
  let expectedWhileClosed = 0;
  let sumBefore = 0;
  let held: (CumulativeDemand & { readonly mean: number }) | null = null;
  return points.map((point, i) => {
    const { cumulative } = point;
    const sum = cumulative?.mean ?? 0;
    if (isClosed(i)) expectedWhileClosed += sum - sumBefore;
    sumBefore = sum;
    if (!isClosed(i)) {
      held = cumulative && { ...cumulative, mean: Math.max(0, cumulative.mean - expectedWhileClosed) };
      return { ...point, cumulative: held };
    }
    const nothing = { mean: 0, p10: 0, p50: 0, p90: 0 };
    return { ...point, ...nothing, cumulative: cumulative && (held ?? nothing) };
  });
}
