import { DAYS_PER_WEEK, type DayNumber } from '../calendar/day-number.ts';
import { itemsAt, type SeriesHistory } from '../features/series-history.ts';
import { weekdayLag } from '../features/weekday-levels.ts';
import type { PromotionResponse } from '../schemas/manifest.ts';
import { ownValue } from '../schemas/named-record.ts';

/** The same weekdays that the anchor averages. */
const WEEKS = 4;

/** The logarithm of the factor by which a number of promoted items multiplies a day's units, for one family. */
export type PromotionEffect = (items: number) => number;

/** Of promotions that do nothing. */
export const NO_EFFECT: PromotionEffect = () => 0;

/** The effect for one family; null where the response lacks it, or there is no response. */
export function promotionEffectOf(
  response: PromotionResponse | undefined | null,
  family: string,
): PromotionEffect | null {
  const values = response ? ownValue(response.families, family) : undefined;
  return response && values ? (items) => effectBetween(response.items, values, items) : null;
}

/** The logarithm of the factor of a day's promotions; 0 where only the trees know their effect. */
export function effectOn(
  effect: PromotionEffect | null,
  { onpromotion, firstDay }: Pick<SeriesHistory, 'onpromotion' | 'firstDay'>,
  day: DayNumber,
): number {
  return effect ? effect(itemsAt(onpromotion, day - firstDay)) : 0;
}

/** Linear between knots, 0 without items, and constant beyond the last. */
function effectBetween(knots: readonly number[], values: readonly number[], items: number): number {
  let [below, effectBelow] = [0, 0];
  for (const [i, knot] of knots.entries()) {
    const effect = values[i] as number;
    if (items <= knot) return effectBelow + ((effect - effectBelow) * (items - below)) / (knot - below);
    [below, effectBelow] = [knot, effect];
  }
  return effectBelow;
}

/**
 * The logarithm of the factor of the target day's plan, relative to the same weekdays that the anchor averages: the
 * effect of its promoted items minus the mean effect of theirs. A promoted day after unpromoted weeks is raised, an
 * unpromoted day after promoted weeks is lowered. Reads promotions up to the target.
 *
 * @param weeks which of the last four same weekdays the anchor averages, as in `AnchorColumns`
 */
export function promotionLift(
  effect: PromotionEffect,
  { onpromotion, firstDay }: Pick<SeriesHistory, 'onpromotion' | 'firstDay'>,
  origin: DayNumber,
  h: number,
  weeks: number,
): number {
  const effectAt = (index: number) => effect(itemsAt(onpromotion, index));
  const at = origin - firstDay;
  const last = at - weekdayLag(h);
  let usual = 0;
  let averaged = 0;
  for (let week = 0; week < WEEKS; week++) {
    if ((weeks & (1 << week)) === 0) continue;
    usual += effectAt(last - week * DAYS_PER_WEEK);
    averaged++;
  }
  return effectAt(at + h) - (averaged > 0 ? usual / averaged : 0);
}

/**
 * The forecast of log1p(units) by a margin, never below 0. Anchor and margin yield the units of a day with the same
 * promotions as the days that the anchor averages; the lift multiplies them by the effect of the plan.
 *
 * @param lift `promotionLift`; 0 for a model without a promotion response
 */
export function logForecast(anchor: number, margin: number, lift: number): number {
  const usual = Math.max(0, anchor + margin);
  return lift === 0 ? usual : Math.log1p(Math.expm1(usual) * Math.exp(lift));
}

/** The target of training: the margin at which the forecast equals a day's units. */
export function targetMargin(anchor: number, units: number, lift: number): number {
  return Math.log1p(units * Math.exp(-lift)) - anchor;
}
