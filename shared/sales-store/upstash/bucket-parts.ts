import { toDayNumber } from '../../calendar/day-number.ts';
import { type BucketChange, storeOfField } from '../check-commit.ts';
import type { BucketKind } from '../sales-store.ts';
import { BUCKET, fieldOfName, nameOfField, type StoreKeys } from './keys.ts';

/** All changes of one call to one hash. */
export interface BucketPart {
  readonly key: string;
  readonly openingKey: string;
  /** `<day or ''> <kinds> <period> <n>` and n pairs, as `plan_bucket` of the scripts reads them. */
  readonly args: readonly string[];
}

interface Gathered {
  readonly kind: BucketKind;
  readonly period: string;
  readonly kinds: Set<BucketKind>;
  readonly pairs: string[];
}

/** Joins the changes of several kinds that are kept in one hash. */
export function toBucketParts(changes: readonly BucketChange[], keys: StoreKeys): BucketPart[] {
  const parts = new Map<string, Gathered>();
  for (const { kind, period, fields } of changes) {
    const key = keys.bucketPrefix(kind) + period;
    let part = parts.get(key);
    if (!part) {
      part = { kind, period, kinds: new Set(), pairs: [] };
      parts.set(key, part);
    }
    part.kinds.add(kind);
    const stores = new Set<string>();
    for (const [field, value] of fields) {
      part.pairs.push(nameOfField(kind, field), String(value));
      if (kind === 'sales_daily') stores.add(storeOfField(field));
    }
    for (const store of stores) part.pairs.push(BUCKET.openPrefix + store, '1');
  }
  return Array.from(parts, ([key, { kind, period, kinds, pairs }]) => ({
    key,
    openingKey: keys.openingPrefix(kind) + period,
    args: [dayOf(kind, period), [...kinds].join(), period, String(pairs.length / 2), ...pairs],
  }));
}

function dayOf(kind: BucketKind, period: string): string {
  return kind === 'sales_weekly' || kind === 'sales_monthly' ? '' : String(toDayNumber(period));
}

/** The fields of one kind out of what `HGETALL` answered: names and values in turns. */
export function fieldsOf(kind: BucketKind, reply: readonly string[]): Record<string, number> {
  // Not an object literal filled by name: a store may be called __proto__.
  const fields: [string, number][] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const field = fieldOfName(kind, reply[i] as string);
    if (field !== null) fields.push([field, Number(reply[i + 1])]);
  }
  return Object.fromEntries(fields);
}
