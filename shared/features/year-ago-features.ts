import type { DayNumber } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import { defineGroup } from './feature-definition.ts';
import { logUnits } from './log-cache.ts';
import { valueAt } from './origin-window.ts';
import type { SeriesHistory } from './series-history.ts';
import { meanOf } from './window-statistics.ts';

/** A year of whole weeks: the same weekday, the same season. */
const YEAR_DAYS = 364;
const HORIZON_DAYS = 16;
/** Days on each side of the same day a year ago. */
const NEIGHBOURS = 3;
const LEVEL_DAYS = 28;

/** What the series did 364 days before the target. */
export const YEAR_AGO_FEATURES = defineGroup('year-ago', [
  ['year_ago', 'demand 364 days before the target; year_ago_mean_7 where that day is not known'],
  ['year_ago_mean_7', 'mean demand of the 7 days around the day 364 days before the target'],
  [
    'year_ago_change',
    'year_ago_mean_7 - mean demand of the 28 days up to 364 days before the origin: how the season went on',
  ],
  [
    'same_date_change',
    'log1p(units on the same source date of the year before) - year_ago_mean_7: feasts; 0 where that day is not known',
  ],
]);

/** Demand around one origin, a year ago. Index 0 is the oldest day. Working space. */
export interface YearAgoWindow {
  readonly demand: Float64Array;
  level: number;
}

/** Index of the day 364 days before the origin. */
const ORIGIN_INDEX = LEVEL_DAYS - 1;

export function createYearAgoWindow(): YearAgoWindow {
  return { demand: new Float64Array(LEVEL_DAYS + HORIZON_DAYS + NEIGHBOURS), level: Number.NaN };
}

export function loadYearAgoWindow(
  window: YearAgoWindow,
  history: SeriesHistory,
  origin: DayNumber,
  hasTickets: boolean,
): void {
  const first = origin - YEAR_DAYS - ORIGIN_INDEX - history.firstDay;
  for (let i = 0; i < window.demand.length; i++) {
    const milliUnits = valueAt(history.milliUnits, first + i, MISSING);
    const isClosed = milliUnits === 0 && hasTickets && valueAt(history.tickets, first + i, MISSING) <= 0;
    window.demand[i] = milliUnits < 0 || isClosed ? Number.NaN : logUnits(milliUnits);
  }
  window.level = meanOf(window.demand, 0, LEVEL_DAYS);
}

/**
 * Writes `YEAR_AGO_FEATURES` in their order.
 *
 * @param sameDate the day with the target's date, a year before
 * @returns the offset after them
 */
export function writeYearAgoFeatures(
  window: YearAgoWindow,
  history: SeriesHistory,
  sameDate: DayNumber,
  h: number,
  out: Float32Array,
  offset: number,
): number {
  const target = ORIGIN_INDEX + h;
  const around = meanOf(window.demand, target - NEIGHBOURS, 2 * NEIGHBOURS + 1);
  const sameDay = window.demand[target] as number;
  out[offset] = Number.isNaN(sameDay) ? around : sameDay;
  out[offset + 1] = around;
  out[offset + 2] = around - window.level;
  const milliUnits = valueAt(history.milliUnits, sameDate - history.firstDay, MISSING);
  const change = milliUnits < 0 ? 0 : logUnits(milliUnits) - around;
  out[offset + 3] = Number.isNaN(around) ? Number.NaN : change;
  return offset + YEAR_AGO_FEATURES.length;
}
