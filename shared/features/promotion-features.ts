import type { DayNumber } from '../calendar/day-number.ts';
import { defineGroup } from './feature-definition.ts';
import { logCount } from './log-cache.ts';
import { type OriginWindow, valueAt, WINDOW_DAYS } from './origin-window.ts';
import type { SeriesHistory } from './series-history.ts';

/** Promotions up to the origin. */
export const PAST_PROMOTION_FEATURES = defineGroup('promotion', [
  ['promotion_share_28', 'share of days with items on promotion, 28 days up to the origin'],
  [
    'days_since_promotion',
    `days from the last day with items on promotion to the origin, at most ${WINDOW_DAYS}`,
  ],
]);

/** Promotions around the target: they are planned, so days after the origin are known. */
export const TARGET_PROMOTION_FEATURES = defineGroup('promotion', [
  ['promotion', '1 when items are on promotion on the target day'],
  ['promotion_items', 'log1p(items on promotion on the target day)'],
  ['promotion_change', 'promotion_items - mean log1p(items) on the last 4 same weekdays up to the origin'],
  ['promotion_day_before', '1 when items are on promotion the day before the target'],
  ['promotion_day_after', '1 when items are on promotion the day after the target'],
  ['promotion_share_week_before', 'share of the 7 days before the target with items on promotion'],
  [
    'promotion_share_ahead',
    'share of the days between the origin and the target with items on promotion; unknown where there are none',
  ],
]);

/** Writes `PAST_PROMOTION_FEATURES` in their order. @returns the offset after them. */
export function writePastPromotionFeatures(
  { promotion }: OriginWindow,
  out: Float32Array,
  offset: number,
): number {
  let promotedDays = 0;
  for (let k = 0; k < 28; k++) if ((promotion[k] as number) > 0) promotedDays++;
  let since = 0;
  while (since < WINDOW_DAYS && promotion[since] === 0) since++;
  out[offset] = promotedDays / 28;
  out[offset + 1] = since;
  return offset + PAST_PROMOTION_FEATURES.length;
}

/** Items on promotion from `DAYS_BEFORE - 1` days before the origin to the day after the last target. Working space. */
export interface PromotionPlan {
  /** Items of the day `k - DAYS_BEFORE` days after the day after the origin. */
  readonly items: Uint16Array;
  /** Days with items among the first k. */
  readonly promotedBefore: Uint8Array;
}

/** Days up to the origin that the week before the first target reaches back to. */
const DAYS_BEFORE = 7;
const WEEK = 7;

export function createPromotionPlan(horizon: number): PromotionPlan {
  const days = DAYS_BEFORE + horizon + 1;
  return { items: new Uint16Array(days), promotedBefore: new Uint8Array(days + 1) };
}

export function loadPromotionPlan(plan: PromotionPlan, history: SeriesHistory, origin: DayNumber): void {
  const { items, promotedBefore } = plan;
  const first = origin + 1 - DAYS_BEFORE - history.firstDay;
  let promoted = 0;
  for (let k = 0; k < items.length; k++) {
    const count = valueAt(history.onpromotion, first + k, 0);
    items[k] = count;
    if (count > 0) promoted++;
    promotedBefore[k + 1] = promoted;
  }
}

/**
 * Writes `TARGET_PROMOTION_FEATURES` in their order.
 *
 * @param meanLogItems mean log1p(items) on the four same weekdays that the anchor averages
 * @returns the offset after them
 */
export function writeTargetPromotionFeatures(
  plan: PromotionPlan,
  meanLogItems: number,
  h: number,
  out: Float32Array,
  offset: number,
): number {
  const target = DAYS_BEFORE + h - 1;
  const items = plan.items[target] as number;
  const logItems = items > 0 ? logCount(items) : 0;
  out[offset] = items > 0 ? 1 : 0;
  out[offset + 1] = logItems;
  out[offset + 2] = logItems - meanLogItems;
  out[offset + 3] = (plan.items[target - 1] as number) > 0 ? 1 : 0;
  out[offset + 4] = (plan.items[target + 1] as number) > 0 ? 1 : 0;
  out[offset + 5] = promotedShare(plan, target - WEEK, WEEK);
  out[offset + 6] = h > 1 ? promotedShare(plan, target - h + 1, h - 1) : Number.NaN;
  return offset + TARGET_PROMOTION_FEATURES.length;
}

function promotedShare({ promotedBefore }: PromotionPlan, from: number, days: number): number {
  return ((promotedBefore[from + days] as number) - (promotedBefore[from] as number)) / days;
}
