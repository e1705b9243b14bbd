import { type IsoDate, toDayNumber } from '../calendar/day-number.ts';
import type { SeriesHistory } from './series-history.ts';

/** The columns of a feature store's reading, up to the last closed day. */
export interface DailyColumns {
  readonly firstDate: IsoDate;
  readonly milliUnits: Int32Array;
  readonly onpromotion: Uint16Array;
  readonly tickets: Int32Array;
}

/**
 * The history that features read, from what the store holds and the promotions planned for the days after it.
 *
 * @param planned items on promotion of the days after the reading's last day, in order; days not planned yet are
 * left out or 0
 * @param closed why the store is closed on those days, null where it is open
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
    closed: closedAfter(days, closed),
  };
}

/** A column of `SeriesHistory.closed` that says nothing of its first `days` days. */
export function closedAfter(days: number, closed: readonly (string | null)[]): Uint8Array {
  const column = new Uint8Array(days + closed.length);
  closed.forEach((reason, i) => {
    column[days + i] = Number(reason !== null);
  });
  return column;
}
