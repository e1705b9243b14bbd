import { type DayNumber, toDayNumber } from '../../../shared/calendar/day-number.ts';
import type { BucketAudit, FieldValues } from '../../../shared/sales-store/bucket-audit.ts';
import { storeOfField } from '../../../shared/sales-store/check-commit.ts';
import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';
import {
  lastDayOf,
  type SeriesColumns,
  type TicketColumn,
} from '../../../shared/sales-store/series-reading.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import type { ValueDifference } from './report.ts';

const SERIES_PER_READING = 250;
const INT32_MAX = 2_147_483_647;
const UINT16_MAX = 65_535;

export type DailyKind = 'sales_daily' | 'onpromotion_daily' | 'transactions_daily';

/** Kinds of bucket that are packed once their day is closed. */
export function isPacked(kind: BucketKind): kind is DailyKind {
  return kind === 'sales_daily' || kind === 'onpromotion_daily' || kind === 'transactions_daily';
}

/** A daily bucket beside the packed histories. */
export interface HistoryComparison {
  /** `held`: the bucket's value; `expected`: the packed one; null where there is none. */
  readonly differences: readonly ValueDifference[];
  /** Histories that end before the day: they are packed again by the next aggregator runs. */
  readonly notPacked: number;
}

/**
 * The packed histories of a store, read as they are. A closed day is packed from its buckets and kept apart from them,
 * so that a change of either alone shows.
 */
export class PackedHistories {
  readonly #audit: BucketAudit;
  readonly #series = new Map<string, SeriesColumns | null>();
  readonly #tickets = new Map<string, TicketColumn | null>();

  private constructor(audit: BucketAudit) {
    this.#audit = audit;
  }

  static async read(audit: BucketAudit): Promise<PackedHistories> {
    const histories = new PackedHistories(audit);
    const { series, stores } = await audit.listHistories();
    await histories.#read(series, stores);
    return histories;
  }

  async #read(series: readonly string[], stores: readonly string[]): Promise<void> {
    for (let at = 0; at < series.length; at += SERIES_PER_READING) {
      const names = series.slice(at, at + SERIES_PER_READING);
      const columns = await this.#audit.readHistories(names);
      names.forEach((name, i) => {
        this.#series.set(name, columns[i] ?? null);
      });
    }
    for (let at = 0; at < stores.length; at += SERIES_PER_READING) {
      const names = stores.slice(at, at + SERIES_PER_READING);
      const columns = await this.#audit.readTicketHistories(names);
      names.forEach((name, i) => {
        this.#tickets.set(name, columns[i] ?? null);
      });
    }
  }

  /** Reads those of some stores again, which may have changed since. */
  async readAgain(stores: ReadonlySet<string>): Promise<void> {
    const { series, stores: all } = await this.#audit.listHistories();
    await this.#read(
      series.filter((name) => stores.has(storeOfField(name))),
      all.filter((store) => stores.has(store)),
    );
  }

  get series(): ReadonlyMap<string, SeriesColumns | null> {
    return this.#series;
  }

  get tickets(): ReadonlyMap<string, TicketColumn | null> {
    return this.#tickets;
  }

  /** Names whose columns cannot be read, or end before they should. */
  unreadable(): readonly { readonly kind: DailyKind; readonly field: string }[] {
    const none = <T>(columns: ReadonlyMap<string, T | null>) =>
      [...columns].flatMap(([field, column]) => (column === null ? [field] : []));
    return [
      ...none(this.#series).map((field) => ({ kind: 'sales_daily' as const, field })),
      ...none(this.#tickets).map((field) => ({ kind: 'transactions_daily' as const, field })),
    ];
  }

  /** The first and the last day that any series has; null while nothing is packed. */
  range(): { readonly from: DayNumber; readonly through: DayNumber } | null {
    let [from, through] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const columns of this.#series.values()) {
      if (columns === null || columns.milliUnits.length === 0) continue;
      from = Math.min(from, columns.firstDay);
      through = Math.max(through, lastDayOf(columns));
    }
    return from <= through ? { from, through } : null;
  }

  /** What a live day's bucket should be packed as, by the rules of compaction, against what is packed. */
  compare(kind: DailyKind, period: string, values: FieldValues): HistoryComparison {
    const day = toDayNumber(period);
    const differences: ValueDifference[] = [];
    let notPacked = 0;
    const openStores = kind === 'sales_daily' ? new Set([...values.keys()].map(storeOfField)) : null;
    const columns: ReadonlyMap<string, SeriesColumns | TicketColumn | null> =
      kind === 'transactions_daily' ? this.#tickets : this.#series;
    for (const [field, column] of columns) {
      if (column === null || day < column.firstDay) continue;
      if (day > lastDayOf(column)) {
        notPacked++;
        continue;
      }
      const packed = packedOn(column, kind, day);
      const held = values.get(field) ?? null;
      let isSame = packed === (held === null ? emptyOf(kind) : clamp(held, kind));
      if (openStores && held === null) isSame = this.#isEmpty(packed, storeOfField(field), day, openStores);
      if (!isSame) differences.push({ kind, field, held, expected: packed === MISSING ? null : packed });
    }
    for (const [field, held] of values) {
      if (!columns.has(field)) differences.push({ kind, field, held, expected: null });
    }
    return { differences, notPacked };
  }

  /** Whether a series without a row is packed as it should be: 0 if its store was open, missing otherwise. */
  #isEmpty(packed: number, store: string, day: DayNumber, openStores: ReadonlySet<string>): boolean {
    if (openStores.has(store)) return packed === 0;
    const tickets = this.#tickets.get(store);
    if (!tickets || day < tickets.firstDay || day > lastDayOf(tickets)) return packed <= 0;
    return packed === (packedOn(tickets, 'transactions_daily', day) === MISSING ? MISSING : 0);
  }

  /** What all series sold on a day; null when any of them does not have it. */
  salesOn(day: DayNumber): FieldValues | null {
    const sales = new Map<string, number>();
    for (const [series, columns] of this.#series) {
      if (columns === null || day < columns.firstDay || day > lastDayOf(columns)) return null;
      const packed = packedOn(columns, 'sales_daily', day);
      if (packed === INT32_MAX) return null;
      if (packed > 0) sales.set(series, packed);
    }
    return sales;
  }
}

function packedOn(column: SeriesColumns | TicketColumn, kind: DailyKind, day: DayNumber): number {
  const at = day - column.firstDay;
  if ('tickets' in column) return column.tickets[at] ?? MISSING;
  return (kind === 'onpromotion_daily' ? column.onpromotion[at] : column.milliUnits[at]) ?? MISSING;
}

function emptyOf(kind: DailyKind): number {
  return kind === 'onpromotion_daily' ? 0 : MISSING;
}

function clamp(value: number, kind: DailyKind): number {
  return Math.min(Math.max(value, 0), kind === 'onpromotion_daily' ? UINT16_MAX : INT32_MAX);
}
