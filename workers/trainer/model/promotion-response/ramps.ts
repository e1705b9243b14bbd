/**
 * Numbers of promoted items between which an effect is linear. Powers of two: an effect that levels off is resolved
 * finely where it is steep.
 */
export const KNOTS = [1, 2, 4, 8, 16, 32, 64, 128] as const;
export const RAMP_COUNT = KNOTS.length;
/** More items than this count as this many. */
export const MOST_ITEMS = 128;

/**
 * Ramp k at n items, min(n, KNOTS[k]) / KNOTS[k], at `n * RAMP_COUNT + k`. Sums of ramps with non-negative weights
 * are the piecewise linear effects that start at 0, never fall, and gain less with every further item.
 */
const RAMPS = Float64Array.from(
  { length: (MOST_ITEMS + 1) * RAMP_COUNT },
  (_, at) => Math.min(Math.floor(at / RAMP_COUNT), knot(at % RAMP_COUNT)) / knot(at % RAMP_COUNT),
);

/** The value of ramp k at n items, 0..1. */
export function rampAt(n: number, k: number): number {
  return RAMPS[n * RAMP_COUNT + k] as number;
}

/** The effect of n items, in log space, with the given weight of each ramp. */
export function effectOfRamps(weights: ArrayLike<number>, n: number): number {
  let effect = 0;
  for (let k = 0; k < RAMP_COUNT; k++) effect += (weights[k] as number) * rampAt(n, k);
  return effect;
}

function knot(k: number): number {
  return KNOTS[k] as number;
}
