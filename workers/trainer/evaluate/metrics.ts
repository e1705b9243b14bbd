import type { Score } from '../../../shared/schemas/manifest.ts';

/** Sales and forecasts, in units, point by point. */
export interface ScoredPoints {
  readonly actual: ArrayLike<number>;
  /** The point that RMSLE and WAPE score. */
  readonly median: ArrayLike<number>;
  /** The point that bias and sums score. */
  readonly mean: ArrayLike<number>;
  /** Of each point, with the days of a series consecutive; null scores no sums. */
  readonly series: ArrayLike<number> | null;
}

/**
 * Errors of forecasts, in units. Forecasts below zero count as zero. NaN for no points; shares of sales are null
 * where nothing was sold.
 *
 * RMSLE = sqrt(mean((log1p(median) - log1p(actual))^2)), pooled over all points · WAPE = sum |y - median| / sum |y| ·
 * bias = mean(mean - y) · mean_ratio = sum mean / sum y · sum_wape: WAPE of the sums of each run of points of one
 * series.
 */
export function scoreOf({ actual, median, mean, series }: ScoredPoints): Score {
  requireSameLength(actual, median);
  requireSameLength(actual, mean);
  let squaredLogErrors = 0;
  let absoluteErrors = 0;
  let total = 0;
  let means = 0;
  let sumErrors = 0;
  let [sold, expected] = [0, 0];
  for (let i = 0; i < actual.length; i++) {
    const y = actual[i] as number;
    const yhat = Math.max(0, median[i] as number);
    const logError = Math.log1p(yhat) - Math.log1p(y);
    squaredLogErrors += logError * logError;
    absoluteErrors += Math.abs(yhat - y);
    total += Math.abs(y);
    means += Math.max(0, mean[i] as number);
    if (i > 0 && series?.[i] !== series?.[i - 1]) {
      sumErrors += Math.abs(expected - sold);
      [sold, expected] = [0, 0];
    }
    sold += y;
    expected += Math.max(0, mean[i] as number);
  }
  sumErrors += Math.abs(expected - sold);
  const count = actual.length;
  const shareOfSold = (value: number) => (total > 0 ? value / total : null);
  return {
    rmsle: Math.sqrt(squaredLogErrors / count),
    wape: shareOfSold(absoluteErrors),
    bias: (means - total) / count,
    mean_ratio: shareOfSold(means),
    ...(series && { sum_wape: shareOfSold(sumErrors) }),
    count,
  };
}

/** The errors of a forecast whose median and mean are the same. */
export function scorePoint(actual: ArrayLike<number>, predicted: ArrayLike<number>): Score {
  return scoreOf({ actual, median: predicted, mean: predicted, series: null });
}

/** Share of actual values within [lower, upper]; NaN for no points. */
export function coverageOf(
  actual: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): number {
  requireSameLength(actual, lower);
  requireSameLength(actual, upper);
  let inside = 0;
  for (let i = 0; i < actual.length; i++) {
    const y = actual[i] as number;
    if (y >= (lower[i] as number) && y <= (upper[i] as number)) inside++;
  }
  return inside / actual.length;
}

function requireSameLength(left: ArrayLike<number>, right: ArrayLike<number>): void {
  if (left.length !== right.length) {
    throw new RangeError(`${left.length} values cannot be compared with ${right.length}`);
  }
}
