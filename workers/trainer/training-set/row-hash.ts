import { type SeriesId, seriesKey } from '../../../shared/schemas/series.ts';

/** A 32-bit hash of a series' key (FNV-1a), which does not depend on the other series of the panel. */
export function seriesHash({ storeNbr, family }: SeriesId): number {
  let hash = 0x811c9dc5;
  for (const character of seriesKey(storeNbr, family)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash | 0;
}

/**
 * A well mixed 32-bit hash of a row's identity: rows are picked by comparing it with a threshold.
 *
 * @param series `seriesHash`
 * @param age days from the origin to the last day that may be used
 */
export function rowHash(seed: number, series: number, age: number, h: number): number {
  let hash = mix(seed ^ 0x9e3779b9);
  hash = mix(hash ^ series);
  hash = mix(hash ^ age);
  return mix(hash ^ h) >>> 0;
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
