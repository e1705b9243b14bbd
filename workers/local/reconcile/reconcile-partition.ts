import type { DatasetObjects, ObjectReader } from '../../../shared/artifacts/publication.ts';
import type { DatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import type { BusinessClock } from '../../../shared/calendar/business-clock.ts';
import { type IsoDate, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import {
  type BucketAudit,
  type BucketRecord,
  type FieldValues,
  type HeldRecord,
  storesToRepack,
} from '../../../shared/sales-store/bucket-audit.ts';
import { compareEntryIds, type EntryId } from '../../../shared/sales-store/entry-id.ts';
import type { BucketKind, SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { HistoryCheck, SECOND_LOOKS } from './check-histories.ts';
import { compareLetters } from './compare-letters.ts';
import { judgePartial, judgeWhole, type Verdict } from './judge-record.ts';
import { firstDayOf, isKept, recordsToExpect } from './kept-periods.ts';
import { isPacked, PackedHistories } from './packed-histories.ts';
import { ProofLedger } from './proof-ledger.ts';
import { RecountedBuckets } from './recounted-buckets.ts';
import { type PartitionReport, ReconcileError, type RecordDifference } from './report.ts';
import { type Testimony, Witnesses } from './witnesses.ts';

const MAX_DEAD_LETTERS = 1_000_000;
/** How often a record is read again that changed between its reading and its repair. */
const ATTEMPTS = 20;
const ORDER: readonly BucketKind[] = ['sales_daily', 'sales_weekly', 'sales_monthly'];

export interface ReconcileRequest {
  readonly partition: number;
  readonly store: Pick<SalesStore, 'status' | 'readDeadLetters' | 'readOpening'>;
  readonly audit: BucketAudit;
  readonly dataset: DatasetFacts;
  /** What has been published; null where only the catalog is known. */
  readonly published: Published | null;
  readonly clock: BusinessClock;
  /** The stores whose sales are kept in this partition. */
  readonly owns: (storeNbr: string) => boolean;
  /** False: nothing is written. */
  readonly repair: boolean;
  /** Periods that begin before this day are left out; null: none. */
  readonly since: IsoDate | null;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Published {
  readonly dataset: DatasetObjects;
  /** Where training runs keep closed days. */
  readonly archive: ObjectReader;
}

/**
 * Compares every bucket with the sum of the stream, or with another witness where its entries have left the stream, and
 * replaces those that differ on request. May run while producers and aggregators do: sums are made for the store's
 * watermark at the time of reading a record, and a repair is refused when that has moved.
 *
 * @throws {ReconcileError} for a store that is empty or still importing its history.
 */
export async function reconcilePartition(request: ReconcileRequest): Promise<PartitionReport> {
  const { partition, store, audit, clock, owns, repair, onProgress } = request;
  const status = await store.status();
  if (status.liveFrom === null) throw new ReconcileError('the store is empty: nothing has been counted yet');
  // A partition without a store of its own has nothing to import.
  if (status.importedStores.length < (status.storeCount ?? 0)) {
    throw new ReconcileError('the history is still being imported; run this again when that is done');
  }
  const histories = await PackedHistories.read(audit);
  const dataset = { ...request.dataset, liveFrom: status.liveFrom };
  const deadLetters = await store.readDeadLetters(MAX_DEAD_LETTERS);
  const buckets = new RecountedBuckets({ store, audit, dataset, clock, owns, deadLetters });
  const { recount } = buckets;
  await buckets.advanceTo(status.watermark);
  const archive = request.published?.archive ?? null;
  const witnesses = new Witnesses({ audit, buckets, histories, archive, clock, owns });
  const ledger = new ProofLedger();
  const work = new Reconciliation({ audit, buckets, histories, witnesses, ledger });
  const check = new HistoryCheck({ audit, buckets, histories, witnesses, ledger, repair });

  const since = request.since === null ? Number.NEGATIVE_INFINITY : toDayNumber(request.since);
  const records = (await work.listRecords()).filter(
    ({ kinds: [kind], period }) => firstDayOf(kind, period) >= since,
  );
  const differences: RecordDifference[] = [];
  for (const [index, record] of records.entries()) {
    const difference = await work.reconcile(record, repair);
    if (difference) differences.push(difference);
    await check.checkRecounted(record);
    onProgress?.(index + 1, records.length);
  }
  const isImported = request.dataset.liveFrom === status.liveFrom;
  await check.checkOldDays(request.published?.dataset ?? null, isImported, since);
  return {
    partition,
    watermark: buckets.watermark,
    entries: recount.entries,
    firstEntry: recount.firstEntry,
    completeFrom: recount.completeFrom === null ? null : toIsoDate(recount.completeFrom),
    records: records.length,
    coverage: ledger.coverage(),
    differences,
    histories: check.differences(),
    deadLetters: compareLetters(recount.deadLetters, await store.readDeadLetters(MAX_DEAD_LETTERS), recount),
  };
}

interface ReconciliationOptions {
  readonly audit: BucketAudit;
  readonly buckets: RecountedBuckets;
  readonly histories: PackedHistories;
  readonly witnesses: Witnesses;
  readonly ledger: ProofLedger;
}

class Reconciliation {
  readonly #options: ReconciliationOptions;

  constructor(options: ReconciliationOptions) {
    this.#options = options;
  }

  /**
   * The periods of the store, those of the stream, and all that should be kept, so that a lost one is missed. Days
   * first, because weeks and months are checked by them.
   */
  async listRecords(): Promise<BucketRecord[]> {
    const { audit, buckets } = this.#options;
    const { recount, liveFrom, today } = buckets;
    const records = new Map<string, BucketRecord>();
    const touched = recount.buckets().map(({ kind, period }) => audit.recordOf(kind, period));
    const expected = today === null ? [] : recordsToExpect(audit, liveFrom, today);
    for (const record of [...(await audit.listRecords()), ...touched, ...expected]) {
      records.set(`${record.kinds.join()} ${record.period}`, record);
    }
    const rank = ({ kinds: [kind] }: BucketRecord) => Math.max(0, ORDER.indexOf(kind));
    return [...records.values()].sort((a, b) => rank(a) - rank(b) || (a.period < b.period ? -1 : 1));
  }

  /** @returns the difference of a record; null for one that nothing contradicts. */
  async reconcile(record: BucketRecord, repair: boolean): Promise<RecordDifference | null> {
    const { audit, buckets, histories, witnesses } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const held = await audit.readRecord(record);
      await buckets.advanceTo(held.countedTo);
      const whole = buckets.isWhole(record);
      const last = buckets.lastEntryOf(record);
      let verdict = whole
        ? judgeWhole(held, await buckets.expected(held), last)
        : await this.#judgePartial(held, last);
      const testimonies = new Map<BucketKind, Testimony>();
      if (!whole && verdict.symptoms.length === 0) {
        for (const kind of held.kinds) {
          if (this.#mayHold(held, kind)) testimonies.set(kind, await witnesses.ask(held, kind));
        }
        const contradictions = [...testimonies.values()].filter((testimony) => 'symptom' in testimony);
        if (contradictions.length > 0) {
          if (attempt <= SECOND_LOOKS) {
            await witnesses.refresh(held, contradictions);
            continue;
          }
          const symptoms = new Set(contradictions.map(({ symptom }) => symptom));
          if (!held.exists) symptoms.add('missing');
          const values = contradictions.flatMap((contradiction) => contradiction.values);
          verdict = { symptoms: [...symptoms], values, right: null };
        }
      }
      this.#enter(held, whole, verdict, testimonies);
      if (verdict.symptoms.length === 0) return null;
      const difference = (outcome: RecordDifference['outcome']): RecordDifference => ({
        kinds: record.kinds,
        period: record.period,
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
      const right = { held, values: verdict.right, watermark };
      const outcome = await audit.repairRecord(right);
      if (outcome === 'repaired') {
        await histories.readAgain(new Set(storesToRepack(right)));
        // What was moved by the entries in between has not been compared with any witness yet.
        const left = whole ? null : await this.reconcile(record, false);
        return left ?? difference('repaired');
      }
      if (outcome === 'expired') return null;
      if (attempt >= ATTEMPTS) return difference('kept-changing');
    }
  }

  /** Writes down what has become of each kind of bucket in a record. */
  #enter(
    held: HeldRecord,
    whole: boolean,
    { symptoms, values }: Verdict,
    testimonies: ReadonlyMap<BucketKind, Testimony>,
  ): void {
    const { buckets, ledger } = this.#options;
    const { kinds, period } = held;
    const [first] = kinds;
    const isBefore =
      first !== 'sales_weekly' && first !== 'sales_monthly' && toDayNumber(period) < buckets.liveFrom;
    const wrong = new Set(values.map(({ kind }) => kind));
    for (const kind of kinds) {
      const isWrong = symptoms.length > 0 && (wrong.size === 0 || wrong.has(kind));
      const testimony = testimonies.get(kind);
      if (isWrong) ledger.add(kind, period, 'different');
      else if (!this.#mayHold(held, kind) || (isBefore && !held.values.get(kind)?.size)) continue;
      else if (whole) ledger.add(kind, period, { by: isBefore ? 'opening' : 'stream' });
      else if (testimony && !('symptom' in testimony)) ledger.add(kind, period, testimony);
      if (!testimony || !isPacked(kind)) continue;
      if ('symptom' in testimony) ledger.add('packed histories', period, 'different');
      else if ('by' in testimony && testimony.by === 'histories') {
        ledger.add('packed histories', period, { by: 'days' });
      }
    }
  }

  /** A record of a day may be kept for longer than some of its buckets. */
  #mayHold({ values, period }: HeldRecord, kind: BucketKind): boolean {
    const { today } = this.#options.buckets;
    return Boolean(values.get(kind)?.size) || today === null || isKept(kind, period, today);
  }

  async #judgePartial(held: HeldRecord, last: EntryId | null): Promise<Verdict> {
    const { recount } = this.#options.buckets;
    const [counted, own] = [held.countedTo, held.watermark];
    if (counted === null || own === null) return judgePartial(held, last, null);
    const isAhead = compareEntryIds(own, counted) > 0;
    const [after, through] = isAhead ? [counted, own] : [own, counted];
    if (compareEntryIds(own, last) >= 0 && !isAhead) return judgePartial(held, last, null);
    if (!recount.hasAllAfter(after)) return judgePartial(held, last, null);
    const moved = new Map<BucketKind, FieldValues>();
    for (const kind of held.kinds) {
      const sums = await recount.between(after, through, kind, held.period);
      if (sums === null) return judgePartial(held, last, null);
      moved.set(kind, sums);
    }
    return judgePartial(held, last, moved);
  }
}
