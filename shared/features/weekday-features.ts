import { DAYS_PER_WEEK } from '../calendar/day-number.ts';
import { defineFeatures, writeFeatures } from './feature.ts';
import { MEAN_28, MEAN_140, type OriginWindow } from './origin-window.ts';
import type { Targets } from './target-features.ts';
import { differenceOf, logCount, meanOf, minimumOf } from './window-statistics.ts';

/** The weekdays of the targets, up to one origin. Working space. */
export interface Weekdays {
  readonly window: OriginWindow;
  /** Weekdays in use. */
  count: number;
  /** `weekdayLag` of each; the columns below are by it. */
  readonly lag: Uint8Array;
  readonly mean4: Float64Array;
  readonly mean8: Float64Array;
  readonly mean20: Float64Array;
  readonly minimum4: Float64Array;
  /** Mean log1p(items on promotion) on the four same weekdays that the anchor averages. */
  readonly logItems: Float64Array;
  readonly tickets: Float64Array;
}

/** Sales of the series on the weekday of the target, up to the origin. */
export const WEEKDAY_FEATURES = defineFeatures<Weekdays>('weekday', [
  [
    'weekday_last',
    'demand of the last same weekday',
    (weekdays, out, at, stride) => writeByLag(weekdays, weekdays.window.demand, out, at, stride),
  ],
  [
    'weekday_mean_4',
    'mean demand of the last 4 same weekdays',
    (weekdays, out, at, stride) => writeByLag(weekdays, weekdays.mean4, out, at, stride),
  ],
  [
    'weekday_mean_8',
    'mean demand of the last 8 same weekdays',
    (weekdays, out, at, stride) => writeByLag(weekdays, weekdays.mean8, out, at, stride),
  ],
  [
    'weekday_mean_20',
    'mean demand of the last 20 same weekdays',
    (weekdays, out, at, stride) => writeByLag(weekdays, weekdays.mean20, out, at, stride),
  ],
  [
    'weekday_level',
    'the anchor: weekday_mean_4 of known days without outliers, or what it falls back to',
    (weekdays, out, at, stride) => writeByLag(weekdays, weekdays.window.anchors, out, at, stride),
  ],
  [
    'anchor_kind',
    'what the anchor is made of: 0 same weekdays, 1 days of the last 28, 2 days of the last 140',
    ({ count, lag, window: { anchorKinds } }, out, at, stride) => {
      for (let i = 0; i < count; i++) out[at + i * stride] = anchorKinds[lag[i] as number] as number;
    },
  ],
  [
    'weekday_last_over_level',
    'weekday_last - weekday_level',
    (weekdays, out, at, stride) =>
      writeDifference(weekdays, weekdays.window.demand, weekdays.window.anchors, out, at, stride),
  ],
  [
    'weekday_mean_over_level',
    'weekday_mean_4 - weekday_level',
    (weekdays, out, at, stride) =>
      writeDifference(weekdays, weekdays.mean4, weekdays.window.anchors, out, at, stride),
  ],
  [
    'weekday_minimum_over_level',
    'least demand of the last 4 same weekdays - weekday_level',
    (weekdays, out, at, stride) =>
      writeDifference(weekdays, weekdays.minimum4, weekdays.window.anchors, out, at, stride),
  ],
  [
    'weekday_momentum',
    'weekday_level - weekday_mean_20',
    (weekdays, out, at, stride) =>
      writeDifference(weekdays, weekdays.window.anchors, weekdays.mean20, out, at, stride),
  ],
  [
    'weekday_over_mean',
    'weekday_mean_20 - mean demand of the 140 days up to the origin',
    ({ count, lag, window: { means }, mean20 }, out, at, stride) => {
      const mean140 = means[MEAN_140] as number;
      for (let i = 0; i < count; i++) {
        out[at + i * stride] = differenceOf(mean20[lag[i] as number] as number, mean140);
      }
    },
  ],
  [
    'mean_over_weekday',
    'mean demand of the 28 days up to the origin - weekday_level',
    ({ count, lag, window: { means, anchors } }, out, at, stride) => {
      const mean28 = means[MEAN_28] as number;
      for (let i = 0; i < count; i++) {
        out[at + i * stride] = differenceOf(mean28, anchors[lag[i] as number] as number);
      }
    },
  ],
  [
    'weekday_promotion',
    'mean log1p(items on promotion) on the last 4 same weekdays',
    (weekdays, out, at, stride) => writeByLag(weekdays, weekdays.logItems, out, at, stride),
  ],
  [
    'weekday_tickets',
    'mean log1p(tickets) of the store on the last 4 same weekdays',
    (weekdays, out, at, stride) => writeByLag(weekdays, weekdays.tickets, out, at, stride),
  ],
]);

