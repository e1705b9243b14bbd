import { defineGroup } from './feature-definition.ts';
import { logCount } from './log-cache.ts';
import { MEAN_28, MEAN_140, type OriginWindow } from './origin-window.ts';
import { weekdayLag } from './weekday-level.ts';
import { meanOf, minimumOf } from './window-statistics.ts';

/** What the series did on the weekday of the target, up to the origin. */
export const WEEKDAY_FEATURES = defineGroup('weekday', [
  ['weekday_last', 'demand of the last same weekday'],
  ['weekday_mean_4', 'mean demand of the last 4 same weekdays'],
  ['weekday_mean_8', 'mean demand of the last 8 same weekdays'],
  ['weekday_mean_20', 'mean demand of the last 20 same weekdays'],
  ['weekday_level', 'the anchor: weekday_mean_4 of known days without outliers, or what it falls back to'],
  [
    'anchor_kind',
    'what the anchor is made of: 0 same weekdays, 1 days of the last 28, 2 days of the last 140',
  ],
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

/** What sixteen horizons share of each of the seven weekdays, by `weekdayLag`. Working space. */
export interface WeekdayProfile {
  /** The features, at `lag * COLUMNS`. */
  readonly columns: Float32Array;
  /** Mean log1p(items on promotion) on the four same weekdays that the anchor averages. */
  readonly logItems: Float64Array;
}

export function createWeekdayProfile(): WeekdayProfile {
  return {
    columns: new Float32Array(DAYS_PER_WEEK * COLUMNS),
    logItems: new Float64Array(DAYS_PER_WEEK),
  };
}

export function loadWeekdayProfile(profile: WeekdayProfile, window: OriginWindow): void {
  const { columns, logItems } = profile;
  const { demand, promotion, tickets, means, anchors, anchorKinds } = window;
  const mean28 = means[MEAN_28] as number;
  const mean140 = means[MEAN_140] as number;
  for (let lag = 0; lag < DAYS_PER_WEEK; lag++) {
    const last = demand[lag] as number;
    const mean4 = meanOf(demand, lag, 4, DAYS_PER_WEEK);
    const mean20 = meanOf(demand, lag, 20, DAYS_PER_WEEK);
    const level = anchors[lag] as number;
    const items = meanLogItems(promotion, lag);
    logItems[lag] = items;
    let at = lag * COLUMNS;
    columns[at++] = last;
    columns[at++] = mean4;
    columns[at++] = meanOf(demand, lag, 8, DAYS_PER_WEEK);
    columns[at++] = mean20;
    columns[at++] = level;
    columns[at++] = anchorKinds[lag] as number;
    columns[at++] = last - level;
    columns[at++] = mean4 - level;
    columns[at++] = minimumOf(demand, lag, 4, DAYS_PER_WEEK) - level;
    columns[at++] = level - mean20;
    columns[at++] = mean20 - mean140;
    columns[at++] = mean28 - level;
    columns[at++] = items;
    columns[at++] = meanOf(tickets, lag, 4, DAYS_PER_WEEK);
  }
}

/** Writes `WEEKDAY_FEATURES` in their order. @returns the offset after them. */
export function writeWeekdayFeatures(
  { columns }: WeekdayProfile,
  h: number,
  out: Float32Array,
  offset: number,
): number {
  const from = weekdayLag(h) * COLUMNS;
  for (let i = 0; i < COLUMNS; i++) out[offset + i] = columns[from + i] as number;
  return offset + COLUMNS;
}

function meanLogItems(promotion: Float64Array, lag: number): number {
  let sum = 0;
  for (let week = 0; week < 4; week++) {
    const items = promotion[lag + week * DAYS_PER_WEEK] as number;
    if (items > 0) sum += logCount(items);
  }
  return sum / 4;
}
