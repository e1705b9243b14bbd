import { YEAR_OF_WEEKS } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import { defineFeatures } from './feature.ts';
import { HORIZON } from './horizon.ts';
import { valueAt } from './series-history.ts';
import type { Targets } from './target-features.ts';
import { differenceOf, logUnits, meanOf } from './window-statistics.ts';

/** Days on each side of the same day a year ago. */
const NEIGHBOURS = 3;
const LEVEL_DAYS = 28;

/** Days up to the origin that features read, the origin included; a longer history yields the same bits. */
export const LOOKBACK_DAYS = YEAR_OF_WEEKS + LEVEL_DAYS;

/** Demand around one origin, a year ago. Working space. */
export interface YearAgo {
  readonly targets: Targets;
  /** Index 0 is the oldest day, `LEVEL_DAYS - 1` the day 364 days before the origin. */
  readonly demand: Float64Array;
  /** Mean demand of the `LEVEL_DAYS` days up to 364 days before the origin. */
  level: number;
  /** Mean demand of the day 364 days before each target and its neighbours. */
  readonly around: Float64Array;
  /** Demand on each target's date of the year before. */
  readonly sameDate: Float64Array;
}

/** Sales of the series 364 days before the target. */
export const YEAR_AGO_FEATURES = defineFeatures<YearAgo>('year-ago', [
  [
    'year_ago',
    'demand 364 days before the target; year_ago_mean_7 where that day is not known',
    ({ targets: { count, h }, demand, around }, out, at, stride) => {
      for (let i = 0; i < count; i++) {
        const sameDay = demand[LEVEL_DAYS - 1 + (h[i] as number)] as number;
        out[at + i * stride] = Number.isNaN(sameDay) ? (around[i] as number) : sameDay;
      }
    },
  ],
  [
    'year_ago_mean_7',
    'mean demand of the 7 days around the day 364 days before the target',
    ({ targets: { count }, around }, out, at, stride) => {
      for (let i = 0; i < count; i++) out[at + i * stride] = around[i] as number;
    },
  ],
  [
    'year_ago_change',
    'year_ago_mean_7 - mean demand of the 28 days up to 364 days before the origin: how the season went on',
    ({ targets: { count }, around, level }, out, at, stride) => {
      for (let i = 0; i < count; i++) out[at + i * stride] = differenceOf(around[i] as number, level);
    },
  ],
  [
    'same_date_change',
    'log1p(units on the same source date of the year before) - year_ago_mean_7: feasts; 0 where that day is not known',
    ({ targets: { count }, around, sameDate }, out, at, stride) => {
      for (let i = 0; i < count; i++) {
        const mean = around[i] as number;
        const same = sameDate[i] as number;
        out[at + i * stride] = Number.isNaN(same) && !Number.isNaN(mean) ? 0 : differenceOf(same, mean);
      }
    },
  ],
]);

export function createYearAgo(targets: Targets): YearAgo {
  return {
    targets,
    demand: new Float64Array(LEVEL_DAYS + HORIZON + NEIGHBOURS),
    level: Number.NaN,
    around: new Float64Array(HORIZON),
    sameDate: new Float64Array(HORIZON),
  };
}

/**
 * @param sameDates days from the same source date of the year before, by day
 * @param originIndex of the origin in it
 * @param hasTickets whether the store counts tickets
 */
export function loadYearAgo(
  yearAgo: YearAgo,
  sameDates: Uint16Array,
  originIndex: number,
  hasTickets: boolean,
): void {
  const { demand, around, sameDate, targets } = yearAgo;
  const { history, origin, count, h } = targets;
  const first = origin - YEAR_OF_WEEKS - (LEVEL_DAYS - 1) - history.firstDay;
  for (let i = 0; i < demand.length; i++) {
    const milliUnits = valueAt(history.milliUnits, first + i, MISSING);
    const isClosed = milliUnits === 0 && hasTickets && valueAt(history.tickets, first + i, MISSING) <= 0;
    demand[i] = milliUnits < 0 || isClosed ? Number.NaN : logUnits(milliUnits);
  }
  yearAgo.level = meanOf(demand, 0, LEVEL_DAYS);
  const last = origin - history.firstDay;
  for (let i = 0; i < count; i++) {
    const days = h[i] as number;
    around[i] = meanOf(demand, LEVEL_DAYS - 1 + days - NEIGHBOURS, 2 * NEIGHBOURS + 1);
    const milliUnits = valueAt(
      history.milliUnits,
      last + days - (sameDates[originIndex + days] as number),
      MISSING,
    );
    sameDate[i] = milliUnits < 0 ? Number.NaN : logUnits(milliUnits);
  }
}
