import type { Score } from '../schemas/manifest.ts';

/**
 * Errors of forecasts `predicted[i]` of `actual[i]`, in units. Forecasts below zero count as zero. NaN for no points;
 * `wape` is null where nothing was sold.
 *
 * RMSLE = sqrt(mean((log1p(predicted) - log1p(actual))^2)), pooled over all points · WAPE = sum |y - yhat| / sum |y| ·
 * bias = mean(yhat - y).
 */
export function scoreOf(actual: ArrayLike<number>, predicted: ArrayLike<number>): Score {
  requireSameLength(actual, predicted);
  let squaredLogErrors = 0;
  let absoluteErrors = 0;
  let errors = 0;
  let total = 0;
  for (let i = 0; i < actual.length; i++) {
    const y = actual[i] as number;
    const yhat = Math.max(0, predicted[i] as number);
    const logError = Math.log1p(yhat) - Math.log1p(y);
    squaredLogErrors += logError * logError;
    absoluteErrors += Math.abs(yhat - y);
    errors += yhat - y;
    total += Math.abs(y);
  }
  const count = actual.length;
  return {
    rmsle: Math.sqrt(squaredLogErrors / count),
    wape: total > 0 ? absoluteErrors / total : null,
    bias: errors / count,
    count,
  };
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
