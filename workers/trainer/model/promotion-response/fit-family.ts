import { add, type FamilyDays, type Nuisance, RESPONSE_DAYS, type Sums, sumUp } from './family-days.ts';
import { effectOfRamps, MOST_ITEMS, RAMP_COUNT, rampAt } from './ramps.ts';

/** Prior standard deviation of one family's weight of a ramp around that of all families, and of that around 0. */
export const SPREAD = 0.2;
/** Rounds before the noise is known well enough for weights. */
const FIRST_ROUNDS = 2;
const MOST_ROUNDS = 60;
/** The effect has converged when a round changes its factor by no more than this. */
const SETTLED = 5e-4;

/** The promotion effect of a family, and its precision. */
export interface FamilyFit {
  /** Of each ramp. */
  readonly weights: Float64Array;
  /** Information of the data on each weight: 1 / variance, given the others. */
  readonly information: Float64Array;
  /** Factor of each day, over all stores of the family; 1 where nothing is known. */
  readonly dayLevels: Float64Array;
}

/** The prior of a family, before its own sales. */
export interface FamilyPrior {
  /** Of each ramp. */
  readonly weights: Float64Array;
  readonly dayLevels: Float64Array;
}

/**
 * Fits units = level of the block x level of the day x exp(effect of the items), where a block is one weekday of a
 * series in five weeks and a day is one day of the family in all stores. So a promotion is judged by the stores that
 * had more or less of it than the others on the same day, and neither the season, nor a payday, nor the weekday on
 * which the family is always promoted gets the credit. Days' levels are random about those expected (gamma, as in Lee
 * & Nelder 1996, "Hierarchical Generalized Linear Models"): where all stores have the same plan, days are compared
 * with each other, weighted by how much they vary anyway.
 *
 * Estimated by quasi-likelihood of counts, not by least squares in logarithms: for a family that sells two a day the
 * mean logarithm says little about the mean (Santos Silva & Tenreyro 2006, "The Log of Gravity"), and the levels of
 * blocks and days do not bias it (Wooldridge 1999, "Distribution-free estimation of some nonlinear panel data
 * models"). A day is weighted as if its variance were mean + noise x mean^2. Each round takes the best levels for the
 * current effect, and then a Newton step for the weights of the ramps, with the days' levels moving along, under
 * non-negative weights.
 *
 * @returns fits the family with a prior, starting at the result of the previous fit
 */
export function createFamilyFit(days: FamilyDays): (prior: FamilyPrior) => FamilyFit {
  const weights = new Float64Array(RAMP_COUNT);
  const nuisance: Nuisance = {
    dayLevels: new Float64Array(RESPONSE_DAYS).fill(1),
    dayVariance: SMALL_VARIANCE,
    noise: 0,
  };
  const effects = new Float64Array(MOST_ITEMS + 1).fill(1);
  return (prior) => {
    const curvature = new Float64Array(RAMP_COUNT ** 2);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const sums = sumUp(days, nuisance, effects);
      const moves = moveDayLevels(sums, nuisance, prior.dayLevels);
      const slope = slopeAndCurvature(sums, moves, nuisance, curvature);
      nuisance.noise = Math.max(0, sums.noiseAbove / sums.noiseBelow) || 0;
      if (round < FIRST_ROUNDS) continue;
      climb(weights, slope, curvature, prior.weights, 1 / SPREAD ** 2);
      let moved = 0;
      for (let n = 1; n <= MOST_ITEMS; n++) {
        const effect = Math.exp(effectOfRamps(weights, n));
        moved = Math.max(moved, Math.abs(effect - (effects[n] as number)));
        effects[n] = effect;
      }
      if (moved < SETTLED) break;
    }
    const information = Float64Array.from({ length: RAMP_COUNT }, (_, k) =>
      Math.max(0, curvature[k * RAMP_COUNT + k] as number),
    );
    return { weights: weights.slice(), information, dayLevels: nuisance.dayLevels.slice() };
  };
}

/**
 * The slope of the quasi-likelihood in the weights, and its curvature, both with the levels moved along. The levels
 * of blocks are already at their optimum, so they do not contribute to the slope; the curvature is that of the
 * remainder.
 */
function slopeAndCurvature(
  sums: Sums,
  moves: Float64Array,
  { dayVariance }: Nuisance,
  curvature: Float64Array,
): Float64Array {
  const slope = new Float64Array(RAMP_COUNT);
  for (let n = 1; n <= MOST_ITEMS; n++) {
    for (let k = 0; k < RAMP_COUNT; k++) add(slope, k, (sums.soldByItems[n] as number) * rampAt(n, k));
  }
  for (let k = 0; k < RAMP_COUNT; k++) {
    for (let j = 0; j < RAMP_COUNT; j++) {
      curvature[k * RAMP_COUNT + j] = sums.centredSquares[
        Math.max(k, j) * RAMP_COUNT + Math.min(k, j)
      ] as number;
    }
  }
  sums.expected.forEach((expected, day) => {
    if (expected === 0) return;
    const move = moves[day] as number;
    const certainty = expected + 1 / dayVariance;
    const first = day * RAMP_COUNT;
    for (let k = 0; k < RAMP_COUNT; k++) {
      add(slope, k, -move * (sums.ramps[first + k] as number));
      const own = sums.centredRamps[first + k] as number;
      for (let j = 0; j < RAMP_COUNT; j++) {
        add(curvature, k * RAMP_COUNT + j, (-own * (sums.centredRamps[first + j] as number)) / certainty);
      }
    }
  });
  return slope;
}

/** Lower bound of the variance of days' levels. */
export const SMALL_VARIANCE = 1e-4;

/**
 * Moves the days' levels to their most likely values, between the day's sales and its expectation.
 *
 * @returns the factor of each
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
    // Expected sales of the day at its expected level, and the weight of the day relative to that.
    const base = (own / level) * expectedLevel;
    // A day with an expectation near 0 says almost nothing, and a single extreme day must not dominate.
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

const SWEEPS = 50;

/**
 * Moves `weights` to the maximum of the quadratic model of a likelihood, among non-negative weights: slope'd -
 * d'curvature d / 2 - ridge |weights + d - prior|^2 / 2, by coordinate ascent.
 *
 * @param weights n values, changed in place
 * @param curvature n x n, symmetric, row by row
 * @param prior n values
 */
export function climb(
  weights: Float64Array,
  slope: Float64Array,
  curvature: Float64Array,
  prior: Float64Array,
  ridge: number,
): void {
  const size = weights.length;
  const step = new Float64Array(size);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let k = 0; k < size; k++) {
      const weight = (weights[k] as number) + (step[k] as number);
      let uphill = (slope[k] as number) - ridge * (weight - (prior[k] as number));
      for (let j = 0; j < size; j++) uphill -= (curvature[k * size + j] as number) * (step[j] as number);
      const bend = Math.max(0, curvature[k * size + k] as number) + ridge;
      step[k] = Math.max(0, weight + uphill / bend) - (weights[k] as number);
    }
  }
  step.forEach((change, k) => {
    weights[k] = (weights[k] as number) + change;
  });
}
