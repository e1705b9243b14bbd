import { DAYS_PER_WEEK } from '../calendar/day-number.ts';
import { defineFeatures } from './feature.ts';
import { HORIZON } from './horizon.ts';
import { type OriginWindow, WINDOW_DAYS } from './origin-window.ts';
import { itemsAt } from './series-history.ts';
import type { Targets } from './target-features.ts';
import { differenceOf, logCount } from './window-statistics.ts';

const SHARE_DAYS = 28;
/** Days up to the origin that belong to the week before the first target. */
const DAYS_BEFORE = DAYS_PER_WEEK;

/** Promotions up to the origin. */
export const PAST_PROMOTION_FEATURES = defineFeatures<OriginWindow>('promotion', [
  [
    'promotion_share_28',
    'share of days with items on promotion, 28 days up to the origin',
    ({ promotion }, out, at) => {
      out[at] = promotedDays(promotion) / SHARE_DAYS;
    },
  ],
  [
    'days_since_promotion',
    `days from the last day with items on promotion to the origin, at most ${WINDOW_DAYS}`,
    ({ promotion }, out, at) => {
      out[at] = daysSincePromotion(promotion);
    },
  ],
]);

function promotedDays(promotion: Float64Array): number {
  let promoted = 0;
  for (let k = 0; k < SHARE_DAYS; k++) if ((promotion[k] as number) > 0) promoted++;
  return promoted;
}

function daysSincePromotion(promotion: Float64Array): number {
  let since = 0;
  while (since < WINDOW_DAYS && promotion[since] === 0) since++;
  return since;
}

/** The promotions planned around the targets. Working space. */
export interface PromotionPlan {
  readonly targets: Targets;
  /** Mean log1p(items) on the four same weekdays that the anchor averages, by the targets' `lag`. */
  readonly usualLogItems: Float64Array;
  /** Items of the days from `DAYS_BEFORE - 1` days before the origin to the day after the last target. */
  readonly items: Uint16Array;
  /** Days with items among the first k. */
  readonly promotedBefore: Uint8Array;
}

/** Index of the day after the origin in `PromotionPlan.items`. */
const FIRST_TARGET = DAYS_BEFORE;

/** Promotions around the target: they are planned, so days after the origin are known. */
export const TARGET_PROMOTION_FEATURES = defineFeatures<PromotionPlan>('promotion', [
  [
    'promotion',
    '1 when items are on promotion on the target day',
    (plan, out, at, stride) => writePromoted(plan, 0, out, at, stride),
  ],
  [
    'promotion_items',
    'log1p(items on promotion on the target day)',
    ({ targets: { count, h }, items }, out, at, stride) => {
      for (let i = 0; i < count; i++) out[at + i * stride] = logCount(itemsOn(items, h[i] as number));
    },
  ],
  [
    'promotion_change',
    'promotion_items - mean log1p(items) on the last 4 same weekdays up to the origin',
    ({ targets: { count, h, lag }, items, usualLogItems }, out, at, stride) => {
      for (let i = 0; i < count; i++) {
        const usual = usualLogItems[lag[i] as number] as number;
        out[at + i * stride] = differenceOf(logCount(itemsOn(items, h[i] as number)), usual);
      }
    },
  ],
  [
    'promotion_day_before',
    '1 when items are on promotion the day before the target',
    (plan, out, at, stride) => writePromoted(plan, -1, out, at, stride),
  ],
  [
    'promotion_day_after',
    '1 when items are on promotion the day after the target',
    (plan, out, at, stride) => writePromoted(plan, 1, out, at, stride),
  ],
  [
    'promotion_share_week_before',
    'share of the 7 days before the target with items on promotion',
    ({ targets: { count, h }, promotedBefore }, out, at, stride) => {
      for (let i = 0; i < count; i++) {
        const end = FIRST_TARGET + (h[i] as number) - 1;
        out[at + i * stride] = shareBetween(promotedBefore, end - DAYS_PER_WEEK, end);
      }
    },
  ],
  [
    'promotion_share_ahead',
    'share of the days between the origin and the target with items on promotion; unknown where there are none',
    ({ targets: { count, h }, promotedBefore }, out, at, stride) => {
      for (let i = 0; i < count; i++) {
        const between = (h[i] as number) - 1;
        out[at + i * stride] =
          between > 0 ? shareBetween(promotedBefore, FIRST_TARGET, FIRST_TARGET + between) : Number.NaN;
      }
    },
  ],
]);

function itemsOn(items: Uint16Array, h: number): number {
  return items[FIRST_TARGET + h - 1] as number;
}

function writePromoted(
  { targets: { count, h }, items }: PromotionPlan,
  daysFromTarget: number,
  out: Float32Array,
  at: number,
  stride: number,
): void {
  for (let i = 0; i < count; i++) {
    out[at + i * stride] = itemsOn(items, (h[i] as number) + daysFromTarget) > 0 ? 1 : 0;
  }
}

/** The share of days from index `from` to before `end` with items. */
function shareBetween(promotedBefore: Uint8Array, from: number, end: number): number {
  return ((promotedBefore[end] as number) - (promotedBefore[from] as number)) / (end - from);
}

/** @param usualLogItems see `PromotionPlan` */
export function createPromotionPlan(targets: Targets, usualLogItems: Float64Array): PromotionPlan {
  const days = DAYS_BEFORE + HORIZON + 1;
  return {
    targets,
    usualLogItems,
    items: new Uint16Array(days),
    promotedBefore: new Uint8Array(days + 1),
  };
}

export function loadPromotionPlan({ targets, items, promotedBefore }: PromotionPlan): void {
  const { history, origin } = targets;
  const first = origin + 1 - DAYS_BEFORE - history.firstDay;
  let promoted = 0;
  for (let k = 0; k < items.length; k++) {
    const count = itemsAt(history.onpromotion, first + k);
    items[k] = count;
    if (count > 0) promoted++;
    promotedBefore[k + 1] = promoted;
  }
}
