import { DAYS_PER_WEEK, type DayNumber, isoWeekday } from '../../../../shared/calendar/day-number.ts';
import { MIN_KNOWN_DAYS } from '../../../../shared/features/index.ts';
import {
  effectOn,
  type PromotionEffect,
  promotionEffectOf,
} from '../../../../shared/forecast/promotion-response.ts';
import type { PeerLevels, PromotionResponse } from '../../../../shared/schemas/manifest.ts';
import { meanOf } from '../../data/averages.ts';
import { add } from '../promotion-response/family-days.ts';
import type { PanelSeries } from '../series/panel-series.ts';
import { availabilityOf } from '../series/stock-outs.ts';

/** Days from which levels are estimated. */
const LEVEL_DAYS = 56;
const SWEEPS = 20;
/** Pseudo-count of series by which a difference is shrunk to zero: a store with one family says little about its size. */
const RIDGE = 0.5;
/** Pseudo-count of days of each weekday by which a family's profile is shrunk to that of all families. */
const PROFILE_RIDGE = 4;
/** Lower bound of variances: a handful of series may agree by chance. */
const SMALLEST_VARIANCE = 0.01;
/** Share of the days of a short history that have to be known: a store is closed on Sundays. */
const SHARE_OF_SHORT = 0.5;
/** Default variances: series differ by a factor of about e. */
const USUAL_VARIANCE = 1;

interface SeriesLevel {
  readonly store: string;
  readonly family: string;
  /** Log of the mean units of a day, with equal weights of weekdays. */
  readonly level: number;
  /** Mean units of each weekday over that mean; NaN where not known. */
  readonly weekdays: readonly number[];
  /** Mean squared deviation of log1p(units) from its weekday's mean. */
  readonly dayVariance: number;
}

/**
 * Estimates the level of series without known days, from the last weeks up to `lastDay` on which a product could be
 * bought: an additive model of log units a day, by store and family, fitted by ridge regression (backfitting), and each
 * family's weekday profile.
 *
 * @param response what promotions added is taken off
 * @returns null where no series has enough known days
 */
export function fitPeerLevels(
  series: readonly PanelSeries[],
  lastDay: DayNumber,
  response: PromotionResponse | null,
): PeerLevels | null {
  const levels = series.flatMap((member) => {
    return levelOf(member, lastDay, promotionEffectOf(response, member.family)) ?? [];
  });
  if (levels.length === 0) return null;
  const level = meanOf(levels.map((own) => own.level));
  const stores = new Map(levels.map(({ store }) => [store, 0]));
  const families = new Map(levels.map(({ family }) => [family, 0]));
  const residual = (own: SeriesLevel) =>
    own.level - level - (stores.get(own.store) ?? 0) - (families.get(own.family) ?? 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    refit(stores, levels, ({ store }) => store, residual);
    refit(families, levels, ({ family }) => family, residual);
  }
  const profile = weekdayProfile(levels, null);
  const degrees = levels.length - stores.size - families.size + 1;
  return {
    level,
    stores: Object.fromEntries(stores),
    families: Object.fromEntries(
      [...families].map(([family, own]) => {
        const members = levels.filter((member) => member.family === family);
        return [family, { level: own, weekdays: weekdayProfile(members, profile) }];
      }),
    ),
    weekdays: profile,
    day_variance: Math.max(SMALLEST_VARIANCE, meanOf(levels.map(({ dayVariance }) => dayVariance))),
    series_variance:
      degrees > 0
        ? Math.max(SMALLEST_VARIANCE, levels.reduce((sum, own) => sum + residual(own) ** 2, 0) / degrees)
        : USUAL_VARIANCE,
    family_variance:
      families.size > 1 ? meanOf([...families.values()].map((own) => own ** 2)) : USUAL_VARIANCE,
  };
}

/** One step of backfitting: every difference becomes the residual of its members, shrunk to zero. */
function refit(
  differences: Map<string, number>,
  levels: readonly SeriesLevel[],
  keyOf: (own: SeriesLevel) => string,
  residual: (own: SeriesLevel) => number,
): void {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const own of levels) {
    const key = keyOf(own);
    const known = sums.get(key) ?? { sum: 0, count: 0 };
    known.sum += residual(own) + (differences.get(key) ?? 0);
    known.count++;
    sums.set(key, known);
  }
  for (const [key, { sum, count }] of sums) differences.set(key, sum / (count + RIDGE));
}

/** The mean profile of some series, shrunk to `usual` where they are few; every profile has a mean of 1. */
function weekdayProfile(members: readonly SeriesLevel[], usual: readonly number[] | null): number[] {
  const raw = Array.from({ length: DAYS_PER_WEEK }, (_, weekday) => {
    const known = members.map(({ weekdays }) => weekdays[weekday] as number).filter(Number.isFinite);
    const prior = usual?.[weekday] ?? 1;
    return (
      (known.reduce((sum, value) => sum + value, 0) + PROFILE_RIDGE * prior) / (known.length + PROFILE_RIDGE)
    );
  });
  const mean = meanOf(raw);
  return raw.map((value) => value / mean);
}

/** null for a series with too few known days, or without sales. */
function levelOf(
  { storeNbr, family, history, closedDays }: PanelSeries,
  lastDay: DayNumber,
  effect: PromotionEffect | null,
): SeriesLevel | null {
  const sums = new Float64Array(DAYS_PER_WEEK);
  const logs = new Float64Array(DAYS_PER_WEEK);
  const squares = new Float64Array(DAYS_PER_WEEK);
  const days = new Float64Array(DAYS_PER_WEEK);
  const { unavailable } = availabilityOf(history, closedDays, lastDay);
  const first = Math.max(history.firstDay, lastDay - LEVEL_DAYS + 1);
  for (let day = first; day <= lastDay; day++) {
    const value = history.milliUnits[day - history.firstDay] ?? -1;
    if (value < 0 || unavailable[day - history.firstDay] === 1) continue;
    const weekday = isoWeekday(day) - 1;
    const units = (value / 1000) * Math.exp(-effectOn(effect, history, day));
    const log = Math.log1p(units);
    add(sums, weekday, units);
    add(logs, weekday, log);
    add(squares, weekday, log * log);
    add(days, weekday, 1);
  }
  const known = days.reduce((sum, count) => sum + count, 0);
  const means = Array.from(sums, (sum, weekday) => sum / (days[weekday] as number));
  const mean = meanOf(means.filter(Number.isFinite));
  const needed = Math.min(MIN_KNOWN_DAYS, SHARE_OF_SHORT * (lastDay + 1 - history.firstDay));
  if (known < needed || !(mean > 0)) return null;
  const spread = squares.reduce((sum, square, weekday) => {
    const count = days[weekday] as number;
    return count > 0 ? sum + square - (logs[weekday] as number) ** 2 / count : sum;
  }, 0);
  const weekdaysKnown = days.filter((count) => count > 0).length;
  return {
    store: storeNbr,
    family,
    level: Math.log(mean),
    weekdays: means.map((value) => value / mean),
    dayVariance: spread / Math.max(1, known - weekdaysKnown),
  };
}
