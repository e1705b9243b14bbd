import { DAYS_PER_WEEK, type DayNumber } from '../calendar/day-number.ts';
import { createOriginWindow, loadKnownDemand, WINDOW_DAYS } from '../features/origin-window.ts';
import { itemsAt, type SeriesHistory } from '../features/series-history.ts';
import { isNoChance, silencesOf } from '../features/silence.ts';
import { weekdayLag } from '../features/weekday-levels.ts';
import { decayedMeanOf } from '../features/window-statistics.ts';
import { NO_EFFECT, type PromotionEffect } from './promotion-response.ts';

/** Weight of a day in the level, in proportion to the next one: the mean age of its days is nine. */
export const LEVEL_DECAY = 0.9;
/** The same in the weekday profile. */
const PROFILE_DECAY = 0.99;
/** With this total weight of a weekday's days, its difference from the level counts half. */
const PROFILE_PSEUDO_WEIGHT = 2;
/** Known days that a level needs. */
export const ENOUGH_DAYS = 14;
/** The level decides about the profile, and the profile about the level: rounds until neither changes much. */
const ROUNDS = 2;

/** What exponential smoothing reads, apart from the log forecasts that it is blended with. */
export interface SmoothingBasis {
  /** Read up to `origin` only, promotions up to the target. */
  readonly history: SeriesHistory;
  readonly origin: DayNumber;
  /** The factor of promotions on units; null where only the trees know it. */
  readonly effect: PromotionEffect | null;
}

/**
 * Blends the trees' forecasts with exponential smoothing, in log space. Few rows teach trees little more than noise,
 * which smoothing does not have. It knows nothing about promotions of unknown effect: such days are the trees' alone.
 *
 * Where there are no trees (a share of 1), such days are forecast as ordinary ones, and count as ordinary ones if too
 * few others are known. Where smoothing has nothing to say, the anchor of the series is left: its last weekdays.
 *
 * @param logForecasts the trees' forecasts of log1p(units), h = 1..`HORIZON`; the anchors where there are no trees
 * @param share of smoothing, 0..1; 0 leaves the trees' forecasts as they are, to the bit
 */
export function blendWithSmoothing(
  logForecasts: Float64Array,
  basis: SmoothingBasis,
  share: number,
): Float64Array {
  if (share === 0) return logForecasts;
  const isAlone = share === 1;
  const known = smoothedWeekdays(basis);
  const smoothed =
    isAlone && known.every(Number.isNaN)
      ? smoothedWeekdays({ ...basis, effect: basis.effect ?? NO_EFFECT })
      : known;
  return logForecasts.map((trees, i) => {
    const usual = smoothed[weekdayLag(i + 1)] as number;
    const planned = liftOn(basis, basis.origin + i + 1);
    const lift = isAlone && Number.isNaN(planned) ? 0 : planned;
    if (Number.isNaN(usual) || Number.isNaN(lift)) return trees;
    return (1 - share) * trees + share * Math.log1p(Math.expm1(usual) * Math.exp(lift));
  });
}

/**
 * Simple exponential smoothing of log1p(units) with a weekday profile: the level is the mean of the last 140 days
 * without the profile, in which a day weighs `levelDecay` times the next. Unknown and closed days have no weight, and
 * what promotions of known effect added is taken off.
 *
 * A silence that is no chance separates what was sold before it from what is sold since; where that is nothing, or too
 * little, a mean has nothing to say.
 *
 * @returns log1p(units) of a day without promotion, by `weekdayLag`; NaN where too few days are known
 */
export function smoothedWeekdays(basis: SmoothingBasis, levelDecay = LEVEL_DECAY): Float64Array {
  const usual = usualDemand(basis);
  return usual ? smoothedFrom(usual, levelDecay) : new Float64Array(DAYS_PER_WEEK).fill(Number.NaN);
}

