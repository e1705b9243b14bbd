import type { DayNumber } from '../calendar/day-number.ts';
import { defineGroup } from './feature-definition.ts';
import { type OriginWindow, valueAt, WINDOW_DAYS } from './origin-window.ts';
import type { SeriesHistory } from './series-history.ts';
import { weekdayLag } from './weekday-level.ts';
import { meanLogItems } from './weekday-profile.ts';

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
    'share of days from the day after the origin to the target with items on promotion',
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

/** Writes `TARGET_PROMOTION_FEATURES` in their order. @returns the offset after them. */
export function writeTargetPromotionFeatures(
  history: SeriesHistory,
  window: OriginWindow,
  origin: DayNumber,
  h: number,
  out: Float32Array,
  offset: number,
): number {
  const { onpromotion } = history;
  const target = origin + h - history.firstDay;
  const items = valueAt(onpromotion, target, 0);
  const logItems = items > 0 ? Math.log1p(items) : 0;
  out[offset] = items > 0 ? 1 : 0;
  out[offset + 1] = logItems;
  out[offset + 2] = logItems - meanLogItems(window.promotion, weekdayLag(h));
  out[offset + 3] = valueAt(onpromotion, target - 1, 0) > 0 ? 1 : 0;
  out[offset + 4] = valueAt(onpromotion, target + 1, 0) > 0 ? 1 : 0;
  out[offset + 5] = promotedShare(onpromotion, target - 7, 7);
  out[offset + 6] = promotedShare(onpromotion, target - h + 1, h);
  return offset + TARGET_PROMOTION_FEATURES.length;
}

function promotedShare(onpromotion: Uint16Array, from: number, days: number): number {
  let promoted = 0;
  for (let at = from; at < from + days; at++) if (valueAt(onpromotion, at, 0) > 0) promoted++;
  return promoted / days;
}
