import { hashOfText } from '../../../shared/schemas/series.ts';
import { type Transaction, toMilliUnits } from '../../../shared/schemas/transaction.ts';

/** How many hashes there are: the stores have room for 8 digits. */
const HASHES = 100_000_000;

/**
 * A hash of what a transaction says: time, family, units and promotion; store, id and line only name it. The stores
 * keep it, so that it must stay what it is: another one would make conflicts of sales that are sent again.
 *
 * Of two different contents one in 100 million has the hash of the other, and is taken for a duplicate.
 */
export function hashOfContent({ ts, family, units, onpromotion }: Transaction): number {
  const hash = mix(mix(mix(hashOfText(family), ts), toMilliUnits(units)), onpromotion);
  return (hash >>> 0) % HASHES;
}

/** Stirs a whole number below 2^53 into a hash, in the manner of MurmurHash3: no text is made of it, which takes longer. */
function mix(hash: number, value: number): number {
  const low = Math.imul(hash ^ value, 0x85ebca6b);
  const both = Math.imul(low ^ (low >>> 13) ^ Math.floor(value / 2 ** 32), 0xc2b2ae35);
  return both ^ (both >>> 16);
}

/** Every field in which a row differs from another, for people: `family "DAIRY", was "BREAD"; units 2, was 1`. */
export function describeDifference(row: Transaction, other: Transaction): string {
  const differs = {
    ts: row.ts !== other.ts,
    family: row.family !== other.family,
    units: toMilliUnits(row.units) !== toMilliUnits(other.units),
    onpromotion: row.onpromotion !== other.onpromotion,
  };
  const fields = Object.keys(differs) as (keyof typeof differs)[];
  return fields
    .filter((field) => differs[field])
    .map((field) => `${field} ${JSON.stringify(row[field])}, was ${JSON.stringify(other[field])}`)
    .join('; ');
}
