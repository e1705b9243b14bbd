import { DAYS_PER_WEEK, type DayNumber } from '../calendar/day-number.ts';
import { forgetStockOutsUpTo, WINDOW_DAYS } from '../features/origin-window.ts';
import { type SeriesHistory, valueAt } from '../features/series-history.ts';
import { isNoChance } from '../features/silence.ts';
import { createDistanceScratch, measureDistances, weekdayLag } from '../features/weekday-levels.ts';
import { meanOf, zeroShareOf } from '../features/window-statistics.ts';
import { effectOn, type PromotionEffect } from './promotion-response.ts';

const WEEKS = 8;
const DAYS = DAYS_PER_WEEK * WEEKS;
/** Days that have a level of their own: a change of level is no skewness. */
const BLOCK_DAYS = 28;
/**
 * Largest weight of a series' own mean against the model, and the share of days without a sale at which it has half
 * of that.
 */
const MOST_OWN_WEIGHT = 0.5;
const ZERO_SHARE = 0.1;

/**
 * Expected units of h = 1..`HORIZON`, from forecasts of the logarithm. A model of the logarithm forecasts a median,
 * and the mean of a skewed demand does not lie below it. The factor is the series' own: the ratio of its arithmetic to
 * its geometric mean over eight weeks, four by four and weekday by weekday, so that neither the week nor a new level
 * passes for skewness, and a series which the model repeats keeps its mean. Residuals of other windows are not used,
 * because their shared ups and downs would pass for a bias.
 *
 * The logarithm says little about a series that often sells nothing; there the forecast is shrunk towards the
 * weekday's own mean. It may lie between that of a day without a sale and that of one with sales, where the ratio,
 * which is largest for such a series, does not hold: the days with sales bound it. A series that has stopped selling has no mean of the days before, and days on which it was out of
 * stock do not count.
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
  const { ratio, weekdayMeans, mean, zeroShare, sold } = ownMeans(history, origin, effect);
  const own = (MOST_OWN_WEIGHT * zeroShare) / (zeroShare + ZERO_SHARE) || 0;
  return logForecasts.map((z, i) => {
    const usual = weekdayMeans[weekdayLag(i + 1)] as number;
    const lift = effectOn(effect, history, origin + i + 1);
    const promoted = Math.exp(lift);
    const ownMean = (Number.isNaN(usual) ? mean : usual) * promoted;
    const median = Math.max(0, Math.expm1(z));
    const expected = (1 - own) * median * ratio + own * ownMean;
    const most = sold ? Math.max(ownMean, promoted * meanGivenChance(z - lift, sold)) : expected;
    return Math.max(median, Math.min(expected, most));
  });
}

/**
 * Expected units of a day whose logarithm the model expects at `z`, for a series that sells on some days only: below
 * the usual logarithm of a day with sales, `z` is how likely the day is to have any; above it, it is a new level.
 */
function meanGivenChance(z: number, sold: SoldDays): number {
  return z < sold.log ? (z / sold.log) * sold.mean : (Math.expm1(z) / Math.expm1(sold.log)) * sold.mean;
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
  readonly weekdayMeans: Float64Array;
  readonly mean: number;
  /** Share of known days without a sale; NaN where none is known. */
  readonly zeroShare: number;
  /** Null for a series that sold something, or nothing, on every known day. */
  readonly sold: SoldDays | null;
}

/** The days with sales of a series that has others. */
interface SoldDays {
  /** Mean of log1p(units). */
  readonly log: number;
  /** Mean units. */
  readonly mean: number;
}

function ownMeans(history: SeriesHistory, origin: DayNumber, effect: PromotionEffect | null): OwnMeans {
  const past = new Float64Array(WINDOW_DAYS);
  for (let k = 0; k < WINDOW_DAYS; k++) {
    const milliUnits = valueAt(history.milliUnits, origin - k - history.firstDay, -1);
    const lift = effectOn(effect, history, origin - k);
    past[k] = milliUnits < 0 ? Number.NaN : Math.log1p((milliUnits / 1000) * Math.exp(-lift));
  }
  forgetStockOutsUpTo(origin, history, past);
  const logs = past.subarray(0, DAYS);
  forgetBeforeSilence(logs);
  const usual = withoutOutliers(logs);
  const units = usual.map(Math.expm1);
  const weekdayMeans = meansOfWeekdays(units);
  return {
    ratio: ratioOfMeans(usual, units),
    weekdayMeans,
    mean: meanOf(weekdayMeans, 0, DAYS_PER_WEEK) || 0,
    zeroShare: zeroShareOf(logs, DAYS),
    sold: soldDaysOf(usual),
  };
}

