import { DAYS_PER_WEEK, type DayNumber } from '../calendar/day-number.ts';
import { itemsAt, type SeriesHistory, valueAt } from '../features/series-history.ts';
import { createDistanceScratch, measureDistances, weekdayLag } from '../features/weekday-levels.ts';
import type { PromotionEffect } from './promotion-response.ts';

const WEEKS = 8;
const DAYS = DAYS_PER_WEEK * WEEKS;
/**
 * Largest weight of a series' own mean against the model, and the share of days without a sale at which it has half
 * of that.
 */
const MOST_OWN_WEIGHT = 0.5;
const ZERO_SHARE = 0.1;

const logs = new Float64Array(DAYS);

/**
 * Expected units of h = 1..`HORIZON`, from forecasts of the logarithm. A model of the logarithm forecasts a median,
 * and the mean of a skewed demand lies above it. The factor is the series' own: the ratio of its arithmetic to its
 * geometric mean over eight weeks, weekday by weekday, so that a series which the model repeats keeps its mean
 * exactly. Residuals of other windows are not used, because their shared ups and downs would pass for a bias.
 *
 * The logarithm says little about a series that often sells nothing; there the forecast is shrunk towards the
 * weekday's own mean.
 *
 * @param history read up to `origin` only, promotions up to the target
 * @param logForecasts forecasts of log1p(units)
 * @param effect the factor of promotions on units; null where only the model knows it
 */
export function expectedDemand(
  history: SeriesHistory,
  origin: DayNumber,
  logForecasts: Float64Array,
  effect: PromotionEffect | null,
): Float64Array {
  const { ratio, weekdayMeans, mean, zeroShare } = ownMeans(history, origin, effect);
  const own = (MOST_OWN_WEIGHT * zeroShare) / (zeroShare + ZERO_SHARE) || 0;
  return logForecasts.map((z, i) => {
    const usual = weekdayMeans[weekdayLag(i + 1)] as number;
    const promoted = Math.exp(effect ? effect(itemsOn(history, origin + i + 1)) : 0);
    const ownMean = (Number.isNaN(usual) ? mean : usual) * promoted;
    return (1 - own) * Math.max(0, Math.expm1(z)) * ratio + own * ownMean;
  });
}

/** The running sums. */
export function runningSums(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

interface OwnMeans {
  /** Arithmetic mean over geometric mean of units; 1 for a series that sold nothing. */
  readonly ratio: number;
  /** By `weekdayLag`; NaN where not known. */
  readonly weekdayMeans: readonly number[];
  readonly mean: number;
  /** Share of known days without a sale; NaN where none is known. */
  readonly zeroShare: number;
}

function ownMeans(history: SeriesHistory, origin: DayNumber, effect: PromotionEffect | null): OwnMeans {
  let known = 0;
  let zeros = 0;
  for (let k = 0; k < DAYS; k++) {
    const milliUnits = valueAt(history.milliUnits, origin - k - history.firstDay, -1);
    const lift = effect ? effect(itemsOn(history, origin - k)) : 0;
    logs[k] = milliUnits < 0 ? Number.NaN : Math.log1p((milliUnits / 1000) * Math.exp(-lift));
    if (milliUnits >= 0) known++;
    if (milliUnits === 0) zeros++;
  }
  const scratch = createDistanceScratch();
  const limit = measureDistances(logs, DAYS, scratch);
  const weekdayMeans: number[] = [];
  let arithmetic = 0;
  let geometric = 0;
  let weekdays = 0;
  for (let lag = 0; lag < DAYS_PER_WEEK; lag++) {
    let sum = 0;
    let logSum = 0;
    let days = 0;
    for (let k = lag; k < DAYS; k += DAYS_PER_WEEK) {
      const log = logs[k] as number;
      if (Number.isNaN(log) || (scratch.distances[k] as number) > limit) continue;
      sum += Math.expm1(log);
      logSum += log;
      days++;
    }
    weekdayMeans.push(sum / days);
    if (days === 0) continue;
    arithmetic += sum / days;
    geometric += Math.expm1(logSum / days);
    weekdays++;
  }
  return {
    ratio: geometric > 0 ? arithmetic / geometric : 1,
    weekdayMeans,
    mean: weekdays > 0 ? arithmetic / weekdays : 0,
    zeroShare: zeros / known,
  };
}

function itemsOn({ onpromotion, firstDay }: SeriesHistory, day: DayNumber): number {
  return itemsAt(onpromotion, day - firstDay);
}

/**
 * Expected units of a new series: log-normal demand around its level.
 *
 * @param variance of a day around the level, in log space
 */
export function expectedNewDemand(logForecasts: Float64Array, variance: number): Float64Array {
  return logForecasts.map((z) => Math.max(0, Math.expm1(z)) * Math.exp(variance / 2));
}
