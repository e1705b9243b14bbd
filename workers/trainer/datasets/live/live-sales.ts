import type { DayNumber, IsoDate } from '../../../../shared/calendar/day-number.ts';

/** What the feature store counted on one closed day. A series without a row is not there; a sum of 0 is. */
export interface LiveDay {
  readonly date: IsoDate;
  /** Milli-units by series key. */
  readonly sales: ReadonlyMap<string, number>;
  /** Items on promotion by series key. */
  readonly onpromotion: ReadonlyMap<string, number>;
  /** Tickets by store number. */
  readonly tickets: ReadonlyMap<number, number>;
}

/** The closed days that a feature store has counted from the stream. */
export interface LiveSales {
  /** First day that was counted from the stream. */
  readonly liveFrom: DayNumber;
  /** Last closed day; the day before `liveFrom` while none is closed. */
  readonly closedThrough: DayNumber;
  /** One for each day from `liveFrom` to `closedThrough`, in order; a day of which nothing is known is empty. */
  readonly days: readonly LiveDay[];
  /** Days of which the archive has more than the store, which should still have them; what is missing came from there. */
  readonly restored: readonly IsoDate[];
  /** Rows that were refused because the published catalog does not have their store or family: names and rows. */
  readonly refused: ReadonlyMap<string, number>;
}
