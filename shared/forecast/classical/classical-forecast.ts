import { at } from '../../at.ts';
import type { DayNumber } from '../../calendar/day-number.ts';
import { HORIZON } from '../../features/horizon.ts';
import {
  createOriginWindow,
  forgetStockOutsUpTo,
  isAnchored,
  loadKnownDemand,
  loadOriginWindow,
} from '../../features/origin-window.ts';
import type { SeriesHistory } from '../../features/series-history.ts';
import { weekdayLag } from '../../features/weekday-levels.ts';
import type { ClassicalName } from '../../schemas/contender-names.ts';
import type { PeerLevels } from '../../schemas/manifest.ts';
import type { SeriesId } from '../../schemas/series.ts';
import { expectedDemand, expectedNewDemand } from '../expected-demand.ts';
import { newSeriesForecast } from '../new-series.ts';
import {
  effectOn,
  logForecast,
  NO_EFFECT,
  type PromotionEffect,
  promotionLift,
} from '../promotion-response.ts';
import {
  ENOUGH_DAYS,
  knownDaysOf,
  LEVEL_DECAY,
  slowLevelOf,
  smoothedFrom,
  type UsualDemand,
  usualDemand,
  withoutPromotions,
} from '../smoothing.ts';
import { type DampedTrend, dampedTrendAhead, filterDampedTrend } from './damped-trend.ts';
import { filterTsb, type TsbWeights, usualTsbState, weekdayFactors } from './tsb.ts';

/** The parameters of the classical forecasters: those of training, or the defaults. */
export interface ClassicalParameters {
  readonly exponential_smoothing: {
    /** Share of a day's error in the level. */
    readonly alpha: number;
  };
  readonly damped_trend: DampedTrend;
  readonly tsb: TsbWeights;
}

export const CLASSICAL_DEFAULTS: ClassicalParameters = {
  exponential_smoothing: { alpha: 1 - LEVEL_DECAY },
  damped_trend: { alpha: 0.1, beta: 0.002, phi: 0.95 },
  tsb: { alpha_size: 0.05, alpha_chance: 0.05 },
};

/** The inputs of a classical forecast. */
export interface ClassicalBasis {
  readonly series: SeriesId;
  /** Units and tickets are read up to `origin` only, promotions and closures up to the targets. */
  readonly history: SeriesHistory;
  readonly origin: DayNumber;
  /** The factor of promotions on units; null where it is not known: then promoted days count as any other. */
  readonly effect: PromotionEffect | null;
  /** The levels by which new series are forecast; null where there are none. */
  readonly peers: PeerLevels | null;
}

/** Forecasts of h = 1..`HORIZON`, in units; 0 on days on which the store is expected to be closed. */
export interface ClassicalForecast {
  /** The point that RMSLE scores: of the mean of log1p(units). */
  readonly median: Float64Array;
  readonly mean: Float64Array;
}

/**
 * Forecasts a series without trees. Days are known, promotions taken off and put on, and closed days left out as for
 * the trees. A method that has nothing to say about a series, because fewer than 14 of its days are known, or it has
 * just fallen silent, leaves it to `open_weekday_mean_4`; and that leaves a series without an anchor to its peers.
 */
export function classicalForecast(
  name: ClassicalName,
  basis: ClassicalBasis,
  parameters: ClassicalParameters,
): ClassicalForecast {
  const { history, origin, effect } = basis;
  const own = usualAhead[name](openClassicalDemand(basis), parameters);
  const lifts = Float64Array.from({ length: HORIZON }, (_, i) => effectOn(effect, history, origin + i + 1));
  const fallback = own.logs.some(Number.isNaN) ? anchorForecast(basis) : null;
  const logs = own.logs.map((usual, i) =>
    fallback && Number.isNaN(usual)
      ? at(fallback.logs, i)
      : Math.log1p(Math.expm1(usual) * Math.exp(at(lifts, i))),
  );
  const fallbackMeans = fallback?.means ?? expectedDemand(history, origin, logs, effect);
  const median = logs.map(Math.expm1);
  const mean = fallbackMeans.map((expected, i) => {
    const usual = own.means?.[i] ?? Number.NaN;
    return Number.isNaN(usual) ? expected : Math.max(at(median, i), usual * Math.exp(at(lifts, i)));
  });
  const ahead = origin + 1 - history.firstDay;
  const open = (units: Float64Array) =>
    units.map((value, i) => (history.closed?.[ahead + i] === 1 ? 0 : value));
  return { median: open(median), mean: open(mean) };
}

