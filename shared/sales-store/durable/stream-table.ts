import type { NumberedEntry } from '../bucket-audit.ts';
import { compareEntryIds, type EntryId, entryIdAt, parseEntryId } from '../entry-id.ts';
import type { AppendResult, DeadLetter, NewEntry, StreamEntry } from '../sales-store.ts';
import type { MetaTable } from './meta-table.ts';

type EntryRow = { instant: number; sequence: number; payload: string; number: number };

/** Entries that one reading may return, in characters of payload: an answer must fit one call between objects. */
const MAX_PAYLOAD_CHARACTERS = 8_000_000;

/**
 * The stream of transaction batches, ordered by entry id. Entries have running numbers, so that a job that sums them
 * again finds out whether any of them is gone.
 */
export class StreamTable {
  readonly #sql: SqlStorage;
  readonly #meta: MetaTable;

  constructor(sql: SqlStorage, meta: MetaTable) {
    this.#sql = sql;
    this.#meta = meta;
  }

  /** @param onRows receives the transactions of the entries that were appended. */
  append(
    entries: readonly NewEntry[],
    watermark: EntryId | null,
    onRows: (rows: number) => void,
  ): AppendResult {
    const result = {
      appended: [] as EntryId[],
      duplicates: [] as EntryId[],
      conflicts: [] as EntryId[],
    };
    const before = Number(this.#meta.get('appended') ?? 0);
    let newest = this.newest() ?? watermark;
    let taken = 0;
    for (const { id, payload, rows = 0 } of entries) {
      const { instant, sequence } = parseEntryId(id);
      if (compareEntryIds(id, newest) > 0) {
        result.appended.push(id);
        const number = before + result.appended.length;
        this.#sql.exec(
          'INSERT INTO stream (instant, sequence, payload, number) VALUES (?, ?, ?, ?)',
          instant,
          sequence,
          payload,
          number,
        );
        newest = id;
        taken += rows;
      } else {
        const held = this.#sql
          .exec<{ payload: string }>(
            'SELECT payload FROM stream WHERE instant = ? AND sequence = ?',
            instant,
            sequence,
          )
          .next().value;
        (held?.payload === payload ? result.duplicates : result.conflicts).push(id);
      }
    }
    if (result.appended.length > 0) this.#meta.set('appended', String(before + result.appended.length));
    if (taken > 0) onRows(taken);
    return result;
  }

  /** At most `limit` entries above `after` and at least one if there is one; fewer when their payloads are very long. */
  read(
    after: EntryId | null,
    limit: number,
    maxCharacters?: number,
  ): { entries: StreamEntry[]; more: boolean } {
    const { entries, more } = this.readNumbered(after, limit, maxCharacters);
    return { entries: entries.map(({ id, payload }) => ({ id, payload })), more };
  }

  /** The same with the running numbers of the entries. */
  readNumbered(
    after: EntryId | null,
    limit: number,
    maxCharacters = MAX_PAYLOAD_CHARACTERS,
  ): { entries: NumberedEntry[]; more: boolean } {
    const room = Math.min(maxCharacters, MAX_PAYLOAD_CHARACTERS);
    const { instant, sequence } = after ? parseEntryId(after) : { instant: -1, sequence: -1 };
    const entries: NumberedEntry[] = [];
    let characters = 0;
    for (const row of this.#sql.exec<EntryRow>(
      'SELECT * FROM stream WHERE (instant, sequence) > (?, ?) ORDER BY instant, sequence LIMIT ?',
      instant,
      sequence,
      limit + 1,
    )) {
      characters += row.payload.length;
      if (entries.length === limit || (entries.length > 0 && characters > room)) {
        return { entries, more: true };
      }
      entries.push({ id: entryIdAt(row.instant, row.sequence), payload: row.payload, number: row.number });
    }
    return { entries, more: false };
  }

  newest(): EntryId | null {
    const row = this.#sql
      .exec<{ instant: number; sequence: number }>(
        'SELECT instant, sequence FROM stream ORDER BY instant DESC, sequence DESC LIMIT 1',
      )
      .next().value;
    return row ? entryIdAt(row.instant, row.sequence) : null;
  }

  /** The first entry above `after`. */
  firstAfter(after: EntryId | null): EntryId | null {
    const { instant, sequence } = after ? parseEntryId(after) : { instant: -1, sequence: -1 };
    const row = this.#sql
      .exec<{ instant: number; sequence: number }>(
        'SELECT instant, sequence FROM stream WHERE (instant, sequence) > (?, ?) ORDER BY instant, sequence LIMIT 1',
        instant,
        sequence,
      )
      .next().value;
    return row ? entryIdAt(row.instant, row.sequence) : null;
  }

  countAfter(after: EntryId | null): number {
    const { instant, sequence } = after ? parseEntryId(after) : { instant: -1, sequence: -1 };
    return this.#sql
      .exec<{ n: number }>(
        'SELECT count(*) AS n FROM stream WHERE (instant, sequence) > (?, ?)',
        instant,
        sequence,
      )
      .one().n;
  }

  /** Drops entries before `instant`, but none above the watermark. */
  dropBefore(instant: number, watermark: EntryId | null): number {
    if (watermark === null) return 0;
    const passed = parseEntryId(watermark);
    this.#sql.exec(
      'DELETE FROM stream WHERE instant < ? AND (instant, sequence) <= (?, ?)',
      instant,
      passed.instant,
      passed.sequence,
    );
    return this.#sql.exec<{ n: number }>('SELECT changes() AS n').one().n;
  }
}

type DeadLetterRow = { entry_id: string; row: number; raw: string; reason: string };

/** Rows of the stream that were refused, with the reason. */
export class DeadLetterTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add(letters: readonly DeadLetter[]): void {
    for (const { entryId, row, raw, reason } of letters) {
      this.#sql.exec(
        'INSERT INTO dead_letter (instant, entry_id, row, raw, reason) VALUES (?, ?, ?, ?, ?)',
        parseEntryId(entryId).instant,
        entryId,
        row,
        raw,
        reason,
      );
    }
  }

  /** The newest first. */
  readNewest(limit: number): DeadLetter[] {
    return Array.from(
      this.#sql.exec<DeadLetterRow>(
        'SELECT entry_id, row, raw, reason FROM dead_letter ORDER BY number DESC LIMIT ?',
        limit,
      ),
      ({ entry_id, row, raw, reason }) => ({ entryId: entry_id as EntryId, row, raw, reason }),
    );
  }

  count(): number {
    return this.#sql.exec<{ n: number }>('SELECT count(*) AS n FROM dead_letter').one().n;
  }

  dropBefore(instant: number): void {
    this.#sql.exec('DELETE FROM dead_letter WHERE instant < ?', instant);
  }
}
