/**
 * The stream of transactions and the time-bucketed feature store, as one interface with semantic operations.
 * Two adapters implement it and pass one contract test suite: `durable/` (SQLite in a Durable Object) and
 * `upstash/` (Redis over REST).
 *
 * Effectively exactly once: `append` is idempotent by entry id, and `commit` applies the sums of a range of entries
 * together with the new watermark, or not at all.
 *
 * @module
 */
import type { IsoDate } from '../calendar/day-number.ts';
import type { HistoryChunk } from '../schemas/history-chunk.ts';
import type { SeriesKey } from '../schemas/series.ts';
import type { Delivery, DeliveryResult } from './delivery.ts';
import type { EntryId } from './entry-id.ts';
import type { PartitionId } from './partition-id.ts';

/** One stream entry. The payload is opaque to the store: it is compared and kept, never parsed. */
export interface StreamEntry {
  readonly id: EntryId;
  readonly payload: string;
}

/** An entry on its way into the stream. */
export interface NewEntry extends StreamEntry {
  /** Transactions in it, counted in `waitingRows` and not kept with the entry; 0 when left out. */
  readonly rows?: number;
}

export interface AppendResult {
  readonly appended: readonly EntryId[];
  /** Already in the stream with the same payload: a retry, nothing to do. */
  readonly duplicates: readonly EntryId[];
  /** The id is taken by another payload, or lies below the newest id: refused. */
  readonly conflicts: readonly EntryId[];
}

/** Additive buckets hold sums; `onpromotion_daily` holds the largest value seen. */
export const BUCKET_KINDS = [
  'sales_daily',
  'sales_weekly',
  'sales_monthly',
  'sales_intraday',
  'onpromotion_daily',
  'transactions_daily',
] as const;
export type BucketKind = (typeof BUCKET_KINDS)[number];

/**
 * One change to one field of one bucket. `period` is a date, an ISO week or a month; `field` is a series key, the
 * `storePart` of a store (`transactions_daily`) or a slot of the day `000`..`287` (`sales_intraday`); `value` is an integer.
 */
export interface BucketDelta {
  readonly kind: BucketKind;
  readonly period: string;
  readonly field: string;
  readonly value: number;
}

export interface DeadLetter {
  readonly entryId: EntryId;
  /** Position of the row in its entry, or -1 when the entry itself cannot be read. */
  readonly row: number;
  readonly raw: string;
  readonly reason: string;
}

/** What lies between the watermark and the end of the stream, oldest first. */
export interface Backlog {
  readonly watermark: EntryId | null;
  readonly entries: readonly StreamEntry[];
  /** More entries follow after the last one here. */
  readonly more: boolean;
}

export interface AggregationCommit {
  /** The watermark that was read; the commit is refused when it has moved since. */
  readonly expectedWatermark: EntryId | null;
  readonly newWatermark: EntryId;
  readonly deltas: readonly BucketDelta[];
  readonly deadLetters: readonly DeadLetter[];
  /** Transactions in the entries, those refused included: they wait no longer. 0 when left out. */
  readonly rows?: number;
}

/** `already-applied`: the watermark stands at `newWatermark`, so this very range has been applied before. */
export type CommitOutcome = 'applied' | 'already-applied' | 'lost-race';

/** A bucket's fields and the watermark up to which they count the stream. */
export interface Bucket {
  readonly kind: BucketKind;
  readonly period: string;
  readonly watermark: EntryId | null;
  readonly fields: Readonly<Record<string, number>>;
}

/**
 * The daily past of one series without a gap, packed history and the buckets after it already joined. All columns
 * have one value per day from `firstDate` to the last finished day; `MISSING` (-1) marks a day without a value.
 */
export interface SeriesReading {
  readonly series: SeriesKey;
  readonly firstDate: IsoDate;
  readonly milliUnits: Int32Array;
  readonly onpromotion: Uint16Array;
  /** Tickets of the series' store. */
  readonly tickets: Int32Array;
  readonly watermark: EntryId | null;
}

