import type { FieldValues, HeldRecord } from '../../../shared/sales-store/bucket-audit.ts';
import { keepsLargest } from '../../../shared/sales-store/check-commit.ts';
import { compareEntryIds, type EntryId } from '../../../shared/sales-store/entry-id.ts';
import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';
import type { Symptom, ValueDifference } from './report.ts';

/** The difference of a record, and its correct state; `right` is null where that is unknown. */
export interface Verdict {
  readonly symptoms: readonly Symptom[];
  readonly values: readonly ValueDifference[];
  readonly right: ReadonlyMap<BucketKind, FieldValues> | null;
}

type Values = ReadonlyMap<BucketKind, FieldValues>;

/** How a record's watermark relates to the entries that it must count. */
export function compareMoments(held: HeldRecord, last: EntryId | null): Symptom[] {
  const symptoms: Symptom[] = [];
  if (!held.exists) return last === null ? [] : ['missing'];
  if (compareEntryIds(held.watermark, held.countedTo) > 0) symptoms.push('ahead');
  else if (compareEntryIds(held.watermark, last) < 0) symptoms.push('behind');
  if (held.strays.length > 0) symptoms.push('strays');
  if (held.missingMarks.length > 0) symptoms.push('marks');
  return symptoms;
}

/** A record all of whose entries are in the stream: it must hold exactly their sum. */
export function judgeWhole(held: HeldRecord, expected: Values, last: EntryId | null): Verdict {
  const values = differencesOf(held.kinds, held.values, expected);
  const symptoms = compareMoments(held, last);
  if (values.length > 0 && held.exists) symptoms.push('values');
  if (values.length > 0 && !held.exists && symptoms.length === 0) symptoms.push('missing');
  return { symptoms, values, right: expected };
}

/**
 * A record of which some entries have left the stream. Its content is taken as right for its own watermark: it can be
 * moved to the store's watermark by the entries in between, if all of them are present.
 *
 * @param moved the sum of the entries between its watermark and the store's; null when some are missing.
 */
export function judgePartial(held: HeldRecord, last: EntryId | null, moved: Values | null): Verdict {
  const symptoms = compareMoments(held, last);
  if (symptoms.length === 0) return { symptoms, values: [], right: held.values };
  const strayValues = held.strays.some(
    ({ name }) => /\d|^:|^(?:promo|tickets):/.test(name) || name === 'the key' || name === 'watermark',
  );
  if (!held.exists || strayValues) return { symptoms, values: [], right: null };
  if (!symptoms.includes('ahead') && !symptoms.includes('behind')) {
    return { symptoms, values: [], right: held.values };
  }
  if (moved === null) return { symptoms, values: [], right: null };
  const right = shift(held, moved, symptoms.includes('ahead') ? -1 : 1);
  return { symptoms, values: right ? differencesOf(held.kinds, held.values, right) : [], right };
}

/** @returns null when a sum would become negative: the record contradicts its watermark. */
function shift(held: HeldRecord, moved: Values, sign: 1 | -1): Values | null {
  const right = new Map<BucketKind, Map<string, number>>();
  for (const kind of held.kinds) {
    const fields = new Map(held.values.get(kind));
    for (const [field, value] of moved.get(kind) ?? []) {
      const before = fields.get(field) ?? 0;
      // A maximum cannot be reverted, and need not be: the same entry will raise it again.
      const after = keepsLargest(kind) ? Math.max(before, value) : before + sign * value;
      if (after < 0) return null;
      fields.set(field, after);
    }
    right.set(kind, fields);
  }
  return right;
}

export function differencesOf(
  kinds: readonly BucketKind[],
  held: Values,
  expected: Values,
): ValueDifference[] {
  return kinds.flatMap((kind) => {
    const [before, after] = [held.get(kind), expected.get(kind)];
    const fields = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
    return [...fields].flatMap((field) => {
      const [is, should] = [before?.get(field) ?? null, after?.get(field) ?? null];
      return is === should ? [] : [{ kind, field, held: is, expected: should }];
    });
  });
}
