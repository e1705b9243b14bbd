import type { EpochMs } from '../../calendar/business-clock.ts';
import { DAY_MS } from '../../calendar/day-number.ts';
import {
  BATCH_FRAME,
  type Delivery,
  type DeliveryResult,
  readRecord,
  transactionName,
  writeRecord,
} from '../delivery.ts';
import { type EntryId, entryIdAt, parseEntryId } from '../entry-id.ts';
import type { StreamEntry } from '../sales-store.ts';
import type { MetaTable } from './meta-table.ts';

/** Names of one statement: the longest text that SQLite takes here has two megabytes. */
const NAMES_PER_STATEMENT = 2000;

/** What is remembered of deliveries: the names of their transactions, and the answers under their keys. */
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
    append: (entries: readonly StreamEntry[]) => void,
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

    const seen = this.#known(rows.map(transactionName), forgotten);
    const fresh: string[] = [];
    const names: string[] = [];
    const duplicates: number[] = [];
    rows.forEach((row, place) => {
      const name = transactionName(row);
      if (seen.has(name)) {
        duplicates.push(place);
        return;
      }
      seen.add(name);
      names.push(name);
      fresh.push(row.json);
    });
    const entries: StreamEntry[] = [];
    for (let at = 0; at < fresh.length; at += rowsPerEntry) {
      const payload = BATCH_FRAME.open + fresh.slice(at, at + rowsPerEntry).join() + BATCH_FRAME.close;
      entries.push({ id: entryIdAt(instant, sequence + entries.length + 1), payload });
    }
    append(entries);
    this.#remember(names, instant);
    const taken = { instant, entries: entries.map(({ id }) => id), duplicates, note };
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

  /** Those of the names that were taken in at or after `forgotten`. */
  #known(names: readonly string[], forgotten: EpochMs): Set<string> {
    const known = new Set<string>();
    for (let at = 0; at < names.length; at += NAMES_PER_STATEMENT) {
      const rows = this.#sql
        .exec(
          `SELECT t.name FROM json_each(?) AS wanted JOIN taken_transaction AS t ON t.name = wanted.value
            WHERE t.instant >= ?`,
          JSON.stringify(names.slice(at, at + NAMES_PER_STATEMENT)),
          forgotten,
        )
        .raw<[string]>();
      for (const [name] of rows) known.add(name);
    }
    return known;
  }

  #remember(names: readonly string[], instant: EpochMs): void {
    for (let at = 0; at < names.length; at += NAMES_PER_STATEMENT) {
      this.#sql.exec(
        `INSERT INTO taken_transaction SELECT value, ? FROM json_each(?) WHERE true
          ON CONFLICT DO UPDATE SET instant = excluded.instant`,
        instant,
        JSON.stringify(names.slice(at, at + NAMES_PER_STATEMENT)),
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
