import type { DatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import type { BusinessClock } from '../../../shared/calendar/business-clock.ts';
import { DAY_MS, type DayNumber, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type {
  BucketAudit,
  BucketRecord,
  FieldValues,
  HeldRecord,
} from '../../../shared/sales-store/bucket-audit.ts';
import { keepsLargest } from '../../../shared/sales-store/check-commit.ts';
import { compareEntryIds, type EntryId, parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import { RETENTION } from '../../../shared/sales-store/retention.ts';
import type { BucketKind, DeadLetter, SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { differencesOf, judgePartial, judgeWhole, type Verdict } from './judge-record.ts';
import {
  type PartitionReport,
  ReconcileError,
  type RecordDifference,
  type UnprovenRecord,
} from './report.ts';
import { daysOfPeriod, StreamRecount } from './stream-recount.ts';

const MAX_DEAD_LETTERS = 1_000_000;
/** How often a record is read again that changed between its reading and its repair. */
const ATTEMPTS = 20;
const ORDER: readonly BucketKind[] = ['sales_daily', 'sales_weekly', 'sales_monthly'];

export interface ReconcileRequest {
  readonly partition: number;
  readonly store: Pick<SalesStore, 'status' | 'readDeadLetters' | 'readOpening'>;
  readonly audit: BucketAudit;
  readonly dataset: DatasetFacts;
  readonly clock: BusinessClock;
  /** The stores whose sales are kept in this partition. */
  readonly owns: (storeNbr: string) => boolean;
  /** False: nothing is written. */
  readonly repair: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Compares every bucket with the sum of the stream, and replaces those that differ on request. May run while
 * producers and aggregators do: sums are made for the store's watermark at the time of reading a record, and a repair
 * is refused when that has moved.
 *
 * @throws {ReconcileError} for a store that is empty or still importing its history.
 */
export async function reconcilePartition(request: ReconcileRequest): Promise<PartitionReport> {
  const { store, repair, onProgress } = request;
  const status = await store.status();
  if (status.liveFrom === null) throw new ReconcileError('the store is empty: nothing has been counted yet');
  if (status.compactedThrough === null) {
    throw new ReconcileError('the history is still being imported; run this again when that is done');
  }
  const work = new Reconciliation(request, status.liveFrom, await store.readDeadLetters(MAX_DEAD_LETTERS));
  await work.advanceTo(status.watermark);
  const records = await work.listRecords();
  const differences: RecordDifference[] = [];
  const unproven: UnprovenRecord[] = [];
  for (const [index, record] of records.entries()) {
    const result = await work.reconcile(record, repair);
    if (result && 'outcome' in result) differences.push(result);
    else if (result) unproven.push(result);
    onProgress?.(index + 1, records.length);
  }
  const { recount } = work;
  return {
    partition: request.partition,
    watermark: work.watermark,
    entries: recount.entries,
    firstEntry: recount.firstEntry,
    completeFrom: recount.completeFrom === null ? null : toIsoDate(recount.completeFrom),
    records: records.length,
    differences,
    unproven,
    deadLetters: compareLetters(recount.deadLetters, await store.readDeadLetters(MAX_DEAD_LETTERS), recount),
  };
}

class Reconciliation {
  readonly recount: StreamRecount;
  readonly #request: ReconcileRequest;
  readonly #liveFrom: DayNumber;
  #watermark: EntryId | null = null;

  constructor(request: ReconcileRequest, liveFrom: string, deadLetters: readonly DeadLetter[]) {
    this.#request = request;
    this.#liveFrom = toDayNumber(liveFrom);
    const { audit, clock, owns } = request;
    // A store that is open keeps its first live day, whatever is published later.
    this.recount = new StreamRecount({
      audit,
      dataset: { ...request.dataset, liveFrom },
      clock,
      deadLetters,
      owns,
    });
  }

  get watermark(): EntryId | null {
    return this.#watermark;
  }

  async advanceTo(watermark: EntryId | null): Promise<void> {
    if (watermark === null) return;
    const { clock } = this.#request;
    const oldestKept = (clock.dayOf(parseEntryId(watermark).instant) - RETENTION.streamDays) * DAY_MS;
    await this.recount.advanceTo(watermark, clock.startOf(this.#liveFrom) >= oldestKept);
    this.#watermark = watermark;
  }

  /** The periods of the store and of the stream; days first, because weeks and months are checked by them. */
  async listRecords(): Promise<BucketRecord[]> {
    const { audit } = this.#request;
    const records = new Map<string, BucketRecord>();
    const touched = this.recount.buckets().map(({ kind, period }) => audit.recordOf(kind, period));
    for (const record of [...(await audit.listRecords()), ...touched]) {
      records.set(`${record.kinds.join()} ${record.period}`, record);
    }
    const rank = ({ kinds: [kind] }: BucketRecord) => Math.max(0, ORDER.indexOf(kind));
    return [...records.values()].sort((a, b) => rank(a) - rank(b) || (a.period < b.period ? -1 : 1));
  }

  /** @returns the difference of a record, or why it cannot be proven; null for one that is proven right. */
  async reconcile(record: BucketRecord, repair: boolean): Promise<RecordDifference | UnprovenRecord | null> {
    const { audit } = this.#request;
    const { kinds, period } = record;
    for (let attempt = 1; ; attempt++) {
      const held = await audit.readRecord(record);
      await this.advanceTo(held.countedTo);
      const whole = this.#isWhole(record);
      const last = this.#lastEntryOf(record);
      let verdict = whole ? await this.#judgeWhole(held, last) : await this.#judgePartial(held, last);
      let equalsItsDays = false;
      if (!whole && verdict.symptoms.length === 0) {
        const byDays = await this.#compareWithDays(held);
        if (byDays === null || byDays.length === 0) {
          equalsItsDays = byDays !== null;
        } else if (attempt <= 2) {
          continue; // A late row may have been counted between the reads.
        } else {
          verdict = { symptoms: ['days'], values: byDays, right: null };
        }
      }
      if (verdict.symptoms.length === 0) return whole ? null : { kinds, period, equalsItsDays };
      const difference = (outcome: RecordDifference['outcome']): RecordDifference => ({
        kinds,
        period,
        symptoms: verdict.symptoms,
        watermark: held.watermark,
        values: verdict.values,
        strays: held.strays,
        missingMarks: held.missingMarks,
        outcome,
      });
      if (verdict.right === null) return difference('not-recomputable');
      if (!repair) return difference('repairable');
      const watermark = last === null && held.watermark === null ? null : held.countedTo;
      const outcome = await audit.repairRecord({ held, values: verdict.right, watermark });
      if (outcome === 'repaired') return difference('repaired');
      if (outcome === 'expired') return null;
      if (attempt >= ATTEMPTS) return difference('kept-changing');
    }
  }

  /**
   * Whether every entry that the record counts is in the stream. Days before the first live one hold opening balances
   * alone, which no entry can change.
   */
  #isWhole({ kinds: [kind], period }: BucketRecord): boolean {
    const from = this.recount.completeFrom;
    if (from === null) return true;
    if (kind === 'sales_weekly' || kind === 'sales_monthly') {
      const [first] = this.#liveDays(kind, period);
      return first !== undefined && first >= from;
    }
    const day = toDayNumber(period);
    return day >= from || day < this.#liveFrom;
  }

  #liveDays(kind: BucketKind, period: string): readonly DayNumber[] {
    if (this.#watermark === null) return [];
    // A row may be dated a day ahead of its entry.
    const through = this.#request.clock.dayOf(parseEntryId(this.#watermark).instant + DAY_MS);
    return daysOfPeriod(kind, period, this.#liveFrom, through);
  }

  #lastEntryOf({ kinds, period }: BucketRecord): EntryId | null {
    return kinds
      .map((kind) => this.recount.totalOf(kind, period).last)
      .reduce((latest, id) => (compareEntryIds(id, latest) > 0 ? id : latest), null);
  }

  async #judgeWhole(held: HeldRecord, last: EntryId | null): Promise<Verdict> {
    const expected = new Map<BucketKind, FieldValues>();
    for (const kind of held.kinds) {
      const fields = await this.#opening(kind, held.period);
      for (const [field, value] of this.recount.totalOf(kind, held.period).fields) {
        const before = fields.get(field);
        if (before === undefined) fields.set(field, value);
        else fields.set(field, keepsLargest(kind) ? Math.max(before, value) : before + value);
      }
      expected.set(kind, fields);
    }
    return judgeWhole(held, expected, last);
  }

  async #judgePartial(held: HeldRecord, last: EntryId | null): Promise<Verdict> {
    const [counted, own] = [held.countedTo, held.watermark];
    if (counted === null || own === null) return judgePartial(held, last, null);
    const isAhead = compareEntryIds(own, counted) > 0;
    const [after, through] = isAhead ? [counted, own] : [own, counted];
    if (compareEntryIds(own, last) >= 0 && !isAhead) return judgePartial(held, last, null);
    if (!this.recount.hasAllAfter(after)) return judgePartial(held, last, null);
    const moved = new Map<BucketKind, FieldValues>();
    for (const kind of held.kinds) {
      const sums = await this.recount.between(after, through, kind, held.period);
      if (sums === null) return judgePartial(held, last, null);
      moved.set(kind, sums);
    }
    return judgePartial(held, last, moved);
  }

  /**
   * Compares a week or month of which some entries have left the stream with the sum of its days: days that are in
   * the stream are recounted, the others are taken as stored.
   *
   * @returns null for a day, and where a day is no longer kept.
   */
  async #compareWithDays(held: HeldRecord) {
    const [kind] = held.kinds;
    if (kind !== 'sales_weekly' && kind !== 'sales_monthly') return null;
    const { audit } = this.#request;
    const completeFrom = this.recount.completeFrom ?? this.#liveFrom;
    const expected = await this.#opening(kind, held.period);
    for (const day of this.#liveDays(kind, held.period)) {
      const date = toIsoDate(day);
      let fields: FieldValues = this.recount.totalOf('sales_daily', date).fields;
      if (day < completeFrom) {
        const daily = await audit.readRecord(audit.recordOf('sales_daily', date));
        if (!daily.exists) return null;
        fields = daily.values.get('sales_daily') ?? new Map();
      }
      for (const [field, value] of fields) {
        if (value !== 0) expected.set(field, (expected.get(field) ?? 0) + value);
      }
    }
    return differencesOf([kind], held.values, new Map([[kind, expected]]));
  }

  /** The content of a bucket before the first live entry: only those up to the first live period have any. */
  async #opening(kind: BucketKind, period: string): Promise<Map<string, number>> {
    const [first] = daysOfPeriod(kind, period, this.#liveFrom, this.#liveFrom);
    const isBefore = kind === 'sales_intraday' && period < toIsoDate(this.#liveFrom);
    if (first === undefined && !isBefore) return new Map();
    return new Map(Object.entries(await this.#request.store.readOpening(kind, period)));
  }
}

function compareLetters(
  expected: readonly DeadLetter[],
  held: readonly DeadLetter[],
  { firstEntry }: StreamRecount,
): PartitionReport['deadLetters'] {
  const nameOf = ({ entryId, row, reason }: DeadLetter) => `${entryId} row ${row}: ${reason}`;
  const heldNames = new Set(held.map(({ entryId, row }) => `${entryId} ${row}`));
  const expectedNames = new Set(expected.map(({ entryId, row }) => `${entryId} ${row}`));
  const inStream = held.filter(({ entryId }) => compareEntryIds(entryId, firstEntry) >= 0);
  const last = expected.at(-1)?.entryId ?? null;
  return {
    expected: expected.length,
    missing: expected.filter(({ entryId, row }) => !heldNames.has(`${entryId} ${row}`)).map(nameOf),
    unexpected: inStream
      .filter(
        ({ entryId, row }) => !expectedNames.has(`${entryId} ${row}`) && compareEntryIds(entryId, last) <= 0,
      )
      .map(nameOf),
  };
}
