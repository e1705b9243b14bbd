import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { PanelSeries } from '../training-set/panel-series.ts';
import { MOST_ITEMS } from './ramps.ts';

/** Same weekdays that share a level of their own. */
export const BLOCK_WEEKS = 5;
const DAYS_PER_WEEK = 7;
/** Blocks of one weekday. */
const BLOCKS = 31;
/** Days up to the last one that are learned from, about three years: `BLOCKS` blocks for each weekday in turn. */
export const RESPONSE_DAYS = BLOCKS * BLOCK_WEEKS * DAYS_PER_WEEK;

/** What the stores sold of one family, block by block: the same weekday of one series in `BLOCK_WEEKS` weeks in a row. */
export interface FamilyDays {
  /** Number of series. */
  readonly count: number;
  /** Units; below 0 where nothing is known, or the store was closed. At `series * RESPONSE_DAYS + block * BLOCK_WEEKS + week`. */
  readonly units: Float64Array;
  /** Items on promotion, at most `MOST_ITEMS`; at the same place. */
  readonly items: Uint8Array;
  /** Whether anything was ever promoted. */
  readonly hasPromotions: boolean;
}

/** Which of the `RESPONSE_DAYS` days stands at a place of a series. */
export const DAY_AT = Uint16Array.from({ length: RESPONSE_DAYS }, (_, at) => {
  const block = Math.floor(at / BLOCK_WEEKS);
  const week = (block % BLOCKS) * BLOCK_WEEKS + (at % BLOCK_WEEKS);
  return week * DAYS_PER_WEEK + Math.floor(block / BLOCKS);
});

/** Collects the days up to `lastDay` of the series of one family. */
export function collectFamilyDays(series: readonly PanelSeries[], lastDay: DayNumber): FamilyDays {
  const units = new Float64Array(series.length * RESPONSE_DAYS).fill(-1);
  const items = new Uint8Array(units.length);
  let hasPromotions = false;
  series.forEach(({ history, closedDays }, s) => {
    const first = lastDay - history.firstDay - RESPONSE_DAYS + 1;
    for (let day = Math.max(0, -first); day < RESPONSE_DAYS; day++) {
      const milliUnits = history.milliUnits[first + day] as number;
      if (milliUnits < 0 || closedDays[first + day] === 1) continue;
      const week = Math.floor(day / DAYS_PER_WEEK);
      const block = (day % DAYS_PER_WEEK) * BLOCKS + Math.floor(week / BLOCK_WEEKS);
      const at = s * RESPONSE_DAYS + block * BLOCK_WEEKS + (week % BLOCK_WEEKS);
      units[at] = milliUnits / 1000;
      items[at] = Math.min(MOST_ITEMS, history.onpromotion[first + day] as number);
      hasPromotions ||= items[at] !== 0;
    }
  });
  return { count: series.length, units, items, hasPromotions };
}
