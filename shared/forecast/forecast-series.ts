import { type DayNumber, toIsoDate } from '../calendar/day-number.ts';
import {
  anchors,
  buildFeatureRows,
  type DailyColumns,
  FEATURE_COUNT,
  HORIZON,
  historyFromReading,
  type SeriesCovariates,
  type SeriesHistory,
} from '../features/index.ts';
import type { LoadedForest } from '../models/inference-engine.ts';
import type { ForecastPoint } from '../schemas/api/forecast.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import type { Conformal } from '../schemas/manifest.ts';

/** Days before the origin whose mean is the level of a series, which decides its volume class. */
const LEVEL_DAYS = 28;

export interface ForecastRequest {
  /** The closed days of the series. */
  readonly reading: DailyColumns;
  /** Items on promotion of the days after the last closed one. */
  readonly planned: ArrayLike<number>;
  /** Last closed day. */
  readonly origin: DayNumber;
  readonly covariates: SeriesCovariates;
  readonly model: { readonly forest: LoadedForest; readonly conformal: Conformal };
}

/**
 * Forecasts the `HORIZON` days after the origin: features, one prediction of 16 rows, and the conformal interval of
 * the series' volume class.
 *
 * With z = anchor + margin in log space: p10, p50, p90 = expm1(z + residual quantile) and
 * mean = smearing * exp(z) - 1 (Duan 1983, "Smearing Estimate"), none below 0.
 *
 * @returns one point per day, p10 <= p50 <= p90 and nothing below 0, units rounded to three decimals
 */
export function forecastSeries({
  reading,
  planned,
  origin,
  covariates,
  model,
}: ForecastRequest): ForecastPoint[] {
  const history = historyFromReading(reading, planned);
  const rows = new Float32Array(HORIZON * FEATURE_COUNT);
  buildFeatureRows(history, covariates, origin, rows);
  const margins = model.forest.predict(rows, { output: 'margin' });
  const anchorByHorizon = new Float64Array(HORIZON);
  anchors(history, origin, anchorByHorizon);

  const { class_bounds, p10, p50, p90, smearing } = model.conformal;
  const level = Math.log1p(recentMean(history, origin));
  const found = class_bounds.findIndex((bound) => bound > level);
  const volumeClass = found < 0 ? class_bounds.length : found;

  return Array.from({ length: HORIZON }, (_, index) => {
    const z = (anchorByHorizon[index] ?? 0) + (margins[index] ?? 0);
    const quantiles = [p10, p50, p90].map((table) => toUnits(z + (table[volumeClass]?.[index] ?? 0)));
    // Quantiles of residuals taken table by table may cross; sorting them is never worse (Chernozhukov et al. 2010).
    const [low = 0, middle = 0, high = 0] = quantiles.sort((a, b) => a - b);
    const mean = Math.exp(z) * (smearing[volumeClass]?.[index] ?? 1) - 1;
    return {
      date: toIsoDate(origin + index + 1),
      h: index + 1,
      mean: round(Math.max(0, mean)),
      p10: low,
      p50: middle,
      p90: high,
      onpromotion: planned[index] ?? 0,
    };
  });
}

function recentMean({ milliUnits, firstDay }: SeriesHistory, origin: DayNumber): number {
  const end = origin + 1 - firstDay;
  const known = milliUnits.subarray(Math.max(0, end - LEVEL_DAYS), end).filter((value) => value !== MISSING);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length / 1000 : 0;
}

function toUnits(log: number): number {
  return round(Math.max(0, Math.expm1(log)));
}

function round(units: number): number {
  return Math.round(units * 1000) / 1000;
}
