/**
 * Joins the packed history of a series with the buckets of the days after it. Every adapter reads and compacts
 * through these functions, which is why compaction cannot change a reading.
 *
 * @module
 */
import { type DayNumber, toIsoDate } from '../calendar/day-number.ts';
import { MISSING } from '../schemas/history-chunk.ts';
import type { SeriesKey } from '../schemas/series.ts';
import type { EntryId } from './entry-id.ts';
import type { SeriesReading } from './sales-store.ts';

/** The compacted days of one series, one value per day from `firstDay` on. */
export interface SeriesColumns {
  readonly firstDay: DayNumber;
  readonly milliUnits: Int32Array;
  readonly onpromotion: Uint16Array;
}

/** The compacted tickets of one store, one value per day from `firstDay` on. */
export interface TicketColumn {
  readonly firstDay: DayNumber;
  readonly tickets: Int32Array;
}

/** What the daily buckets say of one series and its store on the days after the compacted ones. */
export interface SeriesTail {
  readonly milliUnits: ReadonlyMap<DayNumber, number>;
  readonly onpromotion: ReadonlyMap<DayNumber, number>;
  readonly tickets: ReadonlyMap<DayNumber, number>;
  /** Days on which any series of the store has a row, or the store has tickets. */
  readonly storeDays: ReadonlySet<DayNumber>;
}

const INT32_MAX = 2_147_483_647;
const UINT16_MAX = 65_535;

/** The last day of a column; the day before `firstDay` when it is empty. */
export function lastDayOf(columns: SeriesColumns | TicketColumn): DayNumber {
  const { length } = 'tickets' in columns ? columns.tickets : columns.milliUnits;
  return columns.firstDay + length - 1;
}

/**
 * The series up to and including `through`: compacted days as they are, later days from the buckets. A day on which
 * the store has rows but the series has none is 0; a day without any row of the store is `MISSING`. More than
 * 2,147,483 units in a day do not fit the column and are cut to that.
 *
 * @param keepDays the newest days to keep; older ones fall off the front.
 */
export function extendSeries(
  columns: SeriesColumns,
  tail: SeriesTail,
  through: DayNumber,
  keepDays: number = Number.POSITIVE_INFINITY,
): SeriesColumns {
  const firstDay = Math.max(columns.firstDay, through - keepDays + 1);
  const length = Math.max(0, through - firstDay + 1);
  const skipped = firstDay - columns.firstDay;
  const milliUnits = new Int32Array(length);
  const onpromotion = new Uint16Array(length);
  milliUnits.set(columns.milliUnits.subarray(skipped, skipped + length));
  onpromotion.set(columns.onpromotion.subarray(skipped, skipped + length));
  for (let day = Math.max(firstDay, lastDayOf(columns) + 1); day <= through; day++) {
    const sold = tail.milliUnits.get(day);
    milliUnits[day - firstDay] =
      sold === undefined ? (tail.storeDays.has(day) ? 0 : MISSING) : clamp(sold, INT32_MAX);
    onpromotion[day - firstDay] = clamp(tail.onpromotion.get(day) ?? 0, UINT16_MAX);
  }
  return { firstDay, milliUnits, onpromotion };
}

/** The tickets up to and including `through`; a day whose tickets were not counted is `MISSING`. */
export function extendTickets(
  column: TicketColumn,
  tail: SeriesTail,
  through: DayNumber,
  keepDays: number = Number.POSITIVE_INFINITY,
): TicketColumn {
  const firstDay = Math.max(column.firstDay, through - keepDays + 1);
  const length = Math.max(0, through - firstDay + 1);
  const skipped = firstDay - column.firstDay;
  const tickets = new Int32Array(length);
  tickets.set(column.tickets.subarray(skipped, skipped + length));
  for (let day = Math.max(firstDay, lastDayOf(column) + 1); day <= through; day++) {
    const counted = tail.tickets.get(day);
    tickets[day - firstDay] = counted === undefined ? MISSING : clamp(counted, INT32_MAX);
  }
  return { firstDay, tickets };
}

/** One reading out of both columns, the tickets aligned with the days of the series. */
export function toReading(
  series: SeriesKey,
  columns: SeriesColumns,
  ticketColumn: TicketColumn,
  watermark: EntryId | null,
): SeriesReading {
  const tickets = new Int32Array(columns.milliUnits.length).fill(MISSING);
  const ahead = columns.firstDay - ticketColumn.firstDay;
  const known = ticketColumn.tickets.subarray(Math.max(0, ahead), Math.max(0, ahead + tickets.length));
  if (known.length > 0) tickets.set(known, Math.max(0, -ahead));
  return {
    series,
    firstDate: toIsoDate(columns.firstDay),
    milliUnits: columns.milliUnits,
    onpromotion: columns.onpromotion,
    tickets,
    watermark,
  };
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max);
}
