import type { DayNumber } from '../calendar/day-number.ts';
import { valueAt } from '../features/origin-window.ts';
import type { SeriesHistory } from '../features/series-history.ts';
import { weekdayLag } from '../features/weekday-level.ts';
import type { PromotionResponse } from '../schemas/manifest.ts';

const DAYS_PER_WEEK = 7;
/** The same weekdays that the anchor averages. */
const WEEKS = 4;

/** What so many promoted items add to log(units) of a day of one family. */
export type PromotionEffect = (items: number) => number;

/** The effect for one family; null where the response does not know it, or there is none. */
export function promotionEffectOf(
  response: PromotionResponse | undefined | null,
  family: string,
): PromotionEffect | null {
  const values = response?.families[family];
  if (!response || !values) return null;
  return (items) =>
    items > 0
      ? knotWeights(response.items, items).reduce((sum, weight, i) => sum + weight * (values[i] as number), 0)
      : 0;
}

/** How the effect of `items` is made up of the effects at the knots; all zero for no items. */
export function knotWeights(knots: readonly number[], items: number): number[] {
  const weights = knots.map(() => 0);
  if (items <= 0) return weights;
  const above = knots.findIndex((knot) => knot >= items);
  if (above <= 0) {
    weights[above < 0 ? knots.length - 1 : 0] = 1;
    return weights;
  }
  const [low, high] = [Math.log1p(knots[above - 1] as number), Math.log1p(knots[above] as number)];
  const share = (Math.log1p(items) - low) / (high - low);
  weights[above - 1] = 1 - share;
  weights[above] = share;
  return weights;
}

/**
 * By how much log1p(units) rises when log(units) rises by one, where log1p(units) is `level`: m / (1 + m), next to nothing
 * for a series that hardly sells.
 */
export function logSensitivity(level: number): number {
  return -Math.expm1(-level);
}

/**
 * What the plan of the target day adds to the anchor, in log space: the effect of its promoted items less the mean effect
 * of those of the four same weekdays that the anchor averages. A promoted day after plain weeks is raised, a plain day
 * after promoted weeks is lowered. Reads promotions only, which are known up to the target.
 *
 * @param anchor of the target, in log space
 */
export function promotionOffset(
  effect: PromotionEffect,
  { onpromotion, firstDay }: Pick<SeriesHistory, 'onpromotion' | 'firstDay'>,
  origin: DayNumber,
  h: number,
  anchor: number,
): number {
  const effectAt = (index: number) => effect(valueAt(onpromotion, index, 0));
  const at = origin - firstDay;
  const last = at - weekdayLag(h);
  let usual = 0;
  for (let week = 0; week < WEEKS; week++) usual += effectAt(last - week * DAYS_PER_WEEK);
  return (effectAt(at + h) - usual / WEEKS) * logSensitivity(anchor);
}
