/**
 * Every key of the Redis database is spelled here and nowhere else; scripts get theirs as arguments. The fields of
 * hashes are named here too; the scripts, which are Lua, have to repeat them.
 *
 * | key | kind | content |
 * |---|---|---|
 * | `stream:transactions` | stream | one entry per batch: `p` payload, `n` its running number |
 * | `stream:state` | hash | watermark, newest id, counters, first live day, imported stores: see `STATE` |
 * | `stream:dead-letter` | sorted set | refused rows, by the instant of their entry |
 * | `ingest:transactions` | sorted set | `store:id` or `:line:store:id` of delivered transactions; scores: see `INGEST` |
 * | `ingest:delivery:<key>` | string | what was answered to a delivery, see `readRecord` (`../delivery.ts`); expires after `rememberMs` |
 * | `feature:daily:<date>` | hash | everything of one day: see `nameOfField` |
 * | `feature:weekly:<iso week>`, `feature:monthly:<month>` | hash | `store:family` to milli-units |
 * | `feature:opening:daily:<date>`, ... | hash | what the bucket of that name held before the first live entry |
 * | `feature:history` | hash | `store:family` to packed days, `store` to packed tickets |
 * | `feature:compacted` | sorted set | `store:family` by the last day of its packed days that counts |
 * | `feature:buckets` | sorted set | `kind:period` of every bucket, so that expiry need not scan |
 *
 * `store` is the `storePart` (`shared/schemas/series.ts`) of a store, so that the first colon ends it. In a hash of
 * buckets, what is sold of a series whose key does not begin with a digit stands under `:` and the key: all other fields
 * begin with a letter.
 *
 * A day is one hash and not one for each kind of bucket, because a commit pays two commands for every hash that it
 * touches: six hashes take 25 billed commands in a five-minute cycle, three take 19.
 *
 * @module
 */
import type { BucketKind } from '../sales-store.ts';

export interface StoreKeys {
  readonly stream: string;
  readonly state: string;
  readonly deadLetters: string;
  readonly transactionNames: string;
  /** What the key of a delivery's answer begins with; the delivery's own key follows. */
  readonly deliveryPrefix: string;
  readonly history: string;
  readonly compacted: string;
  readonly buckets: string;
  /** What the key of a bucket of this kind begins with; its period follows. */
  bucketPrefix(kind: BucketKind): string;
  openingPrefix(kind: BucketKind): string;
}

/** Fields of the hash `stream:state`. */
export const STATE = {
  watermark: 'watermark',
  newest: 'newest',
  /** Entries ever appended, and how many of them lie at or below the watermark. */
  appended: 'appended',
  counted: 'counted',
  /** Transactions in the entries ever appended, and in those that are counted; equal once nothing waits. */
  appendedRows: 'appended_rows',
  countedRows: 'counted_rows',
  /** The first entry above the watermark, empty when none waits. */
  oldestWaiting: 'oldest_waiting',
  deadLetters: 'dead_letters',
  /** Which store this is, since its history was opened. */
  identity: 'identity',
  liveFrom: 'live_from',
  storeCount: 'store_count',
  /** `<index>/<count>` in a part of a divided store; a whole one has no such field. */
  partition: 'partition',
  /** First daily bucket that was not dropped. */
  dailyFrom: 'daily_from',
  /** The first and the last of the days on which packed histories end. */
  compactedMin: 'compacted_min',
  compactedMax: 'compacted_max',
  /** Counts the changes of packed histories. */
  revision: 'revision',
  /** One field for each imported store. */
  importedPrefix: 'imported:',
  /** One field for each store: the last day of its packed tickets that counts. */
  ticketsPrefix: 'tickets:',
} as const;

/** What a field of a bucket's hash begins with, by kind; sales have none. */
const FIELD_PREFIX: Readonly<Record<BucketKind, string>> = {
  sales_daily: '',
  sales_weekly: '',
  sales_monthly: '',
  sales_intraday: 'slot:',
  onpromotion_daily: 'promo:',
  transactions_daily: 'tickets:',
};

/** How a field of a bucket is called in the bucket's hash; `LUA_NAMES` says the same of sales. */
export function nameOfField(kind: BucketKind, field: string): string {
  const prefix = FIELD_PREFIX[kind];
  return prefix === '' && !/^[0-9]/.test(field) ? `:${field}` : prefix + field;
}

/** The inverse of `nameOfField`; null for the name of anything but a field of this kind. */
export function fieldOfName(kind: BucketKind, name: string): string | null {
  const prefix = FIELD_PREFIX[kind];
  if (prefix !== '') return name.startsWith(prefix) ? name.slice(prefix.length) : null;
  if (name.startsWith(':')) return name.slice(1);
  return /^[0-9]/.test(name) ? name : null;
}

/** A pattern of Lua that the names of all fields of a kind match, and those of no other kind's in the same hash. */
export function patternOfNames(kind: BucketKind): string {
  return FIELD_PREFIX[kind] === '' ? '^[%d:]' : `^${FIELD_PREFIX[kind]}`;
}

/** Fields of a bucket's hash that are no values of it. */
export const BUCKET = {
  /** The watermark that the whole hash reflects. */
  watermark: 'watermark',
  /** `has:<kind>` is there once the hash holds a bucket of that kind. */
  hasPrefix: 'has:',
  /** `open:<store>` is there once any series of the store has a row on that day. */
  openPrefix: 'open:',
} as const;

const FAMILY: Readonly<Record<BucketKind, string>> = {
  sales_daily: 'daily:',
  sales_weekly: 'weekly:',
  sales_monthly: 'monthly:',
  sales_intraday: 'daily:',
  onpromotion_daily: 'daily:',
  transactions_daily: 'daily:',
};

/**
 * The namespace of a partition. The first has the keys of an undivided store, so that the two cannot be mixed up; the
 * braces make a Redis cluster keep all keys of any other on one node.
 */
export function partitionNamespace(index: number): string {
  return index === 0 ? '' : `{partition:${index}}:`;
}

/** @param namespace put in front of every key, so that several stores can share one database. */
export function createKeys(namespace = ''): StoreKeys {
  return {
    stream: `${namespace}stream:transactions`,
    state: `${namespace}stream:state`,
    deadLetters: `${namespace}stream:dead-letter`,
    transactionNames: `${namespace}ingest:transactions`,
    deliveryPrefix: `${namespace}ingest:delivery:`,
    history: `${namespace}feature:history`,
    compacted: `${namespace}feature:compacted`,
    buckets: `${namespace}feature:buckets`,
    bucketPrefix: (kind) => `${namespace}feature:${FAMILY[kind]}`,
    openingPrefix: (kind) => `${namespace}feature:opening:${FAMILY[kind]}`,
  };
}
