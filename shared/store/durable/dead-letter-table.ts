import { type EntryId, parseEntryId } from '../entry-id.ts';
import type { DeadLetter } from '../sales-store.ts';

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
