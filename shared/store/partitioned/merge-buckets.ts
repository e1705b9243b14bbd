import { compareEntryIds } from '../entry-id.ts';
import type { Bucket } from '../sales-store.ts';

/**
 * One bucket out of the partitions' buckets of that name. Fields of stores and series are in one partition only; slots
 * of a day are in all of them and add up. The watermark is the newest entry that any part counts.
 */
export function mergeBuckets([first, ...others]: readonly [Bucket, ...Bucket[]]): Bucket {
  if (others.length === 0) return first;
  const fields = new Map(Object.entries(first.fields));
  let { watermark } = first;
  for (const part of others) {
    if (compareEntryIds(part.watermark, watermark) > 0) watermark = part.watermark;
    for (const [field, value] of Object.entries(part.fields)) {
      fields.set(field, (fields.get(field) ?? 0) + value);
    }
  }
  return { kind: first.kind, period: first.period, watermark, fields: Object.fromEntries(fields) };
}

/** One field over several periods, added up; null where no partition has it. */
export function sumFields(parts: readonly (readonly (number | null)[])[]): (number | null)[] {
  const [first = [], ...others] = parts;
  return first.map((value, i) =>
    others.reduce((sum, part) => {
      const more = part[i] ?? null;
      return sum === null || more === null ? (sum ?? more) : sum + more;
    }, value),
  );
}
