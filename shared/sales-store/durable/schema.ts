import type { BucketKind } from '../sales-store.ts';

/** How bucket kinds are written in the tables. */
export const KIND_CODES: Readonly<Record<BucketKind, number>> = {
  sales_daily: 1,
  sales_weekly: 2,
  sales_monthly: 3,
  sales_intraday: 4,
  onpromotion_daily: 5,
  transactions_daily: 6,
};

const SAFE = 'BETWEEN -9007199254740991 AND 9007199254740991';

/**
 * Tables of the embedded store. Tables without a rowid cost one written row per row, which is what the free plan
 * counts. Days are day numbers (days since 1970-01-01), periods are text as in the interface.
 *
 * - meta: `watermark`, `appended` (entries ever appended), `live_from`, `store_count`, `daily_from` (first daily bucket
 *   that was not dropped), `forgotten_day` (UTC day before which delivered transactions are forgotten), `partition` (`<index>/<count>` in a part
 *   of a divided store), `appended_rows` and `counted_rows` (transactions ever appended, and those counted)
 * - stream: entries by id, each with its running number, counted from 1
 * - bucket: one row per field; bucket_head: the watermark that a bucket reflects
 * - opening: what buckets held before the first live entry
 * - history: packed columns of a series from first_day on; bytes past compacted_through are void
 * - ticket_history: the same for the tickets of a store
 * - dead_letter: rows that were refused
 * - imported: stores whose history has been imported and whose id is a whole number; imported_text: all others
 * - taken_transaction: names of delivered transactions, the instant at which they were taken in and the hash of
 *   what they say; null in rows from before hashes were kept
 * - delivery: what was answered to a delivery, by its key
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream (
  instant INTEGER NOT NULL, sequence INTEGER NOT NULL, payload TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (instant, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bucket (
  kind INTEGER NOT NULL, period TEXT NOT NULL, field TEXT NOT NULL,
  value INTEGER NOT NULL CHECK (value ${SAFE}),
  PRIMARY KEY (kind, period, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bucket_head (
  kind INTEGER NOT NULL, period TEXT NOT NULL, watermark TEXT NOT NULL,
  PRIMARY KEY (kind, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opening (
  kind INTEGER NOT NULL, period TEXT NOT NULL, field TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (kind, period, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (
  series TEXT PRIMARY KEY, first_day INTEGER NOT NULL, compacted_through INTEGER NOT NULL,
  milli_units BLOB NOT NULL, onpromotion BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS history_by_day ON history (compacted_through);
CREATE TABLE IF NOT EXISTS ticket_history (
  store TEXT PRIMARY KEY, first_day INTEGER NOT NULL, compacted_through INTEGER NOT NULL, tickets BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead_letter (
  number INTEGER PRIMARY KEY, instant INTEGER NOT NULL, entry_id TEXT NOT NULL, row INTEGER NOT NULL,
  raw TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS imported (store_nbr INTEGER PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS imported_text (store_nbr TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken_transaction (
  name TEXT PRIMARY KEY, instant INTEGER NOT NULL, content_hash INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery (
  key TEXT PRIMARY KEY, instant INTEGER NOT NULL, record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Creates what is missing, also in tables of earlier versions. Call it in a transaction: numbering is all or nothing. */
export function createTables(sql: SqlStorage): void {
  sql.exec(SCHEMA);
  numberEntries(sql);
  addContentHash(sql);
}

function columnsOf(sql: SqlStorage, table: string): string[] {
  return sql
    .exec<{ name: string }>('SELECT name FROM pragma_table_info(?)', table)
    .toArray()
    .map(({ name }) => name);
}

/** Ids from before contents were remembered have none. */
function addContentHash(sql: SqlStorage): void {
  if (columnsOf(sql, 'taken_transaction').includes('content_hash')) return;
  sql.exec('ALTER TABLE taken_transaction ADD COLUMN content_hash INTEGER');
}

/**
 * Numbers the stream of a store from before entries had numbers. Nothing has ever left the stream of a store that has
 * dropped no buckets; of any other, the start counts as lost, because nobody knows.
 */
function numberEntries(sql: SqlStorage): void {
  if (columnsOf(sql, 'stream').includes('number')) return;
  const lost = sql.exec("SELECT 1 FROM meta WHERE key = 'daily_from'").toArray().length;
  sql.exec('ALTER TABLE stream ADD COLUMN number INTEGER NOT NULL DEFAULT 0');
  sql.exec(
    `UPDATE stream SET number = ranked.place + ?
      FROM (SELECT instant, sequence, row_number() OVER (ORDER BY instant, sequence) AS place FROM stream) AS ranked
      WHERE stream.instant = ranked.instant AND stream.sequence = ranked.sequence`,
    lost,
  );
  sql.exec(
    "INSERT OR REPLACE INTO meta SELECT 'appended', CAST(count(*) + ? AS TEXT) FROM stream HAVING count(*) + ? > 0",
    lost,
    lost,
  );
}
