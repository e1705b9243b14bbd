import type { DayNumber } from '../calendar/day-number.ts';

/**
 * What is known of one series, day by day. Index 0 of every column is `firstDay`. Columns may reach past the
 * origin (training reads them out of the whole panel): features use `milliUnits` and `tickets` up to the origin only,
 * and `onpromotion` and `closed` up to the day after the target, because promotions and closures are planned ahead.
 */
export interface SeriesHistory {
  readonly firstDay: DayNumber;
  /** Units x 1000, `MISSING` (-1) where not known. */
  readonly milliUnits: Int32Array;
  /** Items on promotion; days past the end of the column are not planned yet and count as 0. */
  readonly onpromotion: Uint16Array;
  /** Tickets of the series' store, `MISSING` (-1) where not known. */
  readonly tickets: Int32Array;
  /** 1 on days after the origin on which the store is closed; days without a value are open, and so are all without a column. */
  readonly closed?: Uint8Array;
}
