import { at } from '../at.ts';
import type { DayNumber } from '../calendar/day-number.ts';
import type { SeriesCovariates, SeriesHistory } from '../features/index.ts';
import { valueAt } from '../features/series-history.ts';
import type { PeerLevels } from '../schemas/manifest.ts';
import type { SeriesId } from '../schemas/series.ts';
import { expectedDemand, expectedNewDemand } from './expected-demand.ts';
import { newSeriesForecast } from './new-series.ts';
import { plausibleRange } from './plausible-range.ts';
import { effectOn, type PromotionEffect } from './promotion-response.ts';
import { blendWithSmoothing } from './smoothing.ts';

/**
 * The source of a forecast: the model; for a new series its peers; the series' own usual sales, where the model's
 * forecast is implausible.
 */
export type ForecastSource = 'model' | 'peers' | 'history';

/** The inputs of a forecast apart from the model's trees. */
export interface ForecastBasis {
  readonly series: SeriesId;
  readonly history: SeriesHistory;
  readonly origin: DayNumber;
  readonly covariates: SeriesCovariates;
  /** The factor of promotions on the family's units; null where only the trees know it. */
  readonly effect: PromotionEffect | null;
  /** The levels by which new series are forecast; null for a model without them. */
  readonly peers: PeerLevels | null;
  /** Share of exponential smoothing in the forecast, 0..1: see `blendWithSmoothing`. */
  readonly smoothingShare: number;
}

/** The points of h = 1..`HORIZON`. */
export interface CompleteForecast {
  /** Forecasts of log1p(units). */
  readonly logForecasts: Float64Array;
  /** The same before implausible ones were replaced. */
  readonly unguarded: Float64Array;
  /** Expected units. */
  readonly means: Float64Array;
  readonly sources: readonly ForecastSource[];
  /** Standard deviation of a new series' level, in log space; 0 for any other. */
  readonly levelDeviation: number;
}

/**
 * Turns the trees' forecasts into the points that are served: they are blended with exponential smoothing, implausible
 * ones are replaced, the means are derived, and a new series is forecast by its peers. Training, backtest and serving
 * all use it.
 *
 * @param logForecasts the trees' forecasts; null for a series with too few known days
 * @param guard whether implausible forecasts are replaced
 */
export function completeForecast(
  basis: ForecastBasis,
  logForecasts: Float64Array | null,
  guard = true,
): CompleteForecast {
  const { history, origin, peers, effect, series } = basis;
  if (!logForecasts) {
    const forecast = newSeriesForecast(history, origin, peers, series, effect);
    const { logForecasts: own, levelDeviation, dayVariance } = forecast;
    const means = expectedNewDemand(own, dayVariance);
    const sources = Array.from(own, () => 'peers' as const);
    return { logForecasts: own, unguarded: own, means, sources, levelDeviation };
  }
  const unguarded = blendWithSmoothing(logForecasts, basis, basis.smoothingShare);
  const sources: ForecastSource[] = Array.from(logForecasts, () => 'model');
  const points = unguarded.slice();
  const means = expectedDemand(history, origin, unguarded, effect);
  if (basis.smoothingShare === 1) limitMeans(means, unguarded, basis);
  const complete = { logForecasts: points, unguarded, means, sources, levelDeviation: 0 };
  if (!guard) return complete;
  unguarded.forEach((z, i) => {
    const range = plausibleRange(history, basis.covariates, origin, i + 1, effect);
    if (!range) return;
    const isPlausible = (units: number) => units >= range.low && units <= range.high;
    if (isPlausible(Math.expm1(z)) && isPlausible(means[i] as number)) return;
    points[i] = Math.log1p(range.usual);
    means[i] = range.usual;
    sources[i] = 'history';
  });
  return complete;
}

/**
 * Limits the means of a short history to the most that the series has sold, times the effect of the plan: a level that
 * has just changed looks like skewness in so few days.
 */
function limitMeans(means: Float64Array, logForecasts: Float64Array, basis: ForecastBasis): void {
  const { history, origin, effect } = basis;
  let most = 0;
  for (let day = history.firstDay; day <= origin; day++) {
    most = Math.max(most, valueAt(history.milliUnits, day - history.firstDay, 0) / 1000);
  }
  means.forEach((mean, i) => {
    const limit = most * Math.exp(effectOn(effect, history, origin + i + 1));
    means[i] = Math.max(Math.expm1(at(logForecasts, i)), Math.min(mean, limit));
  });
}
