/**
 * What a retailer delivers in one request, and what the store answers: shared by every adapter.
 *
 * @module
 */
import type { EpochMs } from '../calendar/business-clock.ts';
import { storePart } from '../schemas/series.ts';
import { type EntryId, entryIdAt, parseEntryId } from './entry-id.ts';

/** One transaction as it will stand in the stream. */
export interface DeliveredRow {
  readonly storeNbr: string;
  /** Names the transaction within its store, together with `line`; well-formed text. */
  readonly id: string;
  /** Tells lines apart that share the id of their receipt; null where the id alone names the transaction. */
  readonly line: number | null;
  /** A hash of what the transaction says, of at most 8 digits: the same name with another hash is a conflict. */
  readonly contentHash: number;
  /** The transaction as JSON; opaque to the store. */
  readonly json: string;
}

export interface Delivery {
  /**
   * Names the delivery: a second one of the same name is answered as the first was, and takes in nothing. Null for one
   * without a name, which only its transactions' ids protect against being counted twice. Well-formed text.
   */
  readonly key: string | null;
  /** Of all that was delivered, in hexadecimal; another one under the same key is refused. */
  readonly digest: string;
  /** Kept with the answer and given back with it; opaque to the store, well-formed text. */
  readonly note: string;
  /** May be empty: the key is remembered all the same. */
  readonly rows: readonly DeliveredRow[];
  /** No entry of the delivery lies before it. */
  readonly notBefore: EpochMs;
  /**
   * Keys and ids of transactions are forgotten once the stream's time has moved on by this much; ids may be remembered
   * for up to `LONGER_MS` more. A key may be forgotten as soon as that much real time has passed.
   */
  readonly rememberMs: number;
  /** Rows of one stream entry at most. */
  readonly rowsPerEntry: number;
}

/** What became of a delivery that was taken in. */
export interface TakenDelivery {
  /** The instant at which its entries lie. */
  readonly instant: EpochMs;
  /** Its entries, oldest first; none when none of its rows is new. */
  readonly entries: readonly EntryId[];
  /** Places in `rows` of those that were taken in before, or stand in the same delivery twice. */
  readonly duplicates: readonly number[];
  /**
   * Places in `rows` of those whose name was taken in before, or stands in the same delivery before, with another content
   * hash: not taken in. A name that is remembered without a hash, as was done until November 2026, is a duplicate
   * whatever it says; of several rows with that name in one delivery, those that differ from the first are conflicts.
   */
  readonly conflicts: readonly number[];
  readonly note: string;
}

/**
 * - `taken`: it was taken in now.
 * - `repeated`: it was taken in before, and this is the answer of that time.
 * - `key-conflict`: something else was taken in under this key; nothing was changed.
 */
export type DeliveryResult =
  | ({ readonly outcome: 'taken' | 'repeated' } & TakenDelivery)
  | { readonly outcome: 'key-conflict' };

/** A stream entry's payload is `open`, rows joined by commas, `close`. */
export const BATCH_FRAME = { open: '{"transactions":[', close: ']}' } as const;

/** How much longer than `rememberMs` an id may be remembered. */
export const LONGER_MS = 200_000;

/**
 * Names a transaction among those of all stores; the same id in two stores means two transactions. A name with a line
 * begins with a colon, which no `storePart` does.
 */
export function transactionName({
  storeNbr,
  id,
  line,
}: Pick<DeliveredRow, 'storeNbr' | 'id' | 'line'>): string {
  const name = `${storePart(storeNbr)}:${id}`;
  return line === null ? name : `:${line}:${name}`;
}

/**
 * What is remembered of a delivery, as text: instant, digest, sequence of the first and the last entry (or nothing),
 * places of the duplicates, then `;` and those of the conflicts where there are any, and the note, one line each; the
 * note may have several.
 */
export function writeRecord(digest: string, taken: TakenDelivery): string {
  const { instant, entries, duplicates, conflicts, note } = taken;
  const ends = [entries.at(0), entries.at(-1)].map((id) => (id ? parseEntryId(id).sequence : ''));
  const places = duplicates.join() + (conflicts.length > 0 ? `;${conflicts.join()}` : '');
  return [instant, digest, ...ends, places, note].join('\n');
}

/** @throws {SyntaxError} when `record` was not made by `writeRecord` or by the script that does the same. */
export function readRecord(record: string): { readonly digest: string; readonly taken: TakenDelivery } {
  const match = /^(\d+)\n([0-9a-f]*)\n(?:(\d+)\n(\d+)|\n)\n([\d,]*)(?:;([\d,]*))?\n([\s\S]*)$/.exec(record);
  if (!match) throw new SyntaxError('what is remembered of a delivery is damaged');
  const [, instant, digest = '', first, last, duplicates = '', conflicts = '', note = ''] = match;
  const count = first === undefined ? 0 : Number(last) - Number(first) + 1;
  const entries = Array.from({ length: count }, (_, i) => entryIdAt(Number(instant), Number(first) + i));
  const taken = { entries, duplicates: readPlaces(duplicates), conflicts: readPlaces(conflicts), note };
  return { digest, taken: { instant: Number(instant), ...taken } };
}

function readPlaces(text: string): readonly number[] {
  return text === '' ? [] : text.split(',').map(Number);
}