/** The value of each target's weekday. */
function writeByLag(
  { count, lag }: Weekdays,
  values: Float64Array,
  out: Float32Array,
  at: number,
  stride: number,
): void {
  for (let i = 0; i < count; i++) out[at + i * stride] = values[lag[i] as number] as number;
}

/** The difference of two values of each target's weekday. */
function writeDifference(
  { count, lag }: Weekdays,
  values: Float64Array,
  others: Float64Array,
  out: Float32Array,
  at: number,
  stride: number,
): void {
  for (let i = 0; i < count; i++) {
    const k = lag[i] as number;
    out[at + i * stride] = differenceOf(values[k] as number, others[k] as number);
  }
}

const COLUMNS = WEEKDAY_FEATURES.length;

/** `WEEKDAY_FEATURES` of the seven weekdays, of which sixteen targets share them. Working space. */
export interface WeekdayTable {
  readonly weekdays: Weekdays;
  readonly rows: Float32Array;
  /** Where the row of each lag starts in `rows`; meaningless for a weekday that is not loaded. */
  readonly rowOfLag: Uint8Array;
}

export function createWeekdayTable(window: OriginWindow): WeekdayTable {
  const byLag = () => new Float64Array(DAYS_PER_WEEK);
  const weekdays = {
    window,
    count: 0,
    lag: new Uint8Array(DAYS_PER_WEEK),
    mean4: byLag(),
    mean8: byLag(),
    mean20: byLag(),
    minimum4: byLag(),
    logItems: byLag(),
    tickets: byLag(),
  };
  return {
    weekdays,
    rows: new Float32Array(DAYS_PER_WEEK * COLUMNS),
    rowOfLag: new Uint8Array(DAYS_PER_WEEK),
  };
}

/** Loads the weekdays of the targets. */
export function loadWeekdays({ weekdays, rows, rowOfLag }: WeekdayTable, targets: Targets): void {
  const { demand, promotion, tickets } = weekdays.window;
  let loaded = 0;
  weekdays.count = 0;
  for (let i = 0; i < targets.count; i++) {
    const k = targets.lag[i] as number;
    if ((loaded & (1 << k)) !== 0) continue;
    loaded |= 1 << k;
    weekdays.mean4[k] = meanOf(demand, k, 4, DAYS_PER_WEEK);
    weekdays.mean8[k] = meanOf(demand, k, 8, DAYS_PER_WEEK);
    weekdays.mean20[k] = meanOf(demand, k, 20, DAYS_PER_WEEK);
    weekdays.minimum4[k] = minimumOf(demand, k, 4, DAYS_PER_WEEK);
    weekdays.logItems[k] = meanLogItems(promotion, k);
    weekdays.tickets[k] = meanOf(tickets, k, 4, DAYS_PER_WEEK);
    rowOfLag[k] = weekdays.count * COLUMNS;
    weekdays.lag[weekdays.count++] = k;
  }
  writeFeatures(WEEKDAY_FEATURES, weekdays, rows, 0, COLUMNS);
}

/** Copies the `WEEKDAY_FEATURES` of each target to its row. */
export function copyWeekdays(
  { rows, rowOfLag }: WeekdayTable,
  { count, lag }: Targets,
  out: Float32Array,
  at: number,
  stride: number,
): void {
  for (let i = 0; i < count; i++) {
    const from = rowOfLag[lag[i] as number] as number;
    const to = at + i * stride;
    for (let column = 0; column < COLUMNS; column++) out[to + column] = rows[from + column] as number;
  }
}

function meanLogItems(promotion: Float64Array, lag: number): number {
  let sum = 0;
  for (let week = 0; week < 4; week++) {
    const items = promotion[lag + week * DAYS_PER_WEEK] as number;
    if (items > 0) sum += logCount(items);
  }
  return sum / 4;
}