/** What the methods smooth, made once for all of them. */
export interface ClassicalDemand {
  /** Null where too few days are known, or the series has fallen silent. */
  readonly usual: UsualDemand | null;
  /** log1p(units) less promotions, most recent day first, without stock-outs that are over; NaN where not known. */
  readonly logs: Float64Array;
}

export function openClassicalDemand({ history, origin, effect }: ClassicalBasis): ClassicalDemand {
  const smoothed = { history, origin, effect: effect ?? NO_EFFECT };
  const window = createOriginWindow();
  loadKnownDemand(window, history, origin);
  forgetStockOutsUpTo(origin, history, window.demand);
  return { usual: usualDemand(smoothed), logs: withoutPromotions(window.demand, smoothed) };
}

/** Forecasts of days without promotion, h = 1..`HORIZON`; NaN where a method has nothing to say. */
interface UsualAhead {
  /** Of log1p(units). */
  readonly logs: Float64Array;
  /** Expected units; where absent they follow from `logs` as the trees' do. */
  readonly means?: Float64Array;
}

const UNKNOWN = new Float64Array(HORIZON).fill(Number.NaN);

/** By method: the forecasts of a demand. */
export const usualAhead: Readonly<
  Record<ClassicalName, (demand: ClassicalDemand, parameters: ClassicalParameters) => UsualAhead>
> = {
  exponential_smoothing({ usual }, { exponential_smoothing: { alpha } }) {
    return { logs: usual ? byHorizon(smoothedFrom(usual, 1 - alpha)) : UNKNOWN };
  },
  damped_trend({ usual }, { damped_trend }) {
    if (!usual) return { logs: UNKNOWN };
    const state = filterDampedTrend(usual.levels, damped_trend, { level: slowLevelOf(usual), trend: 0 });
    const profile = byHorizon(usual.profile);
    const levels = dampedTrendAhead(state, damped_trend.phi, HORIZON);
    return { logs: levels.map((level, i) => Math.max(0, level + at(profile, i))) };
  },
  tsb({ logs }, { tsb }) {
    if (knownDaysOf(logs) < ENOUGH_DAYS) return { logs: UNKNOWN, means: UNKNOWN };
    return { logs: tsbAhead(logs, tsb), means: tsbAhead(logs.map(Math.expm1), tsb) };
  },
  open_weekday_mean_4: () => ({ logs: UNKNOWN }),
};

/** The product of chance and size, by weekday; in log space it is the mean of log1p(units). */
function tsbAhead(values: Float64Array, weights: TsbWeights): Float64Array {
  const { chance, size } = filterTsb(values, weights, usualTsbState(values));
  return byHorizon(weekdayFactors(values)).map((factor) => chance * size * factor);
}

/** @param values by `weekdayLag` */
function byHorizon(values: Float64Array): Float64Array {
  return Float64Array.from({ length: HORIZON }, (_, i) => at(values, weekdayLag(i + 1)));
}

/**
 * The forecast by the anchors of the trees alone: the mean of the last four same weekdays that are known and open,
 * without outliers, with promotions in proportion to the plan; a series without an anchor is forecast by its peers.
 *
 * @returns log1p(units), and the expected units of a series without an anchor
 */
function anchorForecast({ series, history, origin, effect, peers }: ClassicalBasis): UsualAhead {
  const window = createOriginWindow();
  loadOriginWindow(window, history, origin);
  if (!isAnchored(window)) {
    const { logForecasts, dayVariance } = newSeriesForecast(history, origin, peers, series, effect);
    return { logs: logForecasts, means: expectedNewDemand(logForecasts, dayVariance) };
  }
  const logs = Float64Array.from({ length: HORIZON }, (_, i) => {
    const lag = weekdayLag(i + 1);
    const weeks = at(window.weekdays.weeks, lag);
    const lift = effect ? promotionLift(effect, history, origin, i + 1, weeks) : 0;
    return logForecast(at(window.anchors, lag), 0, lift);
  });
  return { logs };
}
