/** Weights of exponential smoothing with a damped trend (Gardner & McKenzie 1985), in the form of error correction. */
export interface DampedTrend {
  /** Share of a day's error in the level, 0..1. */
  readonly alpha: number;
  /** Share of it in the trend, 0..`alpha`; with 0 and no initial trend this is simple exponential smoothing. */
  readonly beta: number;
  /** What is left of the trend a day later, 0..1. */
  readonly phi: number;
}

export interface TrendState {
  readonly level: number;
  /** Change a day. */
  readonly trend: number;
}

/**
 * The state after the days of a series: an unknown day is as expected.
 *
 * @param values most recent day first, NaN where not known
 * @param initial the state before the oldest of them
 */
export function filterDampedTrend(
  values: Float64Array,
  { alpha, beta, phi }: DampedTrend,
  initial: TrendState,
): TrendState {
  let { level, trend } = initial;
  for (let k = values.length - 1; k >= 0; k--) {
    const expected = level + phi * trend;
    const value = values[k] as number;
    const error = Number.isNaN(value) ? 0 : value - expected;
    level = expected + alpha * error;
    trend = phi * trend + beta * error;
  }
  return { level, trend };
}

/** The forecasts of `days` days ahead: level + (phi + phi^2 + ... + phi^h) trend. */
export function dampedTrendAhead({ level, trend }: TrendState, phi: number, days: number): Float64Array {
  let expected = level;
  let change = trend;
  return new Float64Array(days).map(() => {
    change *= phi;
    expected += change;
    return expected;
  });
}
