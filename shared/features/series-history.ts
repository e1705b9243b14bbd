import { type DayNumber, type IsoDate, toDayNumber } from '../calendar/day-number.ts';

/**
 * The known values of one series, day by day. Index 0 of every column is `firstDay`. Columns may reach past the
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
  /**
   * 1 where the store is closed, from the origin on; days without a value are open, and so are all days
   * without this column.
   */
  readonly closed?: Uint8Array;
}

/** The columns of a sales store's reading, up to the last finished day. */
export interface DailyColumns {
  readonly firstDate: IsoDate;
  readonly milliUnits: Int32Array;
  readonly onpromotion: Uint16Array;
  readonly tickets: Int32Array;
}

/**
 * The history that features read, from a reading of the sales store and the promotions planned for the days after it.
 *
 * @param planned items on promotion of the days after the reading's last day, in order; days not planned yet are
 *   absent or 0
 * @param closed why the store is closed, null where it is open, by days from the last day of the reading: [0] is that
 *   day's
 */
export function historyFromReading(
  reading: DailyColumns,
  planned: ArrayLike<number>,
  closed: readonly (string | null)[] = [],
): SeriesHistory {
  const days = reading.milliUnits.length;
  const onpromotion = new Uint16Array(days + planned.length);
  onpromotion.set(reading.onpromotion.subarray(0, days));
  onpromotion.set(planned, days);
  return {
    firstDay: toDayNumber(reading.firstDate),
    milliUnits: reading.milliUnits,
    onpromotion,
    tickets: reading.tickets,
    closed: closedColumn(days - 1, closed),
  };
}

/**
 * A column of `SeriesHistory.closed`, 0 before index `origin`.
 *
 * @param closed why the store is closed, by days from the origin; null where it is open
 */
export function closedColumn(origin: number, closed: readonly (string | null)[]): Uint8Array {
  const column = new Uint8Array(origin + closed.length);
  closed.forEach((reason, days) => {
    column[origin + days] = Number(reason !== null);
  });
  return column;
}

/** The value at `index`, or `absent` outside the column. For columns of one type: V8 reads those faster than a mix. */
export function valueAt(column: Int32Array, index: number, absent: number): number {
  return index < 0 || index >= column.length ? absent : (column[index] as number);
}

/** Items on promotion at `index`, 0 outside the column. */
export function itemsAt(onpromotion: Uint16Array, index: number): number {
  return index < 0 || index >= onpromotion.length ? 0 : (onpromotion[index] as number);
}
