import { MODEL } from '../../../workers/trainer/backtest/contender.ts';
import { predictedBy } from '../../../workers/trainer/backtest/summarize.ts';
import type { WindowResult } from '../../../workers/trainer/backtest/window-result.ts';

/** Units forecast at the points of one window. */
export interface PointForecast {
  /** Scored by RMSLE. */
  readonly median: Float64Array;
  /** Scored by WAPE, bias and sums. */
  readonly mean: Float64Array;
}

/** Our forecast of the points of a window. A backtest has one figure for each, and it stands for both. */
export function ourForecast(result: WindowResult): PointForecast {
  return oneForBoth(predictedBy(result, MODEL));
}

/** For a forecaster that has one figure for each point. */
export function oneForBoth(units: Float64Array): PointForecast {
  return { median: units, mean: units };
}

/** The forecasts of some points. */
export function pickPoints({ median, mean }: PointForecast, points: readonly number[]): PointForecast {
  const pick = (column: Float64Array) => Float64Array.from(points, (point) => column[point] ?? Number.NaN);
  return { median: pick(median), mean: pick(mean) };
}
