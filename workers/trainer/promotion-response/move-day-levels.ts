import type { Nuisance, Sums } from './sum-up.ts';

/** Least variance of days' levels that is reckoned with. */
export const SMALL_VARIANCE = 1e-4;

/**
 * Moves the days' levels to where they are likeliest: between what was sold and what is expected of the day.
 *
 * @returns what each was multiplied by
 */
export function moveDayLevels(
  { sold, expected }: Sums,
  nuisance: Nuisance,
  usual: Float64Array,
): Float64Array {
  const { dayLevels } = nuisance;
  const certainty = 1 / nuisance.dayVariance;
  let variance = 0;
  let known = 0;
  const moves = dayLevels.map((level, day) => {
    const own = expected[day] as number;
    if (own === 0) return 1;
    const expectedLevel = usual[day] as number;
    // What the day would be expected to sell at its expected level, and how much surer or less sure than by that it is.
    const base = (own / level) * expectedLevel;
    // A day on which next to nothing was expected tells next to nothing, and one freak not everything.
    const weight = base / (base + 1);
    variance += weight * (Math.min(1, ((sold[day] as number) / base - 1) ** 2) - 1 / base);
    known += weight;
    const moved = (((sold[day] as number) + certainty) / (base + certainty)) * expectedLevel;
    dayLevels[day] = moved;
    return moved / level;
  });
  nuisance.dayVariance = Math.max(SMALL_VARIANCE, variance / known || 0);
  return moves;
}
