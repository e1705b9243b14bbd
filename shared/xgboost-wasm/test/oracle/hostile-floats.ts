import type { Draws } from './random.ts';

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

function ofBits(pattern: number): number {
  bits[0] = pattern;
  return single[0] ?? 0;
}

export const MAX_FLOAT = ofBits(0x7f7fffff);
const MIN_NORMAL = ofBits(0x00800000);
const MIN_DENORMAL = ofBits(0x00000001);

const SPECIAL: readonly [number, ...number[]] = [
  Number.NEGATIVE_INFINITY,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  MAX_FLOAT,
  -MAX_FLOAT,
  MIN_NORMAL,
  -MIN_NORMAL,
  MIN_DENORMAL,
  -MIN_DENORMAL,
  0,
  -0,
];

/** The distribution of a column's thresholds. */
type Spread = (draws: Draws) => number;

const SPREADS: readonly [Spread, ...Spread[]] = [
  (draws) => draws.ordinary(),
  // Whole numbers, like counts.
  (draws) => draws.integer(-4, 12),
  // Too large for float32 to represent neighbours.
  (draws) => Math.fround((draws.share() * 2 - 1) * MAX_FLOAT),
  // Denormal throughout: the width of the span has no inverse in float32.
  (draws) => ofBits(draws.integer(0, 4000)) * (draws.chance(0.5) ? 1 : -1),
  // Close together, far from 0.
  (draws) => Math.fround(1e6 + draws.integer(0, 40) / 16),
  // Skewed over all magnitudes.
  (draws) => Math.fround(Math.exp(draws.share() * 170 - 85)) * (draws.chance(0.7) ? 1 : -1),
  // Arbitrary bits, including NaN.
  (draws) => ofBits(Math.floor(draws.share() * 2 ** 32)),
];

/** The thresholds that the splits of one column draw from. */
export function drawThresholds(draws: Draws, count: number): Float32Array {
  const spread = draws.pick(SPREADS);
  const odd = draws.pick([0, 0.05, 0.4]);
  return Float32Array.from({ length: count }, () =>
    draws.chance(odd) ? draws.pick(SPECIAL) : spread(draws),
  );
}

/** The next float32 above or below. */
function neighbour(value: number, step: 1 | -1): number {
  single[0] = value;
  const pattern = bits[0] ?? 0;
  if (value === 0) return step > 0 ? MIN_DENORMAL : -MIN_DENORMAL;
  return ofBits((value > 0 ? pattern + step : pattern - step) >>> 0);
}

/** A value at which a faulty kernel would show: a threshold, one next to it, or the ends of float32. */
export function drawValue(draws: Draws, thresholds: Float32Array): number {
  const threshold = thresholds[draws.integer(0, thresholds.length - 1)] ?? 0;
  const kind = draws.share();
  if (kind < 0.3) return threshold;
  if (kind < 0.45) return neighbour(threshold, 1);
  if (kind < 0.6) return neighbour(threshold, -1);
  if (kind < 0.7) return draws.pick(SPECIAL);
  if (kind < 0.75) return Number.NaN;
  if (kind < 0.85) return draws.pick(SPREADS)(draws);
  return draws.ordinary();
}
