import type { DatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import type { BusinessClock } from '../../../shared/calendar/business-clock.ts';
import { DAY_MS, type DayNumber, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { BucketAudit, BucketRecord, FieldValues } from '../../../shared/sales-store/bucket-audit.ts';
import { compareEntryIds, type EntryId, parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import type { BucketKind, DeadLetter, SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { daysOfPeriod } from './kept-periods.ts';
import { addDelta, StreamRecount } from './stream-recount.ts';

export interface RecountRequest {
  readonly store: Pick<SalesStore, 'readOpening'>;
  readonly audit: BucketAudit;
  readonly dataset: DatasetFacts;
  readonly clock: BusinessClock;
  readonly owns: (storeNbr: string) => boolean;
  readonly deadLetters: readonly DeadLetter[];
}

/** What buckets have to hold: opening balances and the sum of the stream up to a watermark. */
export class RecountedBuckets {
  readonly recount: StreamRecount;
  readonly liveFrom: DayNumber;
  readonly #request: RecountRequest;
  #watermark: EntryId | null = null;

  /** @param request `dataset` with the first live day of the store, which keeps it whatever is published later. */
  constructor(request: RecountRequest) {
    this.#request = request;
    this.recount = new StreamRecount(request);
    this.liveFrom = toDayNumber(request.dataset.liveFrom);
  }

  get watermark(): EntryId | null {
    return this.#watermark;
  }

  /** The business day of the watermark; null while nothing is counted. */
  get today(): DayNumber | null {
    return this.#watermark === null ? null : this.#request.clock.dayOf(parseEntryId(this.#watermark).instant);
  }

  async advanceTo(watermark: EntryId | null): Promise<void> {
    if (watermark === null) return;
    await this.recount.advanceTo(watermark);
    this.#watermark = watermark;
  }

  /**
   * Whether every entry that a record counts is in the stream. Days before the first live one hold opening balances
   * alone, which no entry can change.
   */
  isWhole({ kinds: [kind], period }: BucketRecord): boolean {
    const from = this.recount.completeFrom;
    if (from === null) return true;
    if (kind === 'sales_weekly' || kind === 'sales_monthly') {
      const [first] = this.liveDays(kind, period);
      return first !== undefined && first >= from;
    }
    const day = toDayNumber(period);
    return day >= from || day < this.liveFrom;
  }

  /** The live days that a bucket counts. */
  liveDays(kind: BucketKind, period: string): readonly DayNumber[] {
    if (this.#watermark === null) return [];
    // A row may be dated a day ahead of its entry.
    const through = this.#request.clock.dayOf(parseEntryId(this.#watermark).instant + DAY_MS);
    return daysOfPeriod(kind, period, this.liveFrom, through);
  }

  lastEntryOf({ kinds, period }: BucketRecord): EntryId | null {
    return kinds
      .map((kind) => this.recount.totalOf(kind, period).last)
      .reduce((latest, id) => (compareEntryIds(id, latest) > 0 ? id : latest), null);
  }

  /** What a record holds all of whose entries are in the stream. */
  async expected({ kinds, period }: BucketRecord): Promise<ReadonlyMap<BucketKind, FieldValues>> {
    const expected = new Map<BucketKind, FieldValues>();
    for (const kind of kinds) {
      const fields = await this.opening(kind, period);
      for (const [field, value] of this.recount.totalOf(kind, period).fields) {
        addDelta(fields, { kind, field, value });
      }
      expected.set(kind, fields);
    }
    return expected;
  }

  /** The content of a bucket before the first live entry: only those up to the first live period have any. */
  async opening(kind: BucketKind, period: string): Promise<Map<string, number>> {
    const [first] = daysOfPeriod(kind, period, this.liveFrom, this.liveFrom);
    const isBefore = kind === 'sales_intraday' && period < toIsoDate(this.liveFrom);
    if (first === undefined && !isBefore) return new Map();
    return new Map(Object.entries(await this.#request.store.readOpening(kind, period)));
  }
}
