import { at } from '../at.ts';
import { type DayNumber, isoWeekday } from '../calendar/day-number.ts';
import { HORIZON } from '../features/horizon.ts';
import {
  createOriginWindow,
  forgetStockOutsUpTo,
  loadKnownDemand,
  WINDOW_DAYS,
} from '../features/origin-window.ts';
import { type SeriesHistory, valueAt } from '../features/series-history.ts';
import { deviationOf, meanOf } from '../features/window-statistics.ts';
import { LOOKBACK_DAYS } from '../features/year-ago-features.ts';
import type { PeerLevels } from '../schemas/manifest.ts';
import { ownValue } from '../schemas/named-record.ts';
import type { SeriesId } from '../schemas/series.ts';
import { effectOn, type PromotionEffect } from './promotion-response.ts';

/** Known days that a series' longer past needs to be its prior. */
const MIN_PAST_DAYS = 14;

/** The longer past counts as this many recent days: a series that comes back may have changed. */
const PAST_WEIGHT = 4;

/** The forecast of a series with too few known days for trees, in log space. */
export interface NewSeriesForecast {
  /** log1p(units) of h = 1..`HORIZON`. */
  readonly logForecasts: Float64Array;
  /** Standard deviation of the level. */
  readonly levelDeviation: number;
  /** Variance of a day around the level; 0 where it is not known. */
  readonly dayVariance: number;
}

/**
 * Forecasts a new series, or one that is back after months: its peers' weekday profile times its estimated level.
 *
 * The level is the posterior mean of a normal model in log space (empirical Bayes): the prior comes from the series'
 * own longer past, else from what other stores sell of the family in proportion to their size, else from the store's
 * usual sales of a family; every known recent day weighs as a draw around the level. So the prior fades as days
 * arrive. Levels are those of days without promotions.
 *
 * @param history read up to `origin` only
 * @param peers null for a model without peer levels: then only the series' own days count
 * @param effect the factor of promotions on units; null where only the trees know it: then promotions do not count
 */
export function newSeriesForecast(
  history: SeriesHistory,
  origin: DayNumber,
  peers: PeerLevels | null,
  { storeNbr, family }: SeriesId,
  effect: PromotionEffect | null,
): NewSeriesForecast {
  const known = peers ? ownValue(peers.families, family) : undefined;
  const profile = known?.weekdays ?? peers?.weekdays ?? FLAT;
  const factorOn = (day: DayNumber) =>
    at(profile, isoWeekday(day) - 1) * Math.exp(effectOn(effect, history, day));
  const { own, past, variance } = ownDays(history, origin, factorOn);
  const prior = priorOf(past, peers, { storeNbr, family });
  const dayVariance = peers?.day_variance ?? 1;
  const ownWeight = own.days / dayVariance;
  const weight = ownWeight + prior.weight;
  const level = weight > 0 ? (ownWeight * own.level + prior.weight * prior.level) / weight : 0;
  return {
    logForecasts: Float64Array.from({ length: HORIZON }, (_, i) =>
      Math.log1p(Math.expm1(level) * factorOn(origin + 1 + i)),
    ),
    levelDeviation: weight > 0 ? Math.sqrt(1 / weight) : 0,
    dayVariance: Math.min(peers?.day_variance ?? 0, variance ?? Number.POSITIVE_INFINITY),
  };
}

const FLAT: readonly number[] = [1, 1, 1, 1, 1, 1, 1];

interface Level {
  /** log1p(units a day), adjusted for weekday and promotions. */
  readonly level: number;
  /** One over the variance. */
  readonly weight: number;
}

function priorOf(past: Days, peers: PeerLevels | null, { storeNbr, family }: SeriesId): Level {
  if (past.days >= MIN_PAST_DAYS) {
    return { level: past.level, weight: PAST_WEIGHT / (peers?.day_variance ?? 1) };
  }
  if (!peers) return { level: 0, weight: 0 };
  const store = ownValue(peers.stores, storeNbr) ?? 0;
  const known = ownValue(peers.families, family);
  return {
    level: Math.log1p(Math.exp(peers.level + store + (known?.level ?? 0))),
    weight: 1 / (known ? peers.series_variance : peers.series_variance + peers.family_variance),
  };
}

/** Some known days of a series. */
interface Days {
  readonly days: number;
  /** Mean of log1p(units), adjusted for weekday and promotions; 0 without days. */
  readonly level: number;
}

/**
 * The days of the feature window, without what the features leave out: closures, and stock-outs that are over. What
 * was sold before the last stock-out belongs to the past: a series that comes back may have changed. Zeros before the
 * first sale are no past.
 */
function ownDays(
  history: SeriesHistory,
  origin: DayNumber,
  factorOn: (day: DayNumber) => number,
): { readonly own: Days; readonly past: Days; readonly variance: number | null } {
  const window = createOriginWindow();
  loadKnownDemand(window, history, origin);
  const daysSince = forgetStockOutsUpTo(origin, history, window.demand);
  const adjusted = window.demand.map((log, k) => {
    const factor = factorOn(origin - k);
    return factor > 0 ? Math.log1p(Math.expm1(log) / factor) : Number.NaN;
  });
  const older = Float64Array.from({ length: LOOKBACK_DAYS - WINDOW_DAYS }, (_, i) => {
    const day = origin - WINDOW_DAYS - i;
    const value = valueAt(history.milliUnits, day - history.firstDay, -1);
    const factor = factorOn(day);
    return value < 0 || factor <= 0 ? Number.NaN : Math.log1p(value / 1000 / factor);
  });
  const recent = adjusted.subarray(0, daysSince);
  const own = daysIn(recent);
  const before = daysIn(adjusted.subarray(daysSince));
  const longAgo = daysIn(older);
  const isLaunch = own.level > 0 && before.level === 0 && longAgo.level === 0;
  const days = isLaunch ? 0 : before.days + longAgo.days;
  const level = days > 0 ? (before.days * before.level + longAgo.days * longAgo.level) / days : 0;
  const base = own.days >= MIN_PAST_DAYS ? recent : adjusted.subarray(daysSince);
  return { own, past: { days, level }, variance: varianceOf(base) };
}

function daysIn(logs: Float64Array): Days {
  const known = logs.filter((log) => !Number.isNaN(log));
  return { days: known.length, level: known.length > 0 ? meanOf(known, 0, known.length) : 0 };
}

/** Null for too few known days. */
function varianceOf(logs: Float64Array): number | null {
  return daysIn(logs).days < MIN_PAST_DAYS ? null : deviationOf(logs, 0, logs.length) ** 2;
}
