import type { DatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import { DAY_MS, type DayNumber } from '../../../shared/calendar/day-number.ts';
import type { BucketAudit, FieldValues, NumberedEntry } from '../../../shared/sales-store/bucket-audit.ts';
import { keepsLargest } from '../../../shared/sales-store/check-commit.ts';
import { compareEntryIds, type EntryId, parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import type { BucketDelta, BucketKind, DeadLetter } from '../../../shared/sales-store/sales-store.ts';
import { type Aggregation, aggregate } from '../../aggregator/aggregate.ts';

/** An entry may have hundreds of rows; nothing else of this process runs while a page is counted. */
const PAGE = 50;

/** The sum of a stream's entries up to a watermark in one bucket. */
interface BucketTotal {
  readonly fields: Map<string, number>;
  /** The last of the entries that touch it. */
  last: EntryId;
}

export interface RecountOptions {
  readonly audit: BucketAudit;
  readonly dataset: DatasetFacts;
  readonly clock: BusinessClock;
  /** Rows that were refused when they were counted: they stay refused, whatever a newer catalog says. */
  readonly deadLetters: readonly DeadLetter[];
  /** The stores whose rows may be counted here. */
  readonly owns: (storeNbr: string) => boolean;
}

/** Sums the stream again, from its first entry on. */
export class StreamRecount {
  readonly #options: RecountOptions;
  readonly #refusedRows = new Map<EntryId, Set<number>>();
  readonly #totals = new Map<string, BucketTotal>();
  readonly #letters: DeadLetter[] = [];
  #ahead: NumberedEntry[] = [];
  #read: EntryId | null = null;
  #counted: NumberedEntry | null = null;
  #first: EntryId | null = null;
  /** The first entry after the last gap: earlier entries can no longer be counted. */
  #afterGap: EntryId | null = null;
  #entries = 0;

  constructor(options: RecountOptions) {
    this.#options = options;
    for (const { entryId, row } of options.deadLetters) {
      const rows = this.#refusedRows.get(entryId) ?? new Set<number>();
      this.#refusedRows.set(entryId, rows.add(row));
    }
  }

  get entries(): number {
    return this.#entries;
  }

  get firstEntry(): EntryId | null {
    return this.#first;
  }

  /** Rows that cannot be counted, of the entries counted so far. */
  get deadLetters(): readonly DeadLetter[] {
    return this.#letters;
  }

  /** Counts every entry up to and including `watermark`, which may only grow. */
  async advanceTo(watermark: EntryId | null): Promise<void> {
    if (watermark === null) return;
    for await (const entry of this.#entriesUpTo(watermark)) {
      const before = this.#counted;
      if (before === null) {
        this.#first = entry.id;
        if (entry.number !== 1) this.#afterGap = entry.id;
      } else if (entry.number !== before.number + 1) {
        this.#afterGap = entry.id;
      }
      this.#counted = entry;
      this.#entries++;
      const { deltas, deadLetters } = this.#aggregate(entry);
      for (const letter of deadLetters) this.#letters.push(letter);
      for (const delta of deltas) this.#add(delta, entry.id);
    }
    // The watermark is the id of an entry: if it has left the stream, so have earlier ones.
    if (compareEntryIds(this.#counted?.id ?? null, watermark) < 0) this.#afterGap = watermark;
  }

  /** The first day whose every entry is present; null when no entry was ever lost or dropped. */
  get completeFrom(): DayNumber | null {
    if (this.#afterGap === null) return null;
    // A row may be dated at most a day ahead of its entry.
    return this.#options.clock.dayOf(parseEntryId(this.#afterGap).instant + DAY_MS) + 1;
  }

  /** Whether every entry from an instant on is present. */
  hasAllSince(instant: EpochMs): boolean {
    return this.#afterGap === null || parseEntryId(this.#afterGap).instant <= instant;
  }

  /** Whether every entry above an id and up to the watermark is present. */
  hasAllAfter(id: EntryId | null): boolean {
    return this.#afterGap === null || compareEntryIds(id, this.#afterGap) >= 0;
  }

  totalOf(kind: BucketKind, period: string): { readonly fields: FieldValues; readonly last: EntryId | null } {
    return this.#totals.get(`${kind} ${period}`) ?? { fields: new Map(), last: null };
  }

  /** Every bucket that the entries counted so far touch. */
  buckets(): { kind: BucketKind; period: string }[] {
    return Array.from(this.#totals.keys(), (key) => {
      const [kind, period] = key.split(' ') as [BucketKind, string];
      return { kind, period };
    });
  }

  /**
   * The sum of the entries above one id and up to another in one bucket.
   *
   * @returns null when the last of them is not in the stream.
   */
  async between(
    after: EntryId,
    through: EntryId,
    kind: BucketKind,
    period: string,
  ): Promise<FieldValues | null> {
    const sums = new Map<string, number>();
    for (let last: EntryId | null = after; last !== null; ) {
      const page: readonly NumberedEntry[] = await this.#options.audit.readEntries(last, PAGE);
      last = page.at(-1)?.id ?? null;
      for (const entry of page) {
        if (compareEntryIds(entry.id, through) > 0) return null;
        for (const delta of this.#aggregate(entry).deltas) {
          if (delta.kind === kind && delta.period === period) addDelta(sums, delta);
        }
        if (entry.id === through) return sums;
      }
    }
    return null;
  }

  async *#entriesUpTo(watermark: EntryId): AsyncGenerator<NumberedEntry> {
    for (;;) {
      if (this.#ahead.length === 0) {
        this.#ahead = [...(await this.#options.audit.readEntries(this.#read, PAGE))];
        this.#read = this.#ahead.at(-1)?.id ?? this.#read;
      }
      const [next] = this.#ahead;
      if (!next || compareEntryIds(next.id, watermark) > 0) return;
      this.#ahead.shift();
      yield next;
    }
  }

  #add(delta: BucketDelta, id: EntryId): void {
    const key = `${delta.kind} ${delta.period}`;
    let total = this.#totals.get(key);
    if (!total) {
      total = { fields: new Map(), last: id };
      this.#totals.set(key, total);
    }
    total.last = id;
    addDelta(total.fields, delta);
  }

  /** The aggregation of an entry, without the rows that an aggregator has refused before. */
  #aggregate(entry: NumberedEntry): Aggregation {
    const { dataset, clock, owns } = this.#options;
    const count = (payload: string) => aggregate([{ id: entry.id, payload }], dataset, clock, owns);
    const counted = count(entry.payload);
    const refusedNow = new Set(counted.deadLetters.map(({ row }) => row));
    const refusedThen = [...(this.#refusedRows.get(entry.id) ?? [])].filter((row) => !refusedNow.has(row));
    if (refusedThen.length === 0 || refusedThen.every((row) => row < 0)) return counted;
    const batch = JSON.parse(entry.payload) as { transactions: unknown[] };
    for (const row of refusedThen) if (row in batch.transactions) batch.transactions[row] = null;
    return { ...count(JSON.stringify(batch)), deadLetters: counted.deadLetters };
  }
}

/** Adds a value to a bucket's field, or keeps the larger one where the kind asks for it. */
export function addDelta(
  sums: Map<string, number>,
  { kind, field, value }: Pick<BucketDelta, 'kind' | 'field' | 'value'>,
): void {
  const before = sums.get(field);
  if (before === undefined) sums.set(field, value);
  else sums.set(field, keepsLargest(kind) ? Math.max(before, value) : before + value);
}