export interface StoreStatus {
  readonly watermark: EntryId | null;
  readonly newestEntry: EntryId | null;
  readonly waitingEntries: number;
  /** Transactions in the waiting entries, as those who sent and counted them said; 0 when no entry waits. */
  readonly waitingRows: number;
  /**
   * The oldest waiting entry, null when none waits. While entries wait that a version without this figure sent, it may
   * be the watermark instead, which lies before all of them.
   */
  readonly oldestWaiting: EntryId | null;
  readonly deadLetters: number;
  /** Which store this is; null until a history is opened, and for one that an earlier version opened. */
  readonly identity: string | null;
  /** First business day counted from the stream, null until a history is opened. */
  readonly liveFrom: IsoDate | null;
  /** How many stores will be imported, null until a history is opened. */
  readonly storeCount: number | null;
  /** Stores whose history has been imported. */
  readonly importedStores: readonly string[];
  /** Last day that every packed history includes, null until the import is complete. */
  readonly compactedThrough: IsoDate | null;
  /** Which part of a divided store this is; null for one that is whole, or empty and not claimed yet. */
  readonly partition: PartitionId | null;
}

/** The start of an empty store. Weeks and months in progress on `liveFrom` get their sums from each import. */
export interface HistoryOpening {
  /** A random text that distinguishes the store from any other, such as one restored in its place; none when left out. */
  readonly identity?: string;
  readonly liveFrom: IsoDate;
  /** How many stores will be imported. */
  readonly storeCount: number;
  /** What buckets hold before the first live entry: the intraday slots of the days before `liveFrom`. */
  readonly openingBalances: readonly BucketDelta[];
}

/** How much of a backlog one reading gives; at least one entry, whatever its length. */
export interface BacklogLimits {
  readonly maxEntries: number;
  /** Payloads together; the adapter's own limit when left out. */
  readonly maxCharacters?: number;
}

export interface SalesStore {
  append(entries: readonly NewEntry[]): Promise<AppendResult>;
  /**
   * Appends the rows of a delivery that have not been taken in before, and remembers them and the answer, all of it
   * together or nothing. May be repeated after a failure, whether it was carried out or not.
   *
   * Its entries lie at the instant of the newest entry, or at `notBefore` if that is later, and after every other entry
   * of that instant; they are never the first of their instant, which is where the replay's ticks lie. So a delivery
   * takes no id from a tick that comes after the newest entry.
   */
  ingest(delivery: Delivery): Promise<DeliveryResult>;
  readBacklog(limits: BacklogLimits): Promise<Backlog>;
  commit(commit: AggregationCommit): Promise<CommitOutcome>;

  readBucket(kind: BucketKind, period: string): Promise<Bucket>;
  /** One field over several periods, in their order; null where the bucket has no such field. */
  readField(kind: BucketKind, periods: readonly string[], field: string): Promise<readonly (number | null)[]>;
  /**
   * At most the last `RETENTION.historyDays` days.
   *
   * @returns null for a series that has neither history nor sales since the store was opened.
   */
  readSeries(series: SeriesKey, closedThrough: IsoDate): Promise<SeriesReading | null>;
  /** The same of several series at once, in their order. */
  readManySeries(
    series: readonly SeriesKey[],
    closedThrough: IsoDate,
  ): Promise<readonly (SeriesReading | null)[]>;
  status(): Promise<StoreStatus>;
  /** The newest first. */
  readDeadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /** Entries in id order, for reconciliation and tests. */
  readStream(after: EntryId | null, limit: number): Promise<readonly StreamEntry[]>;
  /** The opening balances of a bucket: what it held before the first live entry. */
  readOpening(kind: BucketKind, period: string): Promise<Readonly<Record<string, number>>>;

  /**
   * Makes an empty store one partition of several; one that is this very partition stays as it is.
   *
   * @throws {PartitionCountError} when it is another partition, or holds anything as a whole store.
   */
  claimPartition(partition: PartitionId): Promise<void>;
  /** Opens an empty store; a second call with the same `liveFrom` changes nothing. */
  openHistory(opening: HistoryOpening): Promise<'opened' | 'already-open'>;
  /**
   * Takes in the history of one store, and adds its sums to the opening balances of the ISO week and the month in
   * progress on `liveFrom`.
   */
  importHistory(chunk: HistoryChunk): Promise<'imported' | 'already-imported'>;
  /** Folds finished days into the packed history of at most `limit` series that lag behind. */
  compact(request: {
    readonly through: IsoDate;
    readonly limit: number;
  }): Promise<{ readonly compacted: number; readonly remaining: number }>;
  /** Drops expired buckets, dead letters and stream entries, the latter never above the watermark. */
  expire(today: IsoDate): Promise<{ readonly droppedBuckets: number; readonly droppedEntries: number }>;
}
