import type { DatasetObjects } from '../../../shared/artifacts/publication.ts';
import { type DayNumber, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { BucketAudit, BucketRecord } from '../../../shared/sales-store/bucket-audit.ts';
import { storeOfField } from '../../../shared/sales-store/check-commit.ts';
import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';
import { comparePublished } from './compare-published.ts';
import { isKept } from './kept-periods.ts';
import { isPacked, type PackedHistories } from './packed-histories.ts';
import type { ProofLedger } from './proof-ledger.ts';
import type { RecountedBuckets } from './recounted-buckets.ts';
import type { HistoryDifference } from './report.ts';
import type { Witnesses } from './witnesses.ts';

/** How often a contradiction is looked at again: a late row changes several places, one after the other. */
export const SECOND_LOOKS = 2;

interface HistoryFault {
  readonly kind: BucketKind;
  readonly field: string;
  readonly day: DayNumber;
  readonly held: number | null;
  readonly expected: number | null;
  readonly outcome: HistoryDifference['outcome'];
}

export interface HistoryCheckOptions {
  readonly audit: BucketAudit;
  readonly buckets: RecountedBuckets;
  readonly histories: PackedHistories;
  readonly witnesses: Witnesses;
  readonly ledger: ProofLedger;
  readonly repair: boolean;
}

/** Checks packed histories where daily buckets do not: days that the stream has, and days that have no bucket. */
export class HistoryCheck {
  readonly #options: HistoryCheckOptions;
  readonly #faults: HistoryFault[] = [];

  constructor(options: HistoryCheckOptions) {
    this.#options = options;
  }

  /** Compares what is packed of a day whose every entry is in the stream with the sum of the stream. */
  async checkRecounted(record: BucketRecord): Promise<void> {
    const { audit, buckets, histories, ledger, repair } = this.#options;
    const { kinds, period } = record;
    const packed = kinds.filter(isPacked);
    const range = histories.range();
    if (packed.length === 0 || range === null) return;
    const day = toDayNumber(period);
    if (day < buckets.liveFrom || day > range.through || !buckets.isWhole(record)) return;
    for (let attempt = 1; ; attempt++) {
      const held = await audit.readRecord(record);
      await buckets.advanceTo(held.countedTo);
      const expected = await buckets.expected(held);
      const differences = packed.flatMap(
        (kind) => histories.compare(kind, period, expected.get(kind) ?? new Map()).differences,
      );
      if (differences.length === 0) return ledger.add('packed histories', period, { by: 'stream' });
      const repack = new Set(differences.map(({ field }) => storeOfField(field)));
      if (attempt <= SECOND_LOOKS) {
        await histories.readAgain(repack);
        continue;
      }
      ledger.add('packed histories', period, 'different');
      const right = { held, values: held.values, watermark: held.watermark, repack };
      const isRepaired = repair && (await audit.repairRecord(right)) === 'repaired';
      if (isRepaired) await histories.readAgain(repack);
      const outcome = isRepaired ? 'repaired' : 'repairable';
      for (const { kind, field, held: should, expected: is } of differences) {
        this.#faults.push({ kind, field, day, held: is, expected: should, outcome });
      }
      return;
    }
  }

  /**
   * Compares packed days that no bucket is kept of: those from before the first live day, and those that are too old.
   *
   * @param isImported whether the dataset is the one that was imported, see `comparePublished`.
   */
  async checkOldDays(dataset: DatasetObjects | null, isImported: boolean, since: DayNumber): Promise<void> {
    const { buckets, histories, witnesses, ledger } = this.#options;
    const { liveFrom, today } = buckets;
    const range = histories.range();
    if (range === null) return;
    const from = Math.max(range.from, since);
    const imported = await comparePublished(histories, dataset, liveFrom, from, isImported);
    for (const [day, proof] of imported.proofs) ledger.add('packed histories', toIsoDate(day), proof);
    for (const one of imported.differences) this.#faults.push({ ...one, outcome: 'not-recomputable' });
    if (today === null) return;
    for (let day = Math.max(from, liveFrom); !isKept('sales_daily', toIsoDate(day), today); day++) {
      const date = toIsoDate(day);
      if (!ledger.has('packed histories', date)) {
        ledger.add('packed histories', date, await witnesses.askArchive(day));
      }
    }
  }

  /** What was found, by column. */
  differences(): HistoryDifference[] {
    const unreadable = this.#options.histories.unreadable().map(
      ({ kind, field }): HistoryDifference => ({
        kind,
        field,
        days: null,
        held: null,
        expected: null,
        outcome: 'not-recomputable',
      }),
    );
    const byColumn = Map.groupBy(this.#faults, ({ kind, field, outcome }) => `${kind} ${outcome} ${field}`);
    const different = [...byColumn.values()].flatMap((faults): HistoryDifference[] => {
      const sorted = faults.toSorted((a, b) => a.day - b.day);
      const [first, last] = [sorted[0], sorted.at(-1)];
      if (!first || !last) return [];
      const { kind, field, held, expected, outcome } = first;
      const days = { from: toIsoDate(first.day), to: toIsoDate(last.day), count: sorted.length };
      return [{ kind, field, days, held, expected, outcome }];
    });
    return [...unreadable, ...different];
  }
}
