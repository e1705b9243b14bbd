import { type IsoDate, toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import { isoDateSchema } from '../../shared/schemas/catalog.ts';
import type { HistoryChunk } from '../../shared/schemas/history-chunk.ts';

/**
 * The part of a history that lies before `liveFrom`. An import takes several runs, and the dataset may be published
 * anew between them, or while it is being written: then a chunk reaches further than the store that was opened before.
 *
 * @param chunk not checked yet; what is no history is handed on for the store to refuse
 */
export function cutHistory(chunk: HistoryChunk, liveFrom: IsoDate): HistoryChunk {
  const { last_date, tickets, series } = chunk;
  if (!isoDateSchema.safeParse(last_date).success || !Array.isArray(series)) return chunk;
  const extraDays = toDayNumber(last_date) - toDayNumber(liveFrom) + 1;
  if (extraDays <= 0) return chunk;
  const cut = (column: number[]) => (Array.isArray(column) ? column.slice(0, -extraDays) : column);
  return {
    ...chunk,
    last_date: toIsoDate(toDayNumber(liveFrom) - 1),
    tickets: tickets && cut(tickets),
    series: series.map((columns) => ({
      ...columns,
      milli_units: cut(columns?.milli_units),
      onpromotion: cut(columns?.onpromotion),
    })),
  };
}
