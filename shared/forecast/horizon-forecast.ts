import type { Conformal } from '../schemas/manifest.ts';
import { cumulativeDemand } from './cumulative-demand.ts';
import { type DemandInterval, dayInterval, dayResiduals, servedInterval } from './demand-interval.ts';
import { volumeClassOf } from './volume-classes.ts';

/** The forecast of one day, in units. */
export interface HorizonPoint extends DemandInterval {
  /** Days from the origin to the target, 1..16. */
  readonly h: number;
  readonly mean: number;
  /** The demand of the days up to this one together; null where the model has no such intervals. */
  readonly cumulative: (DemandInterval & { readonly mean: number }) | null;
}

/** What is forecast of a series, from which its intervals follow. */
export interface SeriesForecast {
  /** Forecasts of log1p(units), of h = 1, 2, ... */
  readonly logForecasts: Float64Array;
  /** Expected units. */
  readonly means: Float64Array;
  /** `volumeLevel` of the series at the origin. */
  readonly level: number;
  /** Whether the series sells whole units only: then so do its quantiles. */
  readonly isWhole: boolean;
  /** Standard deviation of what is not known of the series' level, in log space. */
  readonly doubt: number;
  /** Whether the store is closed on the day at an index; then the forecasts are 0. */
  readonly isClosed: (index: number) => boolean;
}

/** The points that are served, each with its interval; the first day's is also that of the first sum. */
export function horizonForecast(series: SeriesForecast, conformal: Conformal): HorizonPoint[] {
  const { logForecasts, means, level, isWhole, doubt, isClosed } = series;
  const volumeClass = volumeClassOf(conformal.class_bounds, level);
  const days = Array.from(logForecasts, (z, i) => {
    if (isClosed(i)) return { p10: 0, p50: 0, p90: 0 };
    const residuals = dayResiduals(conformal, volumeClass, i, doubt);
    return servedInterval(dayInterval(z, residuals), means[i] as number, isWhole);
  });
  const sums =
    conformal.cumulative && days[0]
      ? cumulativeDemand(
          { means, isClosed, tables: conformal.cumulative, volumeClass, doubt, first: days[0] },
          isWhole,
        )
      : null;
  return days.map((day, i) => ({
    h: i + 1,
    mean: means[i] as number,
    ...day,
    cumulative: sums?.[i] ?? null,
  }));
}
