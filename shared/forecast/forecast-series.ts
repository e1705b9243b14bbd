import { type DayNumber, toIsoDate } from '../calendar/day-number.ts';
import {
  anchors,
  blankTargetPromotion,
  buildFeatureRows,
  type DailyColumns,
  FEATURE_COUNT,
  HORIZON,
  historyFromReading,
  type SeriesCovariates,
} from '../features/index.ts';
import type { LoadedForest } from '../models/inference-engine.ts';
import type { ForecastPoint } from '../schemas/api/forecast.ts';
import type { Conformal } from '../schemas/manifest.ts';
import { closeDays } from './closed-days.ts';
import { horizonForecast } from './horizon-forecast.ts';
import { logForecast } from './log-forecast.ts';
import { type PromotionEffect, promotionLift } from './promotion-response.ts';
import { volumeLevel } from './volume-level.ts';

export interface ForecastRequest {
  /** The closed days of the series, up to the origin. */
  readonly reading: DailyColumns;
  /** Items on promotion of the `HORIZON` days after the origin. */
  readonly planned: ArrayLike<number>;
  /** Last closed day. */
  readonly origin: DayNumber;
  readonly covariates: SeriesCovariates;
  /** Why the store is shut on each of those days, null where it is open; left out where nothing is known of closures. */
  readonly closed?: readonly (string | null)[];
  readonly model: {
    readonly forest: LoadedForest;
    readonly conformal: Conformal;
    /** What promotions are worth to the series' family; null for a model that has not learned it. */
    readonly promotionEffect: PromotionEffect | null;
  };
}

/**
 * Forecasts the `HORIZON` days after the origin: features, one prediction of as many rows, and the intervals of the
 * series' volume class, for each day and for the days up to it together. On a closed day nothing is sold, for sure.
 *
 * @returns one point per day, p10 <= p50 <= p90 and nothing below 0, in units rounded to three decimals
 * @throws {RangeError} when the covariates do not reach from the origin to the last target day
 */
export function forecastSeries(request: ForecastRequest): ForecastPoint[] {
  const { reading, planned, origin, covariates, closed = [], model } = request;
  const history = historyFromReading(reading, planned);
  const rows = new Float32Array(HORIZON * FEATURE_COUNT);
  buildFeatureRows(history, covariates, origin, rows);
  const { promotionEffect } = model;
  const isClosed = (index: number) => typeof closed[index] === 'string';
  if (promotionEffect) blankTargetPromotion(rows, 0, HORIZON);
  const margins = model.forest.predict(rows, { output: 'margin' });
  const anchorByHorizon = new Float64Array(HORIZON);
  anchors(history, origin, anchorByHorizon);
  const logForecasts = anchorByHorizon.map((anchor, i) => {
    const lift = promotionEffect ? promotionLift(promotionEffect, history, origin, i + 1) : 0;
    return isClosed(i) ? 0 : logForecast(anchor, margins[i] as number, lift);
  });

  const points = horizonForecast(logForecasts, volumeLevel(history, origin), model.conformal);
  return closeDays(points, isClosed).map(({ h, mean, p10, p50, p90, cumulative }) => {
    // Each quantile comes out of its own table, and no table knows of the others; sorting crossed ones never makes them
    // worse (Chernozhukov, Fernandez-Val, Galichon 2010, "Quantile and Probability Curves Without Crossing").
    const [low = 0, middle = 0, high = 0] = [p10, p50, p90].sort((a, b) => a - b);
    const reason = closed[h - 1];
    return {
      date: toIsoDate(origin + h),
      h,
      mean: roundUnits(mean),
      p10: roundUnits(low),
      p50: roundUnits(middle),
      p90: roundUnits(high),
      onpromotion: planned[h - 1] ?? 0,
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

function roundUnits(units: number): number {
  return Math.round(units * 1000) / 1000;
}
