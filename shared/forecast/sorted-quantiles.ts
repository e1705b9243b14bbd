/** Quantiles of values in ascending order, of which there is at least one. @module */

/** The ceil((n + 1) q)-th smallest value: a new one lies at or below it with probability of at least q. */
export function upperQuantile(sorted: Float64Array, q: number): number {
  const rank = Math.min(sorted.length, Math.ceil((sorted.length + 1) * q));
  return sorted[rank - 1] as number;
}

/** The floor((n + 1) q)-th smallest value: a new one lies at or above it with probability of at least 1 - q. */
export function lowerQuantile(sorted: Float64Array, q: number): number {
  const rank = Math.max(1, Math.floor((sorted.length + 1) * q));
  return sorted[rank - 1] as number;
}

export function interpolatedQuantile(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}
