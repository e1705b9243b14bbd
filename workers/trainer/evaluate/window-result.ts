import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { runningSums } from '../../../shared/forecast/expected-demand.ts';
import type { Residuals } from './intervals/residual-cells.ts';

/** Forecasts of one window whose sales are known, in columns: of single days, or of days 1..h added up. */
export interface ForecastPoints extends Residuals {
  /** Units sold. */
  readonly actual: Float64Array;
  /** The model's forecast of log1p(units): of a day's median, of a sum's mean. */
  readonly logForecast: Float64Array;
  /** Index of the point's series in the panel. */
  readonly series: Int32Array;
}

/** The days of the sums, in columns: known ones, and closed ones with a forecast of 0. */
export interface SummedDays extends Pick<ForecastPoints, 'series' | 'h' | 'logForecast'> {
  /** The model's expected units. */
  readonly mean: Float64Array;
  readonly isClosed: Uint8Array;
}

/** Every point of one window whose sales are known, in columns. */
export interface WindowResult extends ForecastPoints {
  readonly origin: DayNumber;
  /** Median units, by contender; the model is among them. */
  readonly predicted: Readonly<Record<string, Float64Array>>;
  /** Units expected, by contender. */
  readonly expected: Readonly<Record<string, Float64Array>>;
  /** Median units by the model's trees alone, where smoothing is blended in. */
  readonly trees?: Float64Array;
  /** 1 where the point's series sells whole units only. */
  readonly isWhole: Uint8Array;
  /** By series of the panel, the uncertainty of its level, as in `PanelForecast`. */
  readonly levelDeviations: Float64Array;
  /** Mean absolute error of repeating last week on the days up to the origin: the scale of MASE. NaN where unknown. */
  readonly scale: Float64Array;
  /** The model's forecasts of days 1..h together. */
  readonly cumulative: ForecastPoints;
  /** The days that they sum. */
  readonly summed: SummedDays;
}

/**
 * Adds up the days of each series, from the first day on, up to the first with unknown sales: sums over later days
 * are unknown as well. A closed day is a day without sales.
 *
 * @param days the points of each series one after the other, h ascending
 */
export function addUpDays({
  actual,
  mean,
  series,
  level,
  h,
}: Omit<ForecastPoints, 'logForecast' | 'residual'> & {
  /** Expected units. */
  readonly mean: Float64Array;
}): ForecastPoints {
  const kept: number[] = [];
  const sums: number[] = [];
  const forecasts: number[] = [];
  for (let from = 0; from < series.length; ) {
    let end = from;
    while (end < series.length && series[end] === series[from] && h[end] === end - from + 1) end++;
    for (const sum of runningSums(mean.subarray(from, end))) forecasts.push(Math.log1p(sum));
    let sum = 0;
    for (let i = from; i < end; i++) {
      sum += actual[i] as number;
      sums.push(sum);
      kept.push(i);
    }
    const current = series[from];
    from = end;
    while (from < series.length && series[from] === current) from++;
  }
  const column = (of: ArrayLike<number>) => Float64Array.from(kept, (i) => of[i] as number);
  return {
    actual: Float64Array.from(sums),
    logForecast: Float64Array.from(forecasts),
    residual: Float64Array.from(sums, (units, i) => Math.log1p(units) - (forecasts[i] as number)),
    level: column(level),
    h: Uint8Array.from(kept, (i) => h[i] as number),
    series: Int32Array.from(kept, (i) => series[i] as number),
  };
}

/** @throws {RangeError} when the contender has no forecast for the window. */
export function pointsBy(result: WindowResult, name: string) {
  const { actual, series, origin } = result;
  const [median, mean] = [result.predicted[name], result.expected[name]];
  if (!median || !mean) {
    throw new RangeError(`"${name}" has no forecast for the window after ${toIsoDate(origin)}`);
  }
  return { actual, median, mean, series };
}
