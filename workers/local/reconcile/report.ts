import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import { UserError } from '../../../shared/errors/user-error.ts';
import type { BucketRecord } from '../../../shared/sales-store/bucket-audit.ts';
import type { EntryId } from '../../../shared/sales-store/entry-id.ts';
import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';

/** One value that differs. */
export interface ValueDifference {
  readonly kind: BucketKind;
  readonly field: string;
  readonly held: number | null;
  readonly expected: number | null;
}

/**
 * - `missing`: the record does not exist.
 * - `behind`: it is older than the store's watermark; later entries are not in it.
 * - `ahead`: it counts entries above the watermark. The aggregator stops at it.
 * - `values`: numbers differ from the sum of the stream.
 * - `strays`: it contains a field that is not a value.
 * - `marks`: it is missing in the index of buckets, or lacks the mark of an open store.
 * - `history`: a day is not what was packed of it when it was closed; which of them is wrong is unknown.
 * - `slots`: the slots of a day do not add up to its sales; which of them is wrong is unknown.
 * - `days`: a week or month is not the sum of its days; which of them is wrong is unknown.
 */
export type Symptom =
  | 'missing'
  | 'behind'
  | 'ahead'
  | 'values'
  | 'strays'
  | 'marks'
  | 'history'
  | 'slots'
  | 'days';

export interface RecordDifference {
  readonly kinds: BucketRecord['kinds'];
  readonly period: string;
  readonly symptoms: readonly Symptom[];
  readonly watermark: EntryId | null;
  readonly values: readonly ValueDifference[];
  readonly strays: readonly { readonly name: string; readonly value: string }[];
  readonly missingMarks: readonly string[];
  /**
   * - `repairable`, `repaired`
   * - `not-recomputable`: entries that it counts have left the stream, so that it cannot be repaired.
   * - `kept-changing`: it changed at every attempt; run again.
   */
  readonly outcome: 'repairable' | 'repaired' | 'not-recomputable' | 'kept-changing';
}

/** A packed history that differs from what it was packed from. */
export interface HistoryDifference {
  /** Which column: sales, promoted items, or a store's tickets. */
  readonly kind: BucketKind;
  /** A series, or a store. */
  readonly field: string;
  /** The first and the last day that differs, and how many do; null where the column as a whole cannot be read. */
  readonly days: { readonly from: string; readonly to: string; readonly count: number } | null;
  /** The packed and the expected value of the first day. */
  readonly held: number | null;
  readonly expected: number | null;
  /** `not-recomputable`: days before the first live one come from the import alone. */
  readonly outcome: 'repairable' | 'repaired' | 'not-recomputable';
}

/** What is kept, each proven by itself. */
export const PARTS = [
  'sales of days',
  'promotions of days',
  'tickets of days',
  'slots',
  'weeks',
  'months',
  'packed histories',
] as const;
export type Part = (typeof PARTS)[number];

/**
 * What agrees with a record.
 *
 * - `stream`: the sum of its entries.
 * - `opening`: the opening balance, which is all that a period before the first live day holds.
 * - `histories`: what was packed of the day when it was closed.
 * - `days`: the sum of its days (a week or month), the day's sales (slots), the day's bucket (a packed history).
 * - `archive`: the closed days that training runs have written to the object store.
 * - `dataset`: the published history, of days before the first live one.
 */
export type Witness = 'stream' | 'opening' | 'histories' | 'days' | 'archive' | 'dataset';

/** Periods of one part for which there is no witness, and why. */
export interface NotProvable {
  readonly from: string;
  readonly to: string;
  readonly periods: number;
  readonly why: string;
}

export interface Coverage {
  readonly part: Part;
  /** Days, weeks or months. */
  readonly periods: number;
  readonly provenBy: Partial<Readonly<Record<Witness, number>>>;
  /** Periods with a difference, repaired ones too. */
  readonly different: number;
  readonly notProvable: readonly NotProvable[];
}

export interface PartitionReport {
  readonly partition: number;
  readonly watermark: EntryId | null;
  readonly entries: number;
  readonly firstEntry: EntryId | null;
  /** The first day whose every entry is in the stream; null when all are. */
  readonly completeFrom: string | null;
  readonly records: number;
  readonly coverage: readonly Coverage[];
  readonly differences: readonly RecordDifference[];
  readonly histories: readonly HistoryDifference[];
  readonly deadLetters: {
    readonly expected: number;
    /** Rows that cannot be counted and are in no dead letter. */
    readonly missing: readonly string[];
    /** Dead letters of entries in the stream whose rows could be counted today. */
    readonly unexpected: readonly string[];
  };
}

/** What is asked for. */
export interface ReconcileMode {
  /** False: nothing is written. */
  readonly repair: boolean;
  /** Periods that begin before this day are left out; null: none. */
  readonly since: IsoDate | null;
}

export interface ReconcileReport extends ReconcileMode {
  readonly partitions: readonly PartitionReport[];
}

/** `different` prevails: it asks for action, whatever else could not be proven. */
export type Verdict = 'proven' | 'different' | 'not-provable';

export function verdictOf({ partitions }: Pick<ReconcileReport, 'partitions'>): Verdict {
  const isDifferent = partitions.some(
    ({ differences, histories, deadLetters }) =>
      [...differences, ...histories].some(({ outcome }) => outcome !== 'repaired') ||
      deadLetters.missing.length > 0,
  );
  if (isDifferent) return 'different';
  const isOpen = partitions.some(({ coverage }) =>
    coverage.some(({ notProvable }) => notProvable.length > 0),
  );
  return isOpen ? 'not-provable' : 'proven';
}

/** 2 is left for runs that failed. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = { proven: 0, different: 1, 'not-provable': 3 };

/** The store cannot be reconciled now; the message says why and what to do. */
export class ReconcileError extends UserError {
  override readonly name = 'ReconcileError';
}
