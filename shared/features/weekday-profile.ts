import { defineGroup } from './feature-definition.ts';
import type { OriginWindow } from './origin-window.ts';
import { meanOf, minimumOf } from './window-statistics.ts';

/** What the series did on the weekday of the target, up to the origin. */
export const WEEKDAY_FEATURES = defineGroup('weekday', [
  ['weekday_last', 'demand of the last same weekday'],
  ['weekday_mean_4', 'mean demand of the last 4 same weekdays'],
  ['weekday_mean_8', 'mean demand of the last 8 same weekdays'],
  ['weekday_mean_20', 'mean demand of the last 20 same weekdays'],
  ['weekday_last_over_mean', 'weekday_last - weekday_mean_4'],
  ['weekday_minimum_over_mean', 'least demand of the last 4 same weekdays - weekday_mean_4'],
  ['weekday_momentum', 'weekday_mean_4 - weekday_mean_20'],
  ['weekday_over_level', 'weekday_mean_20 - mean demand of the 140 days up to the origin'],
  ['level_over_weekday', 'mean demand of the 28 days up to the origin - weekday_mean_4'],
  ['weekday_promotion', 'mean log1p(items on promotion) on the last 4 same weekdays'],
  ['weekday_tickets', 'mean log1p(tickets) of the store on the last 4 same weekdays'],
]);

const DAYS_PER_WEEK = 7;
const COLUMNS = WEEKDAY_FEATURES.length;

/** Days from the origin back to the last day with the weekday of the target h days ahead: 0..6. */
export function weekdayLag(h: number): number {
  return (DAYS_PER_WEEK - (h % DAYS_PER_WEEK)) % DAYS_PER_WEEK;
}

/** The features of each of the seven weekdays, at `lag * COLUMNS`: sixteen horizons share them. Working space. */
export function createWeekdayProfile(): Float32Array {
  return new Float32Array(DAYS_PER_WEEK * COLUMNS);
}

export function loadWeekdayProfile(profile: Float32Array, window: OriginWindow): void {
  const { demand, promotion, tickets } = window;
  const level28 = meanOf(demand, 0, 28);
  const level140 = meanOf(demand, 0, 140);
  for (let lag = 0; lag < DAYS_PER_WEEK; lag++) {
    const last = demand[lag] as number;
    const mean4 = meanOf(demand, lag, 4, DAYS_PER_WEEK);
    const mean20 = meanOf(demand, lag, 20, DAYS_PER_WEEK);
    let at = lag * COLUMNS;
    profile[at++] = last;
    profile[at++] = mean4;
    profile[at++] = meanOf(demand, lag, 8, DAYS_PER_WEEK);
    profile[at++] = mean20;
    profile[at++] = last - mean4;
    profile[at++] = minimumOf(demand, lag, 4, DAYS_PER_WEEK) - mean4;
    profile[at++] = mean4 - mean20;
    profile[at++] = mean20 - level140;
    profile[at++] = level28 - mean4;
    profile[at++] = meanLogItems(promotion, lag);
    profile[at++] = meanOf(tickets, lag, 4, DAYS_PER_WEEK);
  }
}

/** Writes `WEEKDAY_FEATURES` in their order. @returns the offset after them. */
export function writeWeekdayFeatures(
  profile: Float32Array,
  h: number,
  out: Float32Array,
  offset: number,
): number {
  const from = weekdayLag(h) * COLUMNS;
  for (let i = 0; i < COLUMNS; i++) out[offset + i] = profile[from + i] as number;
  return offset + COLUMNS;
}

/** Mean log1p(items) on the four same weekdays that the anchor averages. */
export function meanLogItems(promotion: Float64Array, lag: number): number {
  let sum = 0;
  for (let week = 0; week < 4; week++) {
    const items = promotion[lag + week * DAYS_PER_WEEK] as number;
    if (items > 0) sum += Math.log1p(items);
  }
  return sum / 4;
}
