/**
 * The effects whose shape all families share, as log effects before a family's own strength multiplies them.
 *
 * @module
 */
import type { IsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Holiday } from '../../../../shared/schemas/catalog.ts';
import type { Region } from './store-table.ts';

/** Share of a family's payday effect on the payday itself and on the days after it. */
export const PAYDAY_PROFILE: readonly number[] = [0.4, 1, 0.8, 0.7, 0.6, 0.4, 0.25];
/** The payday on the 15th, compared with the one on the last day of the month. */
export const MID_MONTH_PAYDAY = 0.5;

/**
 * Log effect of a holiday at the stores that its locale covers; the original date of a transferred holiday has none.
 */
export const HOLIDAY_EFFECTS: Readonly<Record<string, number>> = {
  'National/Holiday': 0.24,
  'National/Transfer': 0.24,
  'National/Bridge': 0.26,
  'National/Additional': 0.16,
  'National/Work Day': -0.05,
  'Regional/Holiday': 0.1,
  'Local/Holiday': 0.12,
  'Local/Transfer': 0.12,
  'Local/Additional': 0.06,
};
export const EVENT_EFFECTS: Readonly<Record<string, number>> = {
  'Dia de la Madre': -0.32,
  'Black Friday': 0.06,
  'Cyber Monday': 0.08,
};

export function holidayEffect(holiday: Holiday): number {
  if (holiday.transferred) return 0;
  return holiday.type === 'Event'
    ? (EVENT_EFFECTS[holiday.description] ?? 0)
    : (HOLIDAY_EFFECTS[`${holiday.locale}/${holiday.type}`] ?? 0);
}

/** December: maximum on the 20th. School season: when the school year of the region starts. Widths are in days. */
export const DECEMBER = { monthDay: '12-20', width: 9 } as const;
export const SCHOOL_SEASON: Readonly<Record<Region, { readonly monthDay: string; readonly width: number }>> =
  {
    coast: { monthDay: '04-22', width: 16 },
    highlands: { monthDay: '08-28', width: 16 },
  };

/**
 * The disaster: an earthquake off the coast. Seven days from a Saturday on, after `after` of the span has passed; log
 * effects for a family of disaster response 1 on the coast, and the share of it that the highlands feel.
 */
export const DISASTER = {
  description: 'Sismo',
  after: 0.7,
  effects: [-0.2, 0.55, 0.7, 0.5, 0.45, 0.35, 0.2],
  highlands: 0.4,
} as const;

/** The extent of promotions as a share of the maximum, linear between the dates: none before April 2014. */
export const PROMOTION_GROWTH: readonly (readonly [date: IsoDate, share: number])[] = [
  ['2014-03-31', 0],
  ['2014-04-01', 0.03],
  ['2015-01-01', 0.06],
  ['2015-12-01', 0.3],
  ['2016-03-01', 1],
];

/** Slow change of each series' level: a first-order autoregression over weeks (log). */
export const DRIFT = { deviation: 0.065, persistence: 0.93 } as const;
/** What all families of a store share on a day (log): weather, roadworks. */
export const STORE_DAY_DEVIATION = 0.05;

/** Daily steps of the oil price (log, working days) and the window over which demand responds to it. */
export const OIL = { start: 95, dailyDeviation: 0.018, smoothingDays: 28 } as const;

/** Stores closed for works: share of the stores, and the longest duration. */
export const WORKS = { share: 0.1, minDays: 21, maxDays: 75 } as const;
/** Every store is closed on Christmas day, and on New Year's day except in this city. */
export const OPEN_ON_NEW_YEAR = 'Salinas';
