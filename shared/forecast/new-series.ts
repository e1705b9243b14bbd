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
import { forgetStockOuts } from '../features/silence.ts';
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

/**
 * Largest variance of a day that counts: that of peers which often sell nothing says nothing about another series, nor
 * about the mean, for such days are not log-normal.
 */
const MOST_DAY_VARIANCE = 1;

/** The forecast of a series with too few known days for trees, in log space. */
export interface NewSeriesForecast {
  /** log1p(units) of h = 1..`HORIZON`. */
  readonly logForecasts: Float64Array;
  /** Standard deviation of the level. */
  readonly levelDeviation: number;
  /** Variance of a day around the level, at most 1; 0 where it is not known. */
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
  const { own, past, usual } = ownDays(history, origin, factorOn);
  const dayVariance = pooledVariance(own, Math.min(MOST_DAY_VARIANCE, peers?.day_variance ?? 1));
  const prior = priorOf(past, peers, dayVariance, { storeNbr, family });
  const ownWeight = own.days / dayVariance;
  const weight = ownWeight + prior.weight;
  const level = weight > 0 ? (ownWeight * own.level + prior.weight * prior.level) / weight : 0;
  return {
    logForecasts: Float64Array.from({ length: HORIZON }, (_, i) =>
      Math.log1p(Math.expm1(level) * factorOn(origin + 1 + i)),
    ),
    levelDeviation: weight > 0 ? Math.sqrt(1 / weight) : 0,
    dayVariance: peers
      ? Math.min(MOST_DAY_VARIANCE, usual.days >= MIN_PAST_DAYS ? usual.variance : dayVariance)
      : 0,
  };
}

/**
 * The variance of a series' days: that of its peers counts as one day, so that a few even days show that it does not
 * sell in lumps as they do.
 */
function pooledVariance({ days, variance }: Days, ofPeers: number): number {
  const own = Math.max(0, days - 1);
  return (ofPeers + own * variance) / (1 + own);
}

const FLAT: readonly number[] = [1, 1, 1, 1, 1, 1, 1];

interface Level {
  /** log1p(units a day), adjusted for weekday and promotions. */
  readonly level: number;
  /** One over the variance. */
  readonly weight: number;
}

function priorOf(
  past: Days,
  peers: PeerLevels | null,
  dayVariance: number,
  { storeNbr, family }: SeriesId,
): Level {
  if (past.days >= MIN_PAST_DAYS) return { level: past.level, weight: PAST_WEIGHT / dayVariance };
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
  /** Of the same around it; 0 with fewer than two days. */
  readonly variance: number;
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
): {
  readonly own: Days;
  readonly past: Days;
  /** Those of the two that tell more about how days differ. */
  readonly usual: Days;
} {
  const window = createOriginWindow();
  loadKnownDemand(window, history, origin);
  const daysSince = forgetStockOutsUpTo(origin, history, window.demand);
  const days = Float64Array.from({ length: LOOKBACK_DAYS }, (_, k) => {
    const value = valueAt(history.milliUnits, origin - k - history.firstDay, -1);
    const log =
      k < WINDOW_DAYS ? (window.demand[k] as number) : value < 0 ? Number.NaN : Math.log1p(value / 1000);
    const factor = factorOn(origin - k);
    return factor > 0 ? Math.log1p(Math.expm1(log) / factor) : Number.NaN;
  });
  // Off-seasons of last year, too.
  forgetStockOuts(days, () => false);
  const own = daysIn(days.subarray(0, Math.min(daysSince, WINDOW_DAYS)));
  const before = daysIn(days.subarray(daysSince));
  const isLaunch = own.level > 0 && before.level === 0;
  return {
    own,
    past: isLaunch ? NO_DAYS : before,
    usual: own.days >= MIN_PAST_DAYS ? own : daysIn(days.subarray(daysSince, WINDOW_DAYS)),
  };
}

const NO_DAYS: Days = { days: 0, level: 0, variance: 0 };

function daysIn(logs: Float64Array): Days {
  const known = logs.filter((log) => !Number.isNaN(log));
  if (known.length === 0) return NO_DAYS;
  return {
    days: known.length,
    level: meanOf(known, 0, known.length),
    variance: known.length > 1 ? deviationOf(known, 0, known.length) ** 2 : 0,
  };
}
