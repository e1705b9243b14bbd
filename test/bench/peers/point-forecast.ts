import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { PanelForecast } from '../../../workers/trainer/evaluate/contenders.ts';
import { pointsBy, type WindowResult } from '../../../workers/trainer/evaluate/window-result.ts';

/** Units forecast at the points of one window. */
export type PointForecast = PanelForecast;

/** Our forecast of the points of a window, as served. */
export function ourForecast(result: WindowResult): PointForecast {
  return pointsBy(result, MODEL);
}

/** The forecasts of some points. */
export function pickPoints({ median, mean }: PointForecast, points: readonly number[]): PointForecast {
  const pick = (column: Float64Array) => Float64Array.from(points, (point) => column[point] ?? Number.NaN);
  return { median: pick(median), mean: pick(mean) };
}
