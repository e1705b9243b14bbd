import { type DayNumber, toIsoDate } from '../calendar/day-number.ts';
import {
  blankTargetPromotion,
  createAnchorColumns,
  createFeatureBuilder,
  type DailyColumns,
  FEATURE_COUNT,
  HORIZON,
  HORIZONS,
  historyFromReading,
  type SeriesCovariates,
  type SeriesHistory,
} from '../features/index.ts';
import type { ForecastPoint } from '../schemas/api/forecast.ts';
import type { Conformal, Manifest, PeerLevels } from '../schemas/manifest.ts';
import type { SeriesId } from '../schemas/series.ts';
import { completeForecast } from './complete-forecast.ts';
import { horizonForecast, sellsWholeUnits } from './demand-intervals.ts';
import type { LoadedForest } from './inference-engine.ts';
import { logForecast, type PromotionEffect, promotionEffectOf, promotionLift } from './promotion-response.ts';
import { volumeLevel } from './volume-class.ts';

export interface ForecastRequest {
  /** Whether implausible forecasts are replaced; true by default. */
  readonly guard?: boolean;
  readonly series: SeriesId;
  /** The finished days of the series, up to the origin. */
  readonly reading: DailyColumns;
  /** Items on promotion of the `HORIZON` days after the origin. */
  readonly planned: ArrayLike<number>;
  /** Last finished day. */
  readonly origin: DayNumber;
  readonly covariates: SeriesCovariates;
  /**
   * Why the store is shut, null where it is open, by days from the origin: [0] is the origin's; absent where closures
   * are unknown.
   */
  readonly closed?: readonly (string | null)[];
  readonly model: {
    readonly forest: LoadedForest;
    readonly conformal: Conformal;
    /** The promotion response of the series' family; null for a model without one. */
    readonly promotionEffect: PromotionEffect | null;
    /** The levels by which new series are forecast; null for a model without them. */
    readonly peers: PeerLevels | null;
    /** Share of exponential smoothing in its forecasts, 0..1. */
    readonly smoothingShare: number;
  };
}

/** A model in service as it forecasts the series of one family. */
export function modelOfFamily(
  manifest: Pick<Manifest, 'conformal' | 'promotion_response' | 'peer_levels' | 'smoothing_share'>,
  forest: LoadedForest,
  family: string,
): ForecastRequest['model'] {
  return {
    forest,
    conformal: manifest.conformal,
    promotionEffect: promotionEffectOf(manifest.promotion_response, family),
    peers: manifest.peer_levels ?? null,
    smoothingShare: manifest.smoothing_share ?? 0,
  };
}

/**
 * Forecasts the `HORIZON` days after the origin: features, one prediction of as many rows, and the intervals of the
 * series' volume class, for each day and for the days up to it together. A series with too few known days is forecast
 * by its peers instead. On a closed day the forecast is 0, with certainty.
 *
 * @returns one point per day, p10 <= p50 <= p90 and nothing below 0, in units rounded to three decimals
 * @throws {RangeError} when the covariates do not reach from the origin to the last target day
 */
export function forecastSeries(request: ForecastRequest): ForecastPoint[] {
  const { reading, planned, origin, closed = [], model } = request;
  const history = historyFromReading(reading, planned, closed);
  const isClosed = (index: number) => typeof closed[index + 1] === 'string';
  const basis = {
    series: request.series,
    history,
    origin,
    covariates: request.covariates,
    effect: model.promotionEffect,
    peers: model.peers,
    smoothingShare: model.smoothingShare,
  };
  const { logForecasts, means, sources, levelDeviation } = completeForecast(
    basis,
    forecastByTrees(history, request),
    request.guard,
  );
  const open = (values: Float64Array) => values.map((value, i) => (isClosed(i) ? 0 : value));
  const forecast = {
    logForecasts: open(logForecasts),
    means: open(means),
    // A series without known days is as volatile as others at its expected level.
    level: volumeLevel(history, origin) || Math.log1p(means.reduce((sum, mean) => sum + mean, 0) / HORIZON),
    levelDeviation,
    isWhole: sellsWholeUnits(history, origin),
    isClosed,
  };

  return horizonForecast(forecast, model.conformal).map(({ h, mean, p10, p50, p90, cumulative }) => {
    const reason = closed[h];
    return {
      date: toIsoDate(origin + h),
      h,
      mean: roundUnits(mean),
      p10: roundUnits(p10),
      p50: roundUnits(p50),
      p90: roundUnits(p90),
      onpromotion: planned[h - 1] ?? 0,
      source: sources[h - 1] ?? 'model',
      cumulative: cumulative && {
        mean: roundUnits(cumulative.mean),
        p10: roundUnits(cumulative.p10),
        p50: roundUnits(cumulative.p50),
        p90: roundUnits(cumulative.p90),
      },
      ...(typeof reason === 'string' && { closed: reason }),
    };
  });
}

/** Log forecasts by the trees; null for a series with too few known days. */
function forecastByTrees(
  history: SeriesHistory,
  { origin, covariates, model: { forest, promotionEffect } }: ForecastRequest,
): Float64Array | null {
  const rows = new Float32Array(HORIZON * FEATURE_COUNT);
  const anchors = createAnchorColumns(HORIZON);
  const isEstablished = createFeatureBuilder().build(history, covariates, origin, HORIZONS, {
    rows,
    anchors,
  });
  if (!isEstablished) return null;
  if (promotionEffect) blankTargetPromotion(rows, 0, HORIZON);
  const margins = forest.predict(rows, { output: 'margin' });
  return anchors.values.map((anchor, i) => {
    const weeks = anchors.weeks[i] as number;
    const lift = promotionEffect ? promotionLift(promotionEffect, history, origin, i + 1, weeks) : 0;
    return logForecast(anchor, margins[i] as number, lift);
  });
}

function roundUnits(units: number): number {
  return Math.round(units * 1000) / 1000;
}
