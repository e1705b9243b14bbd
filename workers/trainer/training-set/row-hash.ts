/** A well mixed 32-bit hash of a row's identity: rows are picked by comparing it with a threshold. */
export function rowHash(seed: number, series: number, origin: number, h: number): number {
  let hash = mix(seed ^ 0x9e3779b9);
  hash = mix(hash ^ series);
  hash = mix(hash ^ origin);
  return mix(hash ^ h) >>> 0;
}

/**
 * A number that a series keeps whatever other series there are: FNV-1a of its key, so that a new series does not
 * change which rows of the others are picked.
 */
export function seriesNumber(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash;
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
