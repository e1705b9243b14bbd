import type { DayNumber } from '../../calendar/day-number.ts';
import type { HistoryChunk } from '../../schemas/history-chunk.ts';
import { seriesKey, storePart } from '../../schemas/series.ts';
import type { HistoryNames } from '../bucket-audit.ts';
import { joinImport } from '../history-import.ts';
import { packInt32, packUint16, unpackInt32, unpackUint16 } from '../packed-column.ts';
import type { SeriesColumns, TicketColumn } from '../series-reading.ts';

type SeriesRow = {
  first_day: number;
  compacted_through: number;
  milli_units: ArrayBuffer;
  onpromotion: ArrayBuffer;
};
type TicketRow = { first_day: number; compacted_through: number; tickets: ArrayBuffer };

/** Packed daily histories by series, and the tickets by store. */
export class HistoryTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  readSeries(series: string): SeriesColumns | null {
    const row = this.#sql
      .exec<SeriesRow>(
        'SELECT first_day, compacted_through, milli_units, onpromotion FROM history WHERE series = ?',
        series,
      )
      .next().value;
    if (!row) return null;
    const days = row.compacted_through - row.first_day + 1;
    return {
      firstDay: row.first_day,
      milliUnits: unpackInt32(row.milli_units, days),
      onpromotion: unpackUint16(row.onpromotion, days),
    };
  }

  readTickets(store: string): TicketColumn | null {
    const row = this.#sql
      .exec<TicketRow>(
        'SELECT first_day, compacted_through, tickets FROM ticket_history WHERE store = ?',
        store,
      )
      .next().value;
    if (!row) return null;
    return {
      firstDay: row.first_day,
      tickets: unpackInt32(row.tickets, row.compacted_through - row.first_day + 1),
    };
  }

  /** What there are columns of. */
  names(): HistoryNames {
    const of = (query: string) => Array.from(this.#sql.exec(query).raw<[string]>(), ([name]) => name);
    return {
      series: of('SELECT series FROM history ORDER BY series'),
      stores: of('SELECT store FROM ticket_history ORDER BY store'),
    };
  }

  writeSeries(series: string, columns: SeriesColumns): void {
    this.#sql.exec(
      `INSERT INTO history VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET first_day = excluded.first_day,
        compacted_through = excluded.compacted_through, milli_units = excluded.milli_units,
        onpromotion = excluded.onpromotion`,
      series,
      columns.firstDay,
      columns.firstDay + columns.milliUnits.length - 1,
      packInt32(columns.milliUnits),
      packUint16(columns.onpromotion),
    );
  }

  writeTickets(store: string, column: TicketColumn): void {
    this.#sql.exec(
      `INSERT INTO ticket_history VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET first_day = excluded.first_day,
        compacted_through = excluded.compacted_through, tickets = excluded.tickets`,
      store,
      column.firstDay,
      column.firstDay + column.tickets.length - 1,
      packInt32(column.tickets),
    );
  }

  /** Starts an empty history for each series that has none: its first day is the first live day. */
  startSeries(series: readonly string[], liveFrom: DayNumber): void {
    this.#sql.exec(
      "INSERT OR IGNORE INTO history SELECT value, ?1, ?1 - 1, x'', x'' FROM json_each(?2)",
      liveFrom,
      JSON.stringify(series),
    );
  }

  /** Puts the days before `liveFrom` in front of whatever has been compacted since. */
  importChunk(chunk: HistoryChunk, liveFrom: DayNumber): void {
    const names = chunk.series.map(({ family }) => seriesKey(chunk.store_nbr, family));
    const store = storePart(chunk.store_nbr);
    const live = names.map((series) => this.readSeries(series));
    const joined = joinImport(chunk, liveFrom, live, this.readTickets(store));
    joined.series.forEach((columns, i) => {
      const series = names[i];
      if (series !== undefined) this.writeSeries(series, columns);
    });
    this.writeTickets(store, joined.tickets);
  }

  /** Series whose packed days end before `through`, those furthest behind first. */
  lagging(through: DayNumber, limit: number): string[] {
    const rows = this.#sql
      .exec(
        'SELECT series FROM history WHERE compacted_through < ? ORDER BY compacted_through, series LIMIT ?',
        through,
        limit,
      )
      .raw<[string]>();
    return Array.from(rows, ([series]) => series);
  }

  countLagging(through: DayNumber): number {
    return this.#sql
      .exec<{ n: number }>('SELECT count(*) AS n FROM history WHERE compacted_through < ?', through)
      .one().n;
  }

  /** The first and the last of the days on which packed histories end; null when there are none. */
  compactedRange(): { readonly min: DayNumber; readonly max: DayNumber } | null {
    const [row] = this.#sql
      .exec<{ min: number | null; max: number | null }>(
        `SELECT (SELECT min(compacted_through) FROM history) AS min,
          (SELECT max(compacted_through) FROM history) AS max`,
      )
      .toArray();
    return row && row.min !== null && row.max !== null ? { min: row.min, max: row.max } : null;
  }

  /**
   * Makes every history of a store end at `day` at the latest, so that later days come from the buckets again: a row
   * for a compacted day may turn it, for all series of its store, from missing into zero.
   */
  reopenStore(store: string, day: DayNumber): void {
    this.#sql.exec(
      `UPDATE history SET compacted_through = max(?1, first_day - 1)
        WHERE series >= ?2 || ':' AND series < ?2 || ';' AND compacted_through > ?1`,
      day,
      store,
    );
    this.#sql.exec(
      `UPDATE ticket_history SET compacted_through = max(?1, first_day - 1)
        WHERE store = ?2 AND compacted_through > ?1`,
      day,
      store,
    );
  }
}
