import { compareStoreNbrs, numberOfStore } from '../../schemas/series.ts';
import type { EntryId } from '../entry-id.ts';

type MetaKey =
  | 'watermark'
  | 'appended'
  | 'identity'
  | 'live_from'
  | 'store_count'
  | 'daily_from'
  | 'forgotten_day'
  | 'partition'
  | 'appended_rows'
  | 'counted_rows';

/** Single values of the store, kept as text. */
export class MetaTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(key: MetaKey): string | null {
    const row = this.#sql.exec<{ value: string }>('SELECT value FROM meta WHERE key = ?', key).next();
    return row.value?.value ?? null;
  }

  set(key: MetaKey, value: string): void {
    this.#sql.exec(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      key,
      value,
    );
  }

  /** A number that nobody has set is 0. */
  number(key: MetaKey): number {
    return Number(this.get(key) ?? 0);
  }

  isEmpty(): boolean {
    return this.#sql.exec<{ n: number }>('SELECT count(*) AS n FROM meta').one().n === 0;
  }

  watermark(): EntryId | null {
    return this.get('watermark') as EntryId | null;
  }

  /** First live business day as a day number, null until the store is opened. */
  liveFrom(): number | null {
    const text = this.get('live_from');
    return text === null ? null : Number(text);
  }
}

/** The stores whose history has been imported. */
export class ImportedTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** @returns false when the store was there already. */
  add(storeNbr: string): boolean {
    const number = numberOfStore(storeNbr);
    if (number === null) this.#sql.exec('INSERT OR IGNORE INTO imported_text VALUES (?)', storeNbr);
    else this.#sql.exec('INSERT OR IGNORE INTO imported VALUES (?)', number);
    return this.#sql.exec<{ n: number }>('SELECT changes() AS n').one().n === 1;
  }

  stores(): string[] {
    const rows = this.#sql
      .exec('SELECT store_nbr FROM imported UNION ALL SELECT store_nbr FROM imported_text')
      .raw<[number | string]>();
    return Array.from(rows, ([storeNbr]) => String(storeNbr)).sort(compareStoreNbrs);
  }
}