/** `smoothedWeekdays` of a demand. */
export function smoothedFrom({ levels, profile }: UsualDemand, levelDecay: number): Float64Array {
  const level = decayedMeanOf(levels, 0, WINDOW_DAYS, levelDecay);
  return profile.map((shift) => Math.max(0, level + shift));
}

/** The demand of a series without promotions, in two parts, in log space. */
export interface UsualDemand {
  /** log1p(units) less the weekday's profile, most recent day first; NaN where not known or before a silence. */
  readonly levels: Float64Array;
  /** By `weekdayLag`. */
  readonly profile: Float64Array;
}

/** The slowly decaying mean of the levels, around which the profile is. */
export function slowLevelOf({ levels }: Pick<UsualDemand, 'levels'>): number {
  return decayedMeanOf(levels, 0, WINDOW_DAYS, PROFILE_DECAY);
}

/** The demand that `smoothedWeekdays` smooths; null where too few days are known. */
export function usualDemand(basis: SmoothingBasis): UsualDemand | null {
  const window = createOriginWindow();
  loadKnownDemand(window, basis.history, basis.origin);
  const demand = withoutPromotions(window.demand, basis);
  demand.fill(Number.NaN, daysSinceSilence(window.demand));
  if (knownDaysOf(demand) < ENOUGH_DAYS) return null;
  let profile = new Float64Array(DAYS_PER_WEEK);
  for (let round = 0; round < ROUNDS; round++) {
    profile = profileAround(slowLevelOf({ levels: levelsOf(demand, profile) }), demand);
  }
  return { levels: levelsOf(demand, profile), profile };
}

/** A demand in log space, less what promotions of known effect added; days of unknown effect are unknown. */
export function withoutPromotions(demand: Float64Array, basis: SmoothingBasis): Float64Array {
  return demand.map((log, k) => {
    const lift = liftOn(basis, basis.origin - k);
    return lift === 0 ? log : Math.log1p(Math.expm1(log) * Math.exp(-lift));
  });
}

/**
 * How many days, known or not, came after the last silence that is too long to be chance; all of them without one.
 *
 * @param demand log1p(units), most recent day first, NaN where not known
 */
function daysSinceSilence(demand: Float64Array): number {
  const silences = silencesOf(demand);
  const known = knownDaysOf(demand);
  const zeros = silences.reduce((sum, { days }) => sum + days, 0);
  const last = silences.find(({ days }) => isNoChance(days, zeros - days, known - days));
  return last?.from ?? demand.length;
}

/** Days of a demand that are known. */
export function knownDaysOf(demand: Float64Array): number {
  return demand.filter((log) => !Number.isNaN(log)).length;
}

/** The logarithm of the factor of a day's promotions; NaN where it is unknown. */
export function liftOn({ history, effect }: SmoothingBasis, day: DayNumber): number {
  const items = itemsAt(history.onpromotion, day - history.firstDay);
  if (items === 0) return 0;
  return effect ? effect(items) : Number.NaN;
}

/** The days less their weekday's profile. */
function levelsOf(demand: Float64Array, profile: Float64Array): Float64Array {
  return demand.map((log, k) => log - (profile[k % DAYS_PER_WEEK] as number));
}

/** The weekdays' differences from a level, shrunk to 0 where few of their days are known. */
function profileAround(level: number, demand: Float64Array): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(DAYS_PER_WEEK);
  const weights = new Float64Array(DAYS_PER_WEEK).fill(PROFILE_PSEUDO_WEIGHT);
  let weight = 1;
  for (let k = 0; k < WINDOW_DAYS; k++, weight *= PROFILE_DECAY) {
    const log = demand[k] as number;
    if (Number.isNaN(log)) continue;
    const lag = k % DAYS_PER_WEEK;
    sums[lag] = (sums[lag] as number) + weight * (log - level);
    weights[lag] = (weights[lag] as number) + weight;
  }
  return sums.map((sum, lag) => sum / (weights[lag] as number));
}
