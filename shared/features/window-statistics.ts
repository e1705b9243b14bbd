/**
 * Statistics over `values[from..from + count)`, in which NaN is an unknown day and is skipped. Every sum runs from
 * the most recent day to the oldest in Float64, so that the same days yield the same bits everywhere.
 *
 * @module
 */

/** NaN when no day is known. */
export function meanOf(values: Float64Array, from: number, count: number, step = 1): number {
  let sum = 0;
  let known = 0;
  for (let i = 0, at = from; i < count; i++, at += step) {
    const value = values[at] as number;
    if (!Number.isNaN(value)) {
      sum += value;
      known++;
    }
  }
  return sum / known;
}

/**
 * The means of the first `counts[i]` values, for all i in one pass: the bits are those of `meanOf(values, 0, counts[i])`.
 *
 * @param counts in ascending order
 * @param knownOut receives how many values each mean is of
 */
export function prefixMeansOf(
  values: Float64Array,
  counts: readonly number[],
  out: Float64Array,
  knownOut?: Uint16Array,
): void {
  let sum = 0;
  let known = 0;
  let at = 0;
  for (let i = 0; i < counts.length; i++) {
    for (const end = counts[i] as number; at < end; at++) {
      const value = values[at] as number;
      if (!Number.isNaN(value)) {
        sum += value;
        known++;
      }
    }
    out[i] = sum / known;
    if (knownOut) knownOut[i] = known;
  }
}

/** Share of zeros among the known ones of the first `count` values; NaN when no day is known. */
export function zeroShareOf(values: Float64Array, count: number): number {
  let zeros = 0;
  let known = 0;
  for (let at = 0; at < count; at++) {
    const value = values[at] as number;
    if (!Number.isNaN(value)) known++;
    if (value === 0) zeros++;
  }
  return zeros / known;
}

/** Two means that are no further apart differ by rounding alone: it is far below what a thousandth of a unit changes. */
const ROUNDING = 1e-9;

/**
 * a - b; 0 where they differ by rounding alone, because trees split at the sign of a difference, and that of rounding
 * depends on which days a mean is of. NaN where either is.
 */
export function differenceOf(a: number, b: number): number {
  const difference = a - b;
  return Math.abs(difference) <= ROUNDING ? 0 : difference;
}

/** Sample standard deviation (n - 1), 0 where it is rounding alone; NaN below two known days. */
export function deviationOf(values: Float64Array, from: number, count: number): number {
  const mean = meanOf(values, from, count);
  let sum = 0;
  let known = 0;
  for (let at = from; at < from + count; at++) {
    const value = values[at] as number;
    if (!Number.isNaN(value)) {
      sum += (value - mean) * (value - mean);
      known++;
    }
  }
  return known < 2 ? Number.NaN : differenceOf(Math.sqrt(sum / (known - 1)), 0);
}

export function minimumOf(values: Float64Array, from: number, count: number, step = 1): number {
  let least = Number.NaN;
  for (let i = 0, at = from; i < count; i++, at += step) {
    const value = values[at] as number;
    if (!Number.isNaN(value) && !(least <= value)) least = value;
  }
  return least;
}

export function maximumOf(values: Float64Array, from: number, count: number): number {
  let greatest = Number.NaN;
  for (let at = from; at < from + count; at++) {
    const value = values[at] as number;
    if (!Number.isNaN(value) && !(greatest >= value)) greatest = value;
  }
  return greatest;
}

/** @param sorted working space of at least `count` values. */
export function medianOf(
  values: Float64Array,
  from: number,
  count: number,
  sorted: Float64Array,
  step = 1,
): number {
  let known = 0;
  for (let i = 0, at = from; i < count; i++, at += step) {
    const value = values[at] as number;
    if (Number.isNaN(value)) continue;
    // Insertion sort: the windows are short, and nothing is allocated.
    let slot = known++;
    while (slot > 0 && (sorted[slot - 1] as number) > value) {
      sorted[slot] = sorted[slot - 1] as number;
      slot--;
    }
    sorted[slot] = value;
  }
  if (known === 0) return Number.NaN;
  const middle = known >> 1;
  const upper = sorted[middle] as number;
  return known % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Mean with weights decay^0, decay^1, ...; the weight of an unknown day is left out. */
export function decayedMeanOf(values: Float64Array, from: number, count: number, decay: number): number {
  let sum = 0;
  let weights = 0;
  let weight = 1;
  for (let at = from; at < from + count; at++) {
    const value = values[at] as number;
    if (!Number.isNaN(value)) {
      sum += weight * value;
      weights += weight;
    }
    weight *= decay;
  }
  return sum / weights;
}

const SLOT_BITS = 13;
const SLOTS = 1 << SLOT_BITS;

/** A cache of logarithms of whole numbers: the windows of a series contain the same days many times. */
export type LogOf = (count: number) => number;

/**
 * log1p(count / divisor) of whole numbers from 0 to 2^31 - 1, each in a slot of its own unless two numbers share one:
 * then the later replaces the earlier. The bits are those of Math.log1p.
 */
export function createLogCache(divisor: number): LogOf {
  const counts = new Int32Array(SLOTS).fill(-1);
  const logs = new Float64Array(SLOTS);
  return (count) => {
    // Multiplying by 2^32 over the golden ratio spreads neighbours evenly (Knuth, TAOCP 3, 6.4).
    const slot = Math.imul(count, 0x9e3779b1) >>> (32 - SLOT_BITS);
    if (counts[slot] !== count) {
      counts[slot] = count;
      logs[slot] = Math.log1p(count / divisor);
    }
    return logs[slot] as number;
  };
}

/** log1p(units) of milli-units. */
export const logUnits: LogOf = createLogCache(1000);

/** log1p of tickets, or of items on promotion. */
export const logCount: LogOf = createLogCache(1);
