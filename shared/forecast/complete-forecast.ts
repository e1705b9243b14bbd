import type { DayNumber } from '../calendar/day-number.ts';
import type { SeriesCovariates, SeriesHistory } from '../features/index.ts';
import type { PeerLevels } from '../schemas/manifest.ts';
import type { SeriesId } from '../schemas/series.ts';
import { expectedDemand, expectedNewDemand } from './expected-demand.ts';
import { newSeriesForecast } from './new-series.ts';
import { plausibleRange } from './plausible-range.ts';
import type { PromotionEffect } from './promotion-response.ts';

/**
 * What a forecast rests on: the model; what a new series' peers sell; the series' own usual sales, where the model said
 * something absurd.
 */
export type ForecastSource = 'model' | 'peers' | 'history';

/** What a forecast is made from, besides the model's trees. */
export interface ForecastBasis {
  readonly series: SeriesId;
  readonly history: SeriesHistory;
  readonly origin: DayNumber;
  readonly covariates: SeriesCovariates;
  /** What promotions multiply the family's units by; null where it is not known apart from the trees. */
  readonly effect: PromotionEffect | null;
  /** What new series are forecast by; null for a model that has not learned it. */
  readonly peers: PeerLevels | null;
}

/** The points of h = 1..`HORIZON`. */
export interface CompleteForecast {
  /** Forecasts of log1p(units). */
  readonly logForecasts: Float64Array;
  /** Expected units. */
  readonly means: Float64Array;
  readonly sources: readonly ForecastSource[];
  /** Standard deviation of what is not known of a new series' level, in log space; 0 for any other. */
  readonly doubt: number;
}

/**
 * Makes a model's forecasts into the points that are served: those that no sale of the series bears out are replaced, the
 * means follow, and a new series has forecasts of its own. Training, backtest and serving all go through it.
 *
 * @param logForecasts what the model says; null for a series of which too little is known for it to say anything
 * @param guard whether absurd forecasts are replaced
 */
export function completeForecast(
  basis: ForecastBasis,
  logForecasts: Float64Array | null,
  guard = true,
): CompleteForecast {
  const { history, origin, peers, effect, series } = basis;
  if (!logForecasts) {
    const { logForecasts: own, doubt } = newSeriesForecast(history, origin, peers, series);
    const means = expectedNewDemand(own, peers?.day_variance ?? 0);
    return { logForecasts: own, means, sources: Array.from(own, () => 'peers'), doubt };
  }
  const sources: ForecastSource[] = Array.from(logForecasts, () => 'model');
  const points = logForecasts.slice();
  const means = expectedDemand(history, origin, logForecasts, effect);
  if (!guard) return { logForecasts: points, means, sources, doubt: 0 };
  logForecasts.forEach((z, i) => {
    const range = plausibleRange(history, basis.covariates, origin, i + 1, effect);
    if (!range) return;
    const isPlausible = (units: number) => units >= range.low && units <= range.high;
    if (isPlausible(Math.expm1(z)) && isPlausible(means[i] as number)) return;
    points[i] = Math.log1p(range.usual);
    means[i] = range.usual;
    sources[i] = 'history';
  });
  return { logForecasts: points, means, sources, doubt: 0 };
}
