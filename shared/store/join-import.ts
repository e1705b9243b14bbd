import { type DayNumber, toDayNumber } from '../calendar/day-number.ts';
import { type HistoryChunk, MISSING } from '../schemas/history-chunk.ts';
import { RETENTION } from './retention.ts';
import { lastDayOf, type SeriesColumns, type TicketColumn } from './series-reading.ts';

/**
 * Puts the days before `liveFrom` in front of whatever has been compacted since.
 *
 * @param live the compacted live days of each series of the chunk, null where there are none.
 * @returns the columns of each series of the chunk, and of its store's tickets.
 */
export function joinImport(
  chunk: HistoryChunk,
  liveFrom: DayNumber,
  live: readonly (SeriesColumns | null)[],
  liveTickets: TicketColumn | null,
): { readonly series: readonly SeriesColumns[]; readonly tickets: TicketColumn } {
  const chunkStart = toDayNumber(chunk.first_date);
  const firstDay = Math.max(chunkStart, liveFrom - RETENTION.historyDays);
  const skipped = firstDay - chunkStart;
  const series = chunk.series.map(({ milli_units, onpromotion }, index): SeriesColumns => {
    const after = live[index] ?? null;
    const length = (after ? lastDayOf(after) + 1 : liveFrom) - firstDay;
    const columns = {
      firstDay,
      milliUnits: new Int32Array(length).fill(MISSING),
      onpromotion: new Uint16Array(length),
    };
    columns.milliUnits.set(milli_units.slice(skipped));
    columns.onpromotion.set(onpromotion.slice(skipped));
    if (after) {
      columns.milliUnits.set(after.milliUnits, after.firstDay - firstDay);
      columns.onpromotion.set(after.onpromotion, after.firstDay - firstDay);
    }
    return columns;
  });
  const tickets = new Int32Array((liveTickets ? lastDayOf(liveTickets) + 1 : liveFrom) - firstDay).fill(
    MISSING,
  );
  if (chunk.tickets) tickets.set(chunk.tickets.slice(skipped));
  if (liveTickets) tickets.set(liveTickets.tickets, liveTickets.firstDay - firstDay);
  return { series, tickets: { firstDay, tickets } };
}
