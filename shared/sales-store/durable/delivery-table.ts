import { at } from '../../at.ts';
import type { EpochMs } from '../../calendar/business-clock.ts';
import { DAY_MS } from '../../calendar/day-number.ts';
import {
  BATCH_FRAME,
  type DeliveredRow,
  type Delivery,
  type DeliveryResult,
  readRecord,
  transactionName,
  writeRecord,
} from '../delivery.ts';
import { type EntryId, entryIdAt, parseEntryId } from '../entry-id.ts';
import type { NewEntry } from '../sales-store.ts';
import type { MetaTable } from './meta-table.ts';

/** Names of one statement: the longest text that SQLite takes here has two megabytes. */
const NAMES_PER_STATEMENT = 2000;

/** What is remembered of deliveries: names and hashes of their transactions, and the answers under their keys. */
export class DeliveryTable {
  readonly #sql: SqlStorage;
  readonly #meta: MetaTable;

  constructor(sql: SqlStorage, meta: MetaTable) {
    this.#sql = sql;
    this.#meta = meta;
  }

  /**
   * Decides what of a delivery is new and remembers it. Part of a transaction with `append`, which writes the entries:
   * both are kept, or neither.
   *
   * @param newest the id after which the entries must lie.
   */
  take(
    delivery: Delivery,
    newest: EntryId | null,
    append: (entries: readonly NewEntry[]) => void,
  ): DeliveryResult {
    const { key, digest, note, rows, notBefore, rememberMs, rowsPerEntry } = delivery;
    const end = newest === null ? null : parseEntryId(newest);
    const [instant, sequence] =
      end !== null && end.instant >= notBefore ? [end.instant, end.sequence] : [notBefore, 0];
    const forgotten = instant - rememberMs;
    const record = key === null ? null : this.#recordOf(key, forgotten);
    if (record !== null) {
      const held = readRecord(record);
      return held.digest === digest ? { outcome: 'repeated', ...held.taken } : { outcome: 'key-conflict' };
    }
    this.#forget(forgotten);

    const names = rows.map(transactionName);
    const known = this.#known(names, forgotten);
    const fresh: DeliveredRow[] = [];
    const duplicates: number[] = [];
    const conflicts: number[] = [];
    rows.forEach((row, place) => {
      const name = at(names, place);
      const held = known.get(name);
      if (held === undefined) fresh.push(row);
      else (held === null || held === row.contentHash ? duplicates : conflicts).push(place);
      if (held === undefined || held === null) known.set(name, row.contentHash);
    });
    const entries: NewEntry[] = [];
    for (let from = 0; from < fresh.length; from += rowsPerEntry) {
      const part = fresh.slice(from, from + rowsPerEntry);
      const payload = BATCH_FRAME.open + part.map(({ json }) => json).join() + BATCH_FRAME.close;
      entries.push({ id: entryIdAt(instant, sequence + entries.length + 1), payload, rows: part.length });
    }
    append(entries);
    this.#remember(fresh, instant);
    const taken = { instant, entries: entries.map(({ id }) => id), duplicates, conflicts, note };
    if (key !== null) {
      this.#sql.exec(
        'INSERT OR REPLACE INTO delivery VALUES (?, ?, ?)',
        key,
        instant,
        writeRecord(digest, taken),
      );
    }
    return { outcome: 'taken', ...taken };
  }

  #recordOf(key: string, forgotten: EpochMs): string | null {
    const row = this.#sql
      .exec<{ record: string }>(
        'SELECT record FROM delivery WHERE key = ? AND instant >= ?',
        key,
        Math.max(0, forgotten),
      )
      .next().value;
    return row?.record ?? null;
  }

  /** Those of the names that were taken in at or after `forgotten`, with their hashes. */
  #known(names: readonly string[], forgotten: EpochMs): Map<string, number | null> {
    const known = new Map<string, number | null>();
    for (let from = 0; from < names.length; from += NAMES_PER_STATEMENT) {
      const rows = this.#sql
        .exec(
          `SELECT t.name, t.content_hash
            FROM json_each(?) AS wanted JOIN taken_transaction AS t ON t.name = wanted.value
            WHERE t.instant >= ?`,
          JSON.stringify(names.slice(from, from + NAMES_PER_STATEMENT)),
          forgotten,
        )
        .raw<[string, number | null]>();
      for (const [name, contentHash] of rows) known.set(name, contentHash);
    }
    return known;
  }

  #remember(rows: readonly DeliveredRow[], instant: EpochMs): void {
    for (let from = 0; from < rows.length; from += NAMES_PER_STATEMENT) {
      const part = rows.slice(from, from + NAMES_PER_STATEMENT);
      this.#sql.exec(
        `INSERT INTO taken_transaction (name, instant, content_hash)
          SELECT value ->> 0, ?, value ->> 1 FROM json_each(?) WHERE true
          ON CONFLICT DO UPDATE SET instant = excluded.instant, content_hash = excluded.content_hash`,
        instant,
        JSON.stringify(part.map((row) => [transactionName(row), row.contentHash])),
      );
    }
  }

  /** Once a day: looking for old names reads them all, and an index of instants would double what is written. */
  #forget(forgotten: EpochMs): void {
    const day = Math.floor(forgotten / DAY_MS);
    const done = this.#meta.get('forgotten_day');
    if (done !== null && Number(done) >= day) return;
    this.#sql.exec('DELETE FROM taken_transaction WHERE instant < ?', forgotten);
    this.#sql.exec('DELETE FROM delivery WHERE instant < ?', forgotten);
    this.#meta.set('forgotten_day', String(day));
  }
}