function soldDaysOf(logs: Float64Array): SoldDays | null {
  const sales = logs.filter((log) => log > 0);
  if (sales.length === 0 || !logs.includes(0)) return null;
  return { log: meanOf(sales, 0, sales.length), mean: meanOf(sales.map(Math.expm1), 0, sales.length) };
}

/**
 * Makes the days before a silence at the end unknown, if it is too long to be chance: the series has been
 * discontinued, or is out of stock, and what it sold before is no longer its mean.
 */
function forgetBeforeSilence(logs: Float64Array): void {
  const lastSale = logs.findIndex((log) => log > 0);
  if (lastSale <= 0) return;
  const silent = logs.subarray(0, lastSale).filter((log) => log === 0).length;
  const before = logs.subarray(lastSale).filter((log) => !Number.isNaN(log));
  const zeros = before.filter((log) => log === 0).length;
  if (isNoChance(silent, zeros, before.length)) logs.fill(Number.NaN, lastSale);
}

/**
 * The days with outliers unknown. Where a weekday has none but outliers, two lots of days lie far apart: with days
 * without sales among them it sells in lumps, which count.
 */
function withoutOutliers(logs: Float64Array): Float64Array {
  const scratch = createDistanceScratch();
  const limit = measureDistances(logs, DAYS, scratch);
  const usual = logs.map((log, k) => ((scratch.distances[k] as number) <= limit ? log : Number.NaN));
  meansOfWeekdays(usual).forEach((mean, lag) => {
    if (!Number.isNaN(mean)) return;
    const days = Array.from({ length: WEEKS }, (_, week) => lag + week * DAYS_PER_WEEK);
    if (days.some((k) => logs[k] === 0)) for (const k of days) usual[k] = logs[k] as number;
  });
  return usual;
}

/**
 * Units sold over those that the levels of four weeks and the weekday profile of eight repeat in log space. What few days
 * tell of both is part noise, and the exponential of noise is above 1 on average: the profile is shrunk by the share of
 * noise in its variance (James & Stein 1961), the levels are lowered by half of theirs, or the ratio of a lumpy series,
 * which needs it most, would be too low.
 */
function ratioOfMeans(logs: Float64Array, units: Float64Array): number {
  const levels = new Float64Array(DAYS);
  for (let k = 0; k < DAYS; k += BLOCK_DAYS) levels.fill(meanOf(logs, k, BLOCK_DAYS), k, k + BLOCK_DAYS);
  const aboveLevel = logs.map((log, k) => log - (levels[k] as number));
  const profile = meansOfWeekdays(aboveLevel);
  const variance = steadyVariance(aboveLevel, profile);
  const known = profile.filter((value) => !Number.isNaN(value));
  const spread = known.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, known.length - 1);
  const share = spread > 0 ? Math.max(0, 1 - variance / WEEKS / spread) : 1;
  let arithmetic = 0;
  let geometric = 0;
  units.forEach((sold, k) => {
    if (Number.isNaN(sold)) return;
    arithmetic += sold;
    const repeated = (levels[k] as number) + share * (profile[k % DAYS_PER_WEEK] as number);
    geometric += Math.max(0, Math.expm1(repeated - variance / BLOCK_DAYS / 2));
  });
  return geometric > 0 ? arithmetic / geometric : 1;
}

/**
 * Variance of a day around level and profile, by the steadier ones of the four weeks: a change of level within the others
 * is no noise. Of eight weeks, the profile takes half of its weekdays' degrees of freedom from each four.
 */
function steadyVariance(aboveLevel: Float64Array, profile: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let first = 0; first < DAYS; first += BLOCK_DAYS) {
    let squares = 0;
    let days = 0;
    for (let k = first; k < first + BLOCK_DAYS; k++) {
      const rest = (aboveLevel[k] as number) - (profile[k % DAYS_PER_WEEK] as number);
      if (Number.isNaN(rest)) continue;
      squares += rest ** 2;
      days++;
    }
    if (days > DAYS_PER_WEEK) least = Math.min(least, squares / (days - DAYS_PER_WEEK / 2));
  }
  return Number.isFinite(least) ? least : 0;
}

/** By `weekdayLag`, over eight weeks; NaN where no day is known. */
function meansOfWeekdays(values: Float64Array): Float64Array {
  return new Float64Array(DAYS_PER_WEEK).map((_, lag) => meanOf(values, lag, WEEKS, DAYS_PER_WEEK));
}

/**
 * Expected units of a new series: log-normal demand around its level.
 *
 * @param variance of a day around the level, in log space
 */
export function expectedNewDemand(logForecasts: Float64Array, variance: number): Float64Array {
  return logForecasts.map((z) => Math.max(0, Math.expm1(z)) * Math.exp(variance / 2));
}
