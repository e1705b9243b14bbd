import { at } from '../at.ts';
import { type DayNumber, isoWeekday } from '../calendar/day-number.ts';
import { HORIZON } from '../features/horizon.ts';
import {
  createOriginWindow,
  hasSoldBefore,
  loadKnownDemand,
  WINDOW_DAYS,
} from '../features/origin-window.ts';
import { type SeriesHistory, valueAt } from '../features/series-history.ts';
import { forgetStockOut } from '../features/silence.ts';
import { LOOKBACK_DAYS } from '../features/year-ago-features.ts';
import type { PeerLevels } from '../schemas/manifest.ts';
import { ownValue } from '../schemas/named-record.ts';
import type { SeriesId } from '../schemas/series.ts';

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
}

/**
 * Forecasts a new series, or one that is back after months: its peers' weekday profile times its estimated level.
 *
 * The level is the posterior mean of a normal model in log space (empirical Bayes): the prior comes from the series'
 * own longer past, else from what other stores sell of the family in proportion to their size, else from the store's
 * usual sales of a family; every known recent day weighs as a draw around the level. So the prior fades as days
 * arrive.
 *
 * @param history read up to `origin` only
 * @param peers null for a model without peer levels: then only the series' own days count
 */
export function newSeriesForecast(
  history: SeriesHistory,
  origin: DayNumber,
  peers: PeerLevels | null,
  { storeNbr, family }: SeriesId,
): NewSeriesForecast {
  const known = peers ? ownValue(peers.families, family) : undefined;
  const profile = known?.weekdays ?? peers?.weekdays ?? FLAT;
  const factorOn = (day: DayNumber) => at(profile, isoWeekday(day) - 1);
  const own = recentLevelOf(history, origin, factorOn);
  const prior = priorOf(history, origin, peers, { storeNbr, family }, factorOn);
  const dayVariance = peers?.day_variance ?? 1;
  const ownWeight = own.days / dayVariance;
  const weight = ownWeight + prior.weight;
  const level = weight > 0 ? (ownWeight * own.level + prior.weight * prior.level) / weight : 0;
  return {
    logForecasts: Float64Array.from({ length: HORIZON }, (_, i) =>
      Math.log1p(Math.expm1(level) * factorOn(origin + 1 + i)),
    ),
    levelDeviation: weight > 0 ? Math.sqrt(1 / weight) : 0,
  };
}

const FLAT: readonly number[] = [1, 1, 1, 1, 1, 1, 1];

interface Level {
  /** log1p(units a day), adjusted for the weekday. */
  readonly level: number;
  /** One over the variance. */
  readonly weight: number;
}

function priorOf(
  history: SeriesHistory,
  origin: DayNumber,
  peers: PeerLevels | null,
  { storeNbr, family }: SeriesId,
  factorOn: (day: DayNumber) => number,
): Level {
  const past = levelOf(history, origin - LOOKBACK_DAYS + 1, origin - WINDOW_DAYS, factorOn);
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

/** Of the days of the feature window, without what the features leave out: closures, and a stock-out that is over. */
function recentLevelOf(
  history: SeriesHistory,
  origin: DayNumber,
  factorOn: (day: DayNumber) => number,
): { readonly level: number; readonly days: number } {
  const window = createOriginWindow();
  loadKnownDemand(window, history, origin);
  forgetStockOut(window.demand, () => hasSoldBefore(history, origin));
  let sum = 0;
  let days = 0;
  window.demand.forEach((log, k) => {
    const factor = factorOn(origin - k);
    if (Number.isNaN(log) || factor <= 0) return;
    sum += Math.log1p(Math.expm1(log) / factor);
    days++;
  });
  return { level: days > 0 ? sum / days : 0, days };
}

function levelOf(
  { firstDay, milliUnits }: SeriesHistory,
  from: DayNumber,
  to: DayNumber,
  factorOn: (day: DayNumber) => number,
): { readonly level: number; readonly days: number } {
  let sum = 0;
  let days = 0;
  for (let day = from; day <= to; day++) {
    const value = valueAt(milliUnits, day - firstDay, -1);
    const factor = factorOn(day);
    if (value < 0 || factor <= 0) continue;
    sum += Math.log1p(value / 1000 / factor);
    days++;
  }
  return { level: days > 0 ? sum / days : 0, days };
}
