/**
 * What a job needs that proves or repairs buckets: it sees them as they are kept, with everything in them that does
 * not belong there, and may replace one as a whole. Nothing else reads or writes buckets in this way.
 *
 * @module
 */
import { storeOfField } from './check-commit.ts';
import type { EntryId } from './entry-id.ts';
import type { BucketKind, StreamEntry } from './sales-store.ts';
import type { SeriesColumns, TicketColumn } from './series-reading.ts';

/** The buckets of one period that are kept together, under one watermark. */
export interface BucketRecord {
  readonly kinds: readonly [BucketKind, ...BucketKind[]];
  readonly period: string;
}

/** Whole numbers by field. */
export type FieldValues = ReadonlyMap<string, number>;

export interface HeldRecord extends BucketRecord {
  /** Stands for the moment of the reading: a repair is refused when anything has been written since. */
  readonly token: string;
  /** The watermark of the whole store at that moment. */
  readonly countedTo: EntryId | null;
  readonly exists: boolean;
  /** The watermark that the record reflects; null when it has none, or one that is no entry id. */
  readonly watermark: EntryId | null;
  readonly values: ReadonlyMap<BucketKind, FieldValues>;
  /** What is no whole number under the name of a field, or no field of these kinds at all. */
  readonly strays: readonly { readonly name: string; readonly value: string }[];
  /** Entries of indexes, and marks of stores that were open, that should be there. */
  readonly missingMarks: readonly string[];
}

/** A record as it has to be. */
export interface RecordRepair {
  readonly held: HeldRecord;
  readonly values: ReadonlyMap<BucketKind, FieldValues>;
  readonly watermark: EntryId | null;
  /** Stores whose packed histories are wrong from this day on, whether anything of the record changes or not. */
  readonly repack?: ReadonlySet<string>;
}

/**
 * - `repaired`: the record is as it was asked for.
 * - `changed`: something was written since the record was read, and nothing of the repair: read it again.
 * - `expired`: it is too old to be kept, and nothing was written.
 */
export type RepairOutcome = 'repaired' | 'changed' | 'expired';

/** A stream entry with its running number, counted from 1 without a gap. */
export interface NumberedEntry extends StreamEntry {
  readonly number: number;
}

/** What a store has packed histories of: sales of series, and tickets of stores, as `storePart` writes them. */
export interface HistoryNames {
  readonly series: readonly string[];
  readonly stores: readonly string[];
}

export interface BucketAudit {
  /** Every record that the store knows of. */
  listRecords(): Promise<readonly BucketRecord[]>;
  /** The record that a bucket belongs to. */
  recordOf(kind: BucketKind, period: string): BucketRecord;
  readRecord(record: BucketRecord): Promise<HeldRecord>;
  /**
   * Replaces a record, and lets packed histories that may have been made from it be packed again.
   */
  repairRecord(repair: RecordRepair): Promise<RepairOutcome>;
  /** Entries in id order, at most `limit` of them. */
  readEntries(after: EntryId | null, limit: number): Promise<readonly NumberedEntry[]>;
  listHistories(): Promise<HistoryNames>;
  /** The packed days of each series, up to the last that counts; null where there are none or they cannot be read. */
  readHistories(series: readonly string[]): Promise<readonly (SeriesColumns | null)[]>;
  /** The same for the tickets of stores. */
  readTicketHistories(stores: readonly string[]): Promise<readonly (TicketColumn | null)[]>;
}

/** The stores whose packed histories a repair makes again: those in whose daily values it changes anything, and `repack`. */
export function storesToRepack({ held, values, repack }: RecordRepair): readonly string[] {
  const stores = new Set(repack);
  for (const kind of held.kinds) {
    if (kind !== 'sales_daily' && kind !== 'onpromotion_daily' && kind !== 'transactions_daily') continue;
    const before = held.values.get(kind) ?? new Map<string, number>();
    const after = values.get(kind) ?? new Map<string, number>();
    for (const field of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(field) !== after.get(field)) stores.add(storeOfField(field));
    }
  }
  return [...stores];
}
