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
 * - `days`: a week or month is not the sum of its days; which of them is wrong is unknown.
 */
export type Symptom = 'missing' | 'behind' | 'ahead' | 'values' | 'strays' | 'marks' | 'days';

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
   * - `not-recomputable`: entries that it counts have left the stream, so that it can neither be proven nor repaired.
   * - `kept-changing`: it changed at every attempt; run again.
   */
  readonly outcome: 'repairable' | 'repaired' | 'not-recomputable' | 'kept-changing';
}

/** Records that could not be proven because entries that they count have left the stream. */
export interface UnprovenRecord {
  readonly kinds: BucketRecord['kinds'];
  readonly period: string;
  /** A week or month that equals the sum of its days. */
  readonly equalsItsDays: boolean;
}

export interface PartitionReport {
  readonly partition: number;
  readonly watermark: EntryId | null;
  readonly entries: number;
  readonly firstEntry: EntryId | null;
  /** The first day whose every entry is in the stream; null when all are. */
  readonly completeFrom: string | null;
  readonly records: number;
  readonly differences: readonly RecordDifference[];
  readonly unproven: readonly UnprovenRecord[];
  readonly deadLetters: {
    readonly expected: number;
    /** Rows that cannot be counted and are in no dead letter. */
    readonly missing: readonly string[];
    /** Dead letters of entries in the stream whose rows could be counted today. */
    readonly unexpected: readonly string[];
  };
}

export interface ReconcileReport {
  readonly repair: boolean;
  readonly partitions: readonly PartitionReport[];
}

/** Whether everything that could be proven is right now. */
export function isEqual({ partitions }: ReconcileReport): boolean {
  return partitions.every(
    ({ differences, deadLetters }) =>
      differences.every(({ outcome }) => outcome === 'repaired') && deadLetters.missing.length === 0,
  );
}

/** The store cannot be reconciled now; the message says why and what to do. */
export class ReconcileError extends UserError {
  override readonly name = 'ReconcileError';
}
