import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { meanOfKnown } from '../../../workers/trainer/evaluate/backtest-summary.ts';
import { scorePoint } from '../../../workers/trainer/evaluate/metrics.ts';
import type { PointForecast } from './point-forecast.ts';

/** The scored points of a window, in columns. */
export interface ScoredWindow {
  readonly origin: DayNumber;
  /** Units sold. */
  readonly actual: Float64Array;
  /** Index of each point's series; the points of a series are consecutive. */
  readonly series: Int32Array;
}

export interface ContenderScores {
  /** Of the medians, over the points of each window; mean over the windows. */
  readonly rmsle: number;
  /** The same, median over the windows. */
  readonly rmsle_median: number;
  /** Of the means, by day; mean over the windows. NaN if nothing was sold. */
  readonly wape: number;
  /** The same for the sums of each series' known days. */
  readonly wape_sums: number;
  /** sum(forecast) / sum(actual) over all windows. */
  readonly bias: number;
  /** RMSLE of each window. */
  readonly rmsle_by_window: readonly number[];
}

/**
 * The errors of one contender; forecasts below zero count as zero. `forecasts[w]` are those of the points of
 * `windows[w]`.
 */
export function scoreContender(
  windows: readonly ScoredWindow[],
  forecasts: readonly PointForecast[],
): ContenderScores {
  const wapes: (number | null)[] = [];
  const sumWapes: (number | null)[] = [];
  const rmsles: number[] = [];
  let forecastUnits = 0;
  let soldUnits = 0;
  windows.forEach(({ actual, series }, w) => {
    const forecast = forecasts[w];
    if (!forecast) throw new RangeError(`there is no forecast for window ${w + 1}`);
    const mean = forecast.mean.map((units) => Math.max(0, units));
    rmsles.push(scorePoint(actual, forecast.median).rmsle);
    wapes.push(scorePoint(actual, mean).wape);
    sumWapes.push(scorePoint(sumBySeries(actual, series), sumBySeries(mean, series)).wape);
    forecastUnits += sum(mean);
    soldUnits += sum(actual);
  });
  return {
    rmsle: meanOfKnown(rmsles),
    rmsle_median: median(rmsles),
    wape: meanOfKnown(wapes),
    wape_sums: meanOfKnown(sumWapes),
    bias: forecastUnits / soldUnits,
    rmsle_by_window: rmsles,
  };
}

function sumBySeries(units: Float64Array, series: Int32Array): number[] {
  const sums = new Map<number, number>();
  series.forEach((s, i) => {
    sums.set(s, (sums.get(s) ?? 0) + (units[i] ?? 0));
  });
  return [...sums.values()];
}

function sum(units: Float64Array): number {
  return units.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}
