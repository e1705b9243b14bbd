import type { FieldValues, HeldRecord } from '../../../shared/sales-store/bucket-audit.ts';
import { keepsLargest } from '../../../shared/sales-store/check-commit.ts';
import { compareEntryIds, type EntryId } from '../../../shared/sales-store/entry-id.ts';
import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';
import type { Symptom, ValueDifference } from './report.ts';

/** What is wrong with a record, and how it has to be; `right` is null where that cannot be known. */
export interface Verdict {
  readonly symptoms: readonly Symptom[];
  readonly values: readonly ValueDifference[];
  readonly right: ReadonlyMap<BucketKind, FieldValues> | null;
}

type Values = ReadonlyMap<BucketKind, FieldValues>;

/** How a record's watermark stands to the entries that it must count. */
export function compareMoments(held: HeldRecord, last: EntryId | null): Symptom[] {
  const symptoms: Symptom[] = [];
  if (!held.exists) return last === null ? [] : ['missing'];
  if (compareEntryIds(held.watermark, held.countedTo) > 0) symptoms.push('ahead');
  else if (compareEntryIds(held.watermark, last) < 0) symptoms.push('behind');
  if (held.strays.length > 0) symptoms.push('strays');
  if (held.missingMarks.length > 0) symptoms.push('marks');
  return symptoms;
}

/** A record all of whose entries are in the stream: it must hold exactly what they add up to. */
export function judgeWhole(held: HeldRecord, expected: Values, last: EntryId | null): Verdict {
  const values = differencesOf(held.kinds, held.values, expected);
  const symptoms = compareMoments(held, last);
  if (values.length > 0 && held.exists) symptoms.push('values');
  if (values.length > 0 && !held.exists && symptoms.length === 0) symptoms.push('missing');
  return { symptoms, values, right: expected };
}

/**
 * A record of which some entries have left the stream. What it holds is right for the watermark that it carries, if
 * anything is: it can be moved to the store's watermark by the entries in between, when these are all there.
 *
 * @param moved what the entries between its watermark and the store's add to it, null when they are not all there.
 */
export function judgePartial(held: HeldRecord, last: EntryId | null, moved: Values | null): Verdict {
  const symptoms = compareMoments(held, last);
  if (symptoms.length === 0) return { symptoms, values: [], right: held.values };
  const strayValues = held.strays.some(
    ({ name }) => /\d/.test(name) || name === 'the key' || name === 'watermark',
  );
  if (!held.exists || strayValues) return { symptoms, values: [], right: null };
  if (!symptoms.includes('ahead') && !symptoms.includes('behind')) {
    return { symptoms, values: [], right: held.values };
  }
  if (moved === null) return { symptoms, values: [], right: null };
  const right = shift(held, moved, symptoms.includes('ahead') ? -1 : 1);
  return { symptoms, values: right ? differencesOf(held.kinds, held.values, right) : [], right };
}

/** @returns null when a sum would become negative: the record is not what its watermark says. */
function shift(held: HeldRecord, moved: Values, sign: 1 | -1): Values | null {
  const right = new Map<BucketKind, Map<string, number>>();
  for (const kind of held.kinds) {
    const fields = new Map(held.values.get(kind));
    for (const [field, value] of moved.get(kind) ?? []) {
      const before = fields.get(field) ?? 0;
      // A largest value cannot be taken back, and need not be: the same entry will raise it to the same again.
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
