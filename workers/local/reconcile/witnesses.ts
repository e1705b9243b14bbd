import type { ObjectReader } from '../../../shared/artifacts/publication.ts';
import type { BusinessClock } from '../../../shared/calendar/business-clock.ts';
import { DAY_MS, type DayNumber, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { BucketAudit, FieldValues, HeldRecord } from '../../../shared/sales-store/bucket-audit.ts';
import { storeOfField } from '../../../shared/sales-store/check-commit.ts';
import { RETENTION } from '../../../shared/sales-store/retention.ts';
import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';
import { storeOfPart, storePart } from '../../../shared/schemas/series.ts';
import { LiveArchiveError, readArchivedDay } from '../../trainer/data/live/live-archive.ts';
import type { LiveDay } from '../../trainer/data/live/live-sales.ts';
import { differencesOf } from './judge-record.ts';
import { isKept } from './kept-periods.ts';
import { type DailyKind, isPacked, type PackedHistories } from './packed-histories.ts';
import type { RecountedBuckets } from './recounted-buckets.ts';
import type { Symptom, ValueDifference, Witness } from './report.ts';

/** What another place in the system says of a bucket whose entries have left the stream. */
export type Testimony =
  | { readonly by: Witness }
  | { readonly symptom: Symptom; readonly values: readonly ValueDifference[] }
  | { readonly why: string };

export const NO_ARCHIVE = 'the buckets of its days are no longer kept, and no archive has all of them';
const NOT_PACKED = 'its entries have left the stream, and the aggregator has not packed it yet';
const OTHER_ARCHIVE = 'the archive of its days differs; rows that came more than 14 days late are not in it';
const LATE_ROWS_GONE = 'entries have left the stream that may hold late rows, which its slots do not count';

export interface WitnessOptions {
  readonly audit: BucketAudit;
  readonly buckets: RecountedBuckets;
  readonly histories: PackedHistories;
  /** Where training runs keep closed days; null where it is unknown. */
  readonly archive: ObjectReader | null;
  readonly clock: BusinessClock;
  readonly owns: (storeNbr: string) => boolean;
}

interface DaySales {
  readonly fields: FieldValues;
  readonly by: Witness;
}

/** Asks whatever is kept apart from a bucket whether it is right. */
export class Witnesses {
  readonly #options: WitnessOptions;
  readonly #archived = new Map<string, LiveDay | null>();
  /** Days whose bucket equals the packed histories, so that it need not be read again. */
  readonly #agreed = new Set<DayNumber>();

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  async ask(held: HeldRecord, kind: BucketKind): Promise<Testimony> {
    if (isPacked(kind)) return this.#askHistories(held, kind);
    return kind === 'sales_intraday' ? this.#askDay(held) : this.#askDays(held, kind);
  }

  /** Reads again what may have changed since: a late row changes several places, one after the other. */
  async refresh(held: HeldRecord, testimonies: readonly Testimony[]): Promise<void> {
    const { histories, buckets } = this.#options;
    const fields = testimonies.flatMap((testimony) => ('values' in testimony ? testimony.values : []));
    await histories.readAgain(new Set(fields.map(({ field }) => storeOfField(field))));
    for (const kind of held.kinds) {
      for (const day of buckets.liveDays(kind, held.period)) this.#agreed.delete(day);
    }
  }

  /** A packed day whose buckets are gone. */
  async askArchive(day: DayNumber): Promise<Extract<Testimony, { by: Witness } | { why: string }>> {
    const { histories } = this.#options;
    const archived = await this.#archivedDay(toIsoDate(day));
    if (!archived) return { why: NO_ARCHIVE };
    const isSame = (['sales_daily', 'onpromotion_daily', 'transactions_daily'] as const).every((kind) => {
      const { differences } = histories.compare(kind, archived.date, archivedValues(archived, kind));
      return differences.every(({ held, expected }) => (held ?? 0) === (expected ?? 0));
    });
    return isSame ? { by: 'archive' } : { why: OTHER_ARCHIVE };
  }

  async #askHistories(held: HeldRecord, kind: DailyKind): Promise<Testimony> {
    const values = held.values.get(kind) ?? new Map<string, number>();
    const { differences, notPacked } = this.#options.histories.compare(kind, held.period, values);
    if (differences.length > 0) return { symptom: 'history', values: differences };
    if (notPacked === 0) {
      if (kind === 'sales_daily') this.#agreed.add(toDayNumber(held.period));
      return { by: 'histories' };
    }
    const archived = await this.#archivedDay(held.period);
    if (!archived) return { why: NOT_PACKED };
    const other = new Map([[kind, archivedValues(archived, kind)]]);
    return differencesOf([kind], held.values, other).length === 0 ? { by: 'archive' } : { why: NOT_PACKED };
  }

  /**
   * The slots of a day add up to its sales, without the rows that came so late that no slot counts them: these are in
   * the stream, where the sums of the day and of its slots differ by them.
   */
  async #askDay(held: HeldRecord): Promise<Testimony> {
    const { audit, clock, buckets } = this.#options;
    const { recount } = buckets;
    const day = toDayNumber(held.period);
    if (!recount.hasAllSince(clock.startOf(day) + (RETENTION.intradayDays - 1) * DAY_MS)) {
      return { why: LATE_ROWS_GONE };
    }
    const record = audit.recordOf('sales_daily', held.period);
    const sales = (await audit.readRecord(record)).values.get('sales_daily') ?? new Map<string, number>();
    const counted = (kind: BucketKind) => sum(recount.totalOf(kind, held.period).fields);
    const late = counted('sales_daily') - counted('sales_intraday');
    const inSlots = sum(held.values.get('sales_intraday') ?? new Map());
    const expected = sum(sales) - late;
    if (inSlots === expected) return { by: 'days' };
    return {
      symptom: 'slots',
      values: [{ kind: 'sales_intraday', field: 'sum of all slots', held: inSlots, expected }],
    };
  }

  /** A week or month is the sum of its days: recounted ones, stored, packed or archived ones, in this order. */
  async #askDays(held: HeldRecord, kind: BucketKind): Promise<Testimony> {
    const { buckets } = this.#options;
    const { recount, liveFrom } = buckets;
    const completeFrom = recount.completeFrom ?? liveFrom;
    const expected = await buckets.opening(kind, held.period);
    let by: Witness = 'days';
    for (const day of buckets.liveDays(kind, held.period)) {
      const date = toIsoDate(day);
      const found: DaySales | null =
        day >= completeFrom
          ? { fields: recount.totalOf('sales_daily', date).fields, by: 'days' }
          : await this.#salesOf(day);
      if (!found) return { why: NO_ARCHIVE };
      if (found.by === 'archive' || by === 'days') by = found.by;
      for (const [field, value] of found.fields) {
        if (value !== 0) expected.set(field, (expected.get(field) ?? 0) + value);
      }
    }
    const values = differencesOf([kind], held.values, new Map([[kind, expected]]));
    if (values.length === 0) return { by };
    return by === 'archive' ? { why: OTHER_ARCHIVE } : { symptom: 'days', values };
  }

  async #salesOf(day: DayNumber): Promise<DaySales | null> {
    const { audit, buckets, histories } = this.#options;
    const packed = histories.salesOn(day);
    if (packed && this.#agreed.has(day)) return { fields: packed, by: 'days' };
    const date = toIsoDate(day);
    const daily = await audit.readRecord(audit.recordOf('sales_daily', date));
    if (daily.exists) return { fields: daily.values.get('sales_daily') ?? new Map(), by: 'days' };
    if (packed) return { fields: packed, by: 'histories' };
    if (isKept('sales_daily', date, buckets.today ?? day)) return { fields: new Map(), by: 'days' };
    const archived = await this.#archivedDay(date);
    return archived && { fields: archived.sales, by: 'archive' };
  }

  /** Without the stores of other partitions; null where there is none that can be read. */
  async #archivedDay(date: string): Promise<LiveDay | null> {
    const known = this.#archived.get(date);
    if (known !== undefined) return known;
    const { archive, buckets, owns } = this.#options;
    const day =
      archive &&
      (await readArchivedDay(archive, toIsoDate(buckets.liveFrom), date).catch((error: unknown) => {
        if (error instanceof LiveArchiveError) return null;
        throw error;
      }));
    const own = (values: FieldValues) =>
      new Map([...values].filter(([field]) => owns(storeOfPart(storeOfField(field)))));
    const found = day && {
      date,
      sales: own(day.sales),
      onpromotion: own(day.onpromotion),
      tickets: new Map([...day.tickets].filter(([storeNbr]) => owns(storeNbr))),
    };
    this.#archived.set(date, found);
    return found;
  }
}

function archivedValues({ sales, onpromotion, tickets }: LiveDay, kind: DailyKind): FieldValues {
  if (kind === 'sales_daily') return sales;
  if (kind === 'onpromotion_daily') return onpromotion;
  return new Map([...tickets].map(([storeNbr, count]) => [storePart(storeNbr), count]));
}

function sum(fields: FieldValues): number {
  let total = 0;
  for (const value of fields.values()) total += value;
  return total;
}
