import { type DayNumber, toDayNumber, toIsoDate } from '../../calendar/day-number.ts';
import { type BucketChange, keepsLargest } from '../check-commit.ts';
import type { EntryId } from '../entry-id.ts';
import { BUCKET_KINDS, type Bucket, type BucketKind } from '../sales-store.ts';
import type { SeriesTail } from '../series-reading.ts';
import { KIND_CODES } from './schema.ts';

type TailRow = {
  period: string;
  milli_units: number | null;
  onpromotion: number | null;
  tickets: number | null;
  store_sold: number;
};

const ADD = `INSERT INTO bucket (kind, period, field, value)
  SELECT ?, ?, key, value FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET value = value + excluded.value WHERE excluded.value <> 0`;

const KEEP_LARGEST = `INSERT INTO bucket (kind, period, field, value)
  SELECT ?, ?, key, value FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET value = excluded.value WHERE excluded.value > value`;

const TAIL = `SELECT days.value AS period,
    (SELECT value FROM bucket WHERE kind = ${KIND_CODES.sales_daily} AND period = days.value AND field = ?1) AS milli_units,
    (SELECT value FROM bucket WHERE kind = ${KIND_CODES.onpromotion_daily} AND period = days.value AND field = ?1) AS onpromotion,
    (SELECT value FROM bucket WHERE kind = ${KIND_CODES.transactions_daily} AND period = days.value AND field = ?2) AS tickets,
    EXISTS (SELECT 1 FROM bucket WHERE kind = ${KIND_CODES.sales_daily} AND period = days.value
      AND field >= ?2 || ':' AND field < ?2 || ';') AS store_sold
  FROM json_each(?3) AS days`;

/** Time buckets, one row per field, with the opening balances beside them. */
export class BucketTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Adds to (or, for maxima, raises) every field of the changes and marks the buckets with the watermark. */
  apply(changes: readonly BucketChange[], watermark: EntryId | null): void {
    for (const { kind, period, fields } of changes) {
      const code = KIND_CODES[kind];
      this.#sql.exec(
        keepsLargest(kind) ? KEEP_LARGEST : ADD,
        code,
        period,
        JSON.stringify(Object.fromEntries(fields)),
      );
      if (watermark === null) continue;
      this.#sql.exec(
        'INSERT INTO bucket_head VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET watermark = excluded.watermark',
        code,
        period,
        watermark,
      );
    }
  }

  /** Adds balances from before the first live entry. */
  open(changes: readonly BucketChange[]): void {
    for (const { kind, period, fields } of changes) {
      this.#sql.exec(
        `INSERT INTO opening (kind, period, field, value) SELECT ?, ?, key, value FROM json_each(?) WHERE true
          ON CONFLICT DO UPDATE SET value = value + excluded.value`,
        KIND_CODES[kind],
        period,
        JSON.stringify(Object.fromEntries(fields)),
      );
    }
    this.apply(changes, null);
  }

  read(kind: BucketKind, period: string): Bucket {
    const code = KIND_CODES[kind];
    const head = this.#sql
      .exec<{ watermark: string }>(
        'SELECT watermark FROM bucket_head WHERE kind = ? AND period = ?',
        code,
        period,
      )
      .next().value;
    const rows = this.#sql
      .exec('SELECT field, value FROM bucket WHERE kind = ? AND period = ?', code, period)
      .raw<[string, number]>();
    return {
      kind,
      period,
      watermark: (head?.watermark ?? null) as EntryId | null,
      fields: Object.fromEntries(rows),
    };
  }

  readOpening(kind: BucketKind, period: string): Record<string, number> {
    return Object.fromEntries(
      this.#sql
        .exec('SELECT field, value FROM opening WHERE kind = ? AND period = ?', KIND_CODES[kind], period)
        .raw<[string, number]>(),
    );
  }

  readField(kind: BucketKind, periods: readonly string[], field: string): (number | null)[] {
    const rows = this.#sql
      .exec(
        `SELECT value FROM (SELECT p.key AS place, b.value AS value FROM json_each(?) AS p
          LEFT JOIN bucket AS b ON b.kind = ? AND b.period = p.value AND b.field = ?) ORDER BY place`,
        JSON.stringify(periods),
        KIND_CODES[kind],
        field,
      )
      .raw<[number | null]>();
    return Array.from(rows, ([value]) => value);
  }

  /** What the daily buckets say of one series and its store from `fromDay` to `through`. */
  readTail(series: string, store: string, fromDay: DayNumber, through: DayNumber): SeriesTail {
    const milliUnits = new Map<DayNumber, number>();
    const onpromotion = new Map<DayNumber, number>();
    const tickets = new Map<DayNumber, number>();
    const storeDays = new Set<DayNumber>();
    const dates: string[] = [];
    for (let day = fromDay; day <= through; day++) dates.push(toIsoDate(day));
    if (dates.length > 0) {
      for (const row of this.#sql.exec<TailRow>(TAIL, series, store, JSON.stringify(dates))) {
        const day = toDayNumber(row.period);
        if (row.milli_units !== null) milliUnits.set(day, row.milli_units);
        if (row.onpromotion !== null) onpromotion.set(day, row.onpromotion);
        if (row.tickets !== null) tickets.set(day, row.tickets);
        if (row.store_sold === 1 || row.tickets !== null) storeDays.add(day);
      }
    }
    return { milliUnits, onpromotion, tickets, storeDays };
  }

  /** Every bucket that has been counted into, or has opening balances. */
  list(): { kind: BucketKind; period: string }[] {
    const kinds = new Map(BUCKET_KINDS.map((kind) => [KIND_CODES[kind], kind]));
    const rows = this.#sql
      .exec('SELECT kind, period FROM bucket_head UNION SELECT kind, period FROM opening')
      .raw<[number, string]>();
    return Array.from(rows).flatMap(([code, period]) => {
      const kind = kinds.get(code);
      return kind ? [{ kind, period }] : [];
    });
  }

  /** Puts other fields and another watermark in the place of a bucket's own. */
  replace(
    kind: BucketKind,
    period: string,
    fields: Readonly<Record<string, number>>,
    watermark: EntryId | null,
  ) {
    const code = KIND_CODES[kind];
    for (const table of ['bucket', 'bucket_head']) {
      this.#sql.exec(`DELETE FROM ${table} WHERE kind = ? AND period = ?`, code, period);
    }
    this.apply([{ kind, period, fields: new Map(Object.entries(fields)) }], watermark);
  }

  /** Every series that has a daily sales bucket. */
  soldSeries(): string[] {
    const rows = this.#sql
      .exec('SELECT DISTINCT field FROM bucket WHERE kind = ?', KIND_CODES.sales_daily)
      .raw<[string]>();
    return Array.from(rows, ([field]) => field);
  }

  /** Drops all buckets of a kind before a period. @returns how many buckets, not fields. */
  dropBefore(kind: BucketKind, period: string): number {
    const code = KIND_CODES[kind];
    const { n } = this.#sql
      .exec<{ n: number }>(
        `SELECT count(*) AS n FROM (SELECT period FROM bucket_head WHERE kind = ?1 AND period < ?2
          UNION SELECT period FROM opening WHERE kind = ?1 AND period < ?2)`,
        code,
        period,
      )
      .one();
    if (n === 0) return 0;
    for (const table of ['bucket', 'bucket_head', 'opening']) {
      this.#sql.exec(`DELETE FROM ${table} WHERE kind = ? AND period < ?`, code, period);
    }
    return n;
  }
}
