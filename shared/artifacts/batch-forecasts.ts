import { at } from '../at.ts';
import type { IsoDate } from '../calendar/day-number.ts';
import type { HorizonPoint } from '../forecast/demand-intervals.ts';
import type { SeriesKey } from '../schemas/series.ts';

/** A week: days of the same weekday are alike, and their difference takes less room. */
export const SEASON = 7;

/** The forecasts of every series from one origin by one model. */
export interface BatchForecasts {
  readonly modelVersion: string;
  readonly dataset: string;
  /** Last closed day. */
  readonly origin: IsoDate;
  /** Days ahead, h = 1..horizon. */
  readonly horizon: number;
  readonly series: readonly SeriesKey[];
  /** Whole milli-units, that of series s and day h at `s * horizon + h - 1`. */
  readonly mean: Float64Array;
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
}

/** The forecast of one day, in units with up to three decimals. */
export type BatchPoint = Pick<HorizonPoint, 'h' | 'mean' | 'p10' | 'p50' | 'p90'>;

/** Empty columns for `series`. */
export function createBatchForecasts(
  facts: Pick<BatchForecasts, 'modelVersion' | 'dataset' | 'origin' | 'horizon' | 'series'>,
): BatchForecasts {
  const column = () => new Float64Array(facts.series.length * facts.horizon);
  return { ...facts, mean: column(), p10: column(), p50: column(), p90: column() };
}

/** Sets the forecasts of one series. @param index of the series in `series` */
export function setForecasts(batch: BatchForecasts, index: number, points: readonly BatchPoint[]): void {
  for (const { h, mean, p10, p50, p90 } of points) {
    const at = index * batch.horizon + h - 1;
    batch.mean[at] = Math.round(mean * 1000);
    batch.p10[at] = Math.round(p10 * 1000);
    batch.p50[at] = Math.round(p50 * 1000);
    batch.p90[at] = Math.round(p90 * 1000);
  }
}

/**
 * The forecasts of one series in units, the very numbers that the API answers with for the same history and model.
 *
 * @returns null for a series that was not forecast
 */
export function forecastsOf(batch: BatchForecasts, series: SeriesKey): BatchPoint[] | null {
  const index = batch.series.indexOf(series);
  if (index < 0) return null;
  return Array.from({ length: batch.horizon }, (_, i) => {
    const units = (column: Float64Array) => at(column, index * batch.horizon + i) / 1000;
    return {
      h: i + 1,
      mean: units(batch.mean),
      p10: units(batch.p10),
      p50: units(batch.p50),
      p90: units(batch.p90),
    };
  });
}
