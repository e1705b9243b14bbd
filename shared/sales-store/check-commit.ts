import { messageOf } from '../errors/message-of.ts';
import { isSeriesKey, isStorePart, type SeriesKey } from '../schemas/series.ts';
import { compareEntryIds, parseEntryId } from './entry-id.ts';
import type { AggregationCommit, BucketDelta, BucketKind } from './sales-store.ts';

/** Thrown for a commit that must not be written; nothing has been. */
export class InvalidCommitError extends Error {
  override name = 'InvalidCommitError';
}

/** All changes of a commit to one bucket, one value per field. */
export interface BucketChange {
  readonly kind: BucketKind;
  readonly period: string;
  readonly fields: ReadonlyMap<string, number>;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const SLOT = /^(?:[01]\d\d|2[0-7]\d|28[0-7])$/;
const RULES: Readonly<Record<BucketKind, BucketRule>> = {
  sales_daily: { period: DATE, isField: isSeriesKey },
  sales_weekly: { period: /^\d{4}-W\d{2}$/, isField: isSeriesKey },
  sales_monthly: { period: /^\d{4}-\d{2}$/, isField: isSeriesKey },
  sales_intraday: { period: DATE, isField: (field) => SLOT.test(field) },
  onpromotion_daily: { period: DATE, isField: isSeriesKey },
  transactions_daily: { period: DATE, isField: isStorePart },
};

interface BucketRule {
  readonly period: RegExp;
  readonly isField: (field: string) => boolean;
}

/** The largest value is kept in this kind of bucket; all others keep sums. */
export function keepsLargest(kind: BucketKind): boolean {
  return kind === 'onpromotion_daily';
}

/** Whether this is the name of a bucket. */
export function isBucket(kind: string, period: string): kind is BucketKind {
  return Object.hasOwn(RULES, kind) && RULES[kind as BucketKind].period.test(period);
}

/** Whether a bucket of this kind may have a field of this name. */
export function fitsKind(kind: BucketKind, field: string): boolean {
  return RULES[kind].isField(field);
}

/** The store in a field of a daily bucket, as `storePart` writes it. */
export function storeOfField(field: string | SeriesKey): string {
  const colon = field.indexOf(':');
  return colon < 0 ? field : field.slice(0, colon);
}

/**
 * Checks every id and every number of a commit before the first of them is written.
 *
 * @returns the deltas gathered by bucket.
 * @throws {InvalidCommitError} naming the delta and what is wrong with it.
 */
export function checkCommit(commit: AggregationCommit): readonly BucketChange[] {
  try {
    parseEntryId(commit.newWatermark);
    if (commit.expectedWatermark !== null) parseEntryId(commit.expectedWatermark);
    for (const letter of commit.deadLetters) parseEntryId(letter.entryId);
  } catch (error) {
    throw new InvalidCommitError(`commit refused: ${messageOf(error)}`);
  }
  if (compareEntryIds(commit.newWatermark, commit.expectedWatermark) <= 0) {
    throw new InvalidCommitError(
      `commit refused: newWatermark ${commit.newWatermark} must lie above expectedWatermark ${commit.expectedWatermark}`,
    );
  }
  return gatherDeltas(commit.deltas);
}

/** @throws {InvalidCommitError} naming the first delta that is not valid. */
export function gatherDeltas(deltas: readonly BucketDelta[]): readonly BucketChange[] {
  const changes = new Map<string, { kind: BucketKind; period: string; fields: Map<string, number> }>();
  deltas.forEach((delta, index) => {
    checkDelta(delta, index);
    const key = `${delta.kind} ${delta.period}`;
    let change = changes.get(key);
    if (!change) {
      change = { kind: delta.kind, period: delta.period, fields: new Map() };
      changes.set(key, change);
    }
    const before = change.fields.get(delta.field);
    let after = delta.value;
    if (before !== undefined) {
      after = keepsLargest(delta.kind) ? Math.max(before, delta.value) : before + delta.value;
    }
    if (!Number.isSafeInteger(after)) throw refusal(index, delta, 'the sum of its field is beyond 2^53');
    change.fields.set(delta.field, after);
  });
  return [...changes.values()];
}

function checkDelta(delta: BucketDelta, index: number): void {
  const rule = Object.hasOwn(RULES, delta.kind) ? RULES[delta.kind] : undefined;
  if (!rule) throw refusal(index, delta, `kind must be one of ${Object.keys(RULES).join(', ')}`);
  if (!rule.period.test(delta.period)) throw refusal(index, delta, `period does not fit ${delta.kind}`);
  if (!rule.isField(delta.field)) throw refusal(index, delta, `field does not fit ${delta.kind}`);
  if (!Number.isSafeInteger(delta.value))
    throw refusal(index, delta, 'value must be a whole number within 2^53');
  if (keepsLargest(delta.kind) && (delta.value < 0 || delta.value > 65_535)) {
    throw refusal(index, delta, 'value must lie in 0..65535');
  }
}

function refusal(index: number, delta: BucketDelta, reason: string): InvalidCommitError {
  return new InvalidCommitError(`deltas[${index}] ${JSON.stringify(delta)}: ${reason}`);
}
