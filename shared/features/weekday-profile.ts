import { defineGroup } from './feature-definition.ts';
import type { OriginWindow } from './origin-window.ts';
import { weekdayLag, weekdayLevel } from './weekday-level.ts';
import { meanOf, minimumOf } from './window-statistics.ts';

/** What the series did on the weekday of the target, up to the origin. */
export const WEEKDAY_FEATURES = defineGroup('weekday', [
  ['weekday_last', 'demand of the last same weekday'],
  ['weekday_mean_4', 'mean demand of the last 4 same weekdays'],
  ['weekday_mean_8', 'mean demand of the last 8 same weekdays'],
  ['weekday_mean_20', 'mean demand of the last 20 same weekdays'],
  ['weekday_level', 'weekday_mean_4, days further than 1 from a median of at least 3 left out: the anchor'],
  ['weekday_last_over_level', 'weekday_last - weekday_level'],
  ['weekday_mean_over_level', 'weekday_mean_4 - weekday_level'],
  ['weekday_minimum_over_level', 'least demand of the last 4 same weekdays - weekday_level'],
  ['weekday_momentum', 'weekday_level - weekday_mean_20'],
  ['weekday_over_mean', 'weekday_mean_20 - mean demand of the 140 days up to the origin'],
  ['mean_over_weekday', 'mean demand of the 28 days up to the origin - weekday_level'],
  ['weekday_promotion', 'mean log1p(items on promotion) on the last 4 same weekdays'],
  ['weekday_tickets', 'mean log1p(tickets) of the store on the last 4 same weekdays'],
]);

const DAYS_PER_WEEK = 7;
const COLUMNS = WEEKDAY_FEATURES.length;

/** The features of each of the seven weekdays, at `lag * COLUMNS`: sixteen horizons share them. Working space. */
export function createWeekdayProfile(): Float32Array {
  return new Float32Array(DAYS_PER_WEEK * COLUMNS);
}

export function loadWeekdayProfile(profile: Float32Array, window: OriginWindow): void {
  const { demand, promotion, tickets } = window;
  const mean28 = meanOf(demand, 0, 28);
  const mean140 = meanOf(demand, 0, 140);
  for (let lag = 0; lag < DAYS_PER_WEEK; lag++) {
    const last = demand[lag] as number;
    const mean4 = meanOf(demand, lag, 4, DAYS_PER_WEEK);
    const mean20 = meanOf(demand, lag, 20, DAYS_PER_WEEK);
    const level = weekdayLevel(demand, lag);
    let at = lag * COLUMNS;
    profile[at++] = last;
    profile[at++] = mean4;
    profile[at++] = meanOf(demand, lag, 8, DAYS_PER_WEEK);
    profile[at++] = mean20;
    profile[at++] = level;
    profile[at++] = last - level;
    profile[at++] = mean4 - level;
    profile[at++] = minimumOf(demand, lag, 4, DAYS_PER_WEEK) - level;
    profile[at++] = level - mean20;
    profile[at++] = mean20 - mean140;
    profile[at++] = mean28 - level;
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
