import { BLOCK_WEEKS, DAY_AT, type FamilyDays, RESPONSE_DAYS, SERIES_STEP } from './family-days.ts';
import { climb } from './nonnegative-step.ts';
import { effectOfRamps, MOST_ITEMS, RAMP_COUNT, rampAt } from './ramps.ts';

/** How far one family's weight of a ramp may be expected to lie from that of all families, and that from none. */
export const SPREAD = 0.2;
/** A day of a series that sells at least so much, and sold so many times more or less than was expected, is a mishap. */
const STEADY_UNITS = 20;
const FAR_OFF = 4.5;
/** Least variance of days' levels that is reckoned with. */
const SMALL_VARIANCE = 1e-4;
/** Rounds before noise is known well enough to weigh days by it. */
const FIRST_ROUNDS = 2;
const MOST_ROUNDS = 60;
/** The effect has settled when a round moves what it multiplies sales by no further than this. */
const SETTLED = 5e-4;

/** What promotions are worth to a family, and how sure that is. */
export interface FamilyFit {
  /** Of each ramp. */
  readonly weights: Float64Array;
  /** What the data know of each weight: 1 / variance, were the others known. */
  readonly information: Float64Array;
  /** By how much each day differs from what is usual, over all stores of the family; 1 where nothing is known. */
  readonly dayLevels: Float64Array;
}

/** What is known of a family before its own sales are looked at. */
export interface FamilyPrior {
  /** Of each ramp. */
  readonly weights: Float64Array;
  readonly dayLevels: Float64Array;
}

/** What is estimated besides the weights; handed from one fit to the next to go on from. */
interface Nuisance {
  /** By how much a day differs from what is usual, over all stores of the family: season, payday, holiday. */
  readonly dayLevels: Float64Array;
  /** Variance of what a day's level is multiplied by beyond what is expected of the day. */
  dayVariance: number;
  /** Variance of a day's units beyond counting noise, as a share of the squared mean. */
  noise: number;
}

/** Sums over the days of a family, by day and by number of items. */
interface Sums {
  readonly sold: Float64Array;
  readonly expected: Float64Array;
  /** Expected, times each ramp, at `day * RAMP_COUNT + k`. */
  readonly ramps: Float64Array;
  readonly soldByItems: Float64Array;
  readonly expectedByItems: Float64Array;
  noiseAbove: number;
  noiseBelow: number;
}

/**
 * Fits units = level of the block x level of the day x exp(effect of the items), where a block is one weekday of a series
 * in five weeks and a day is one day of the family in all stores. So a promotion is judged by the stores that had more or
 * less of it than the others on the same day, and neither the season, nor a payday, nor the weekday that the family is
 * always promoted on gets the credit or the blame. Days' levels are random about those expected (gamma, as in Lee & Nelder
 * 1996, "Hierarchical Generalized Linear Models"): where all stores have the same plan, days are compared with each other
 * after all, and count for as little as they differ by themselves.
 *
 * Estimated by quasi-likelihood of counts, not by least squares in logarithms: of a family that sells two a day the
 * mean logarithm says little of the mean (Santos Silva & Tenreyro 2006, "The Log of Gravity"), and the levels of blocks
 * and days do not bias it (Wooldridge 1999, "Distribution-free estimation of some nonlinear panel data models"). A day
 * weighs as if its variance were mean + noise x mean^2. Each round takes the levels that fit best for the effect so far,
 * and then a Newton step for the weights of the ramps, with the days' levels moving along, under weights of 0 and more.
 *
 * @returns fits the family with such a prior, from where the fit before ended
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
      // A block's own level takes a share of the noise with it.
      const degrees = BLOCK_WEEKS / (BLOCK_WEEKS - 1);
      nuisance.noise = Math.max(0, (sums.noiseAbove / sums.noiseBelow) * degrees) || 0;
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

/** One pass over the days: the level of each block, and what was sold and expected by day and by items. */
function sumUp({ count, units, items }: FamilyDays, nuisance: Nuisance, effects: Float64Array): Sums {
  const { dayLevels, noise } = nuisance;
  const sums: Sums = {
    sold: new Float64Array(RESPONSE_DAYS),
    expected: new Float64Array(RESPONSE_DAYS),
    ramps: new Float64Array(RESPONSE_DAYS * RAMP_COUNT),
    soldByItems: new Float64Array(MOST_ITEMS + 1),
    expectedByItems: new Float64Array(MOST_ITEMS + 1),
    noiseAbove: 0,
    noiseBelow: 0,
  };
  const shape = new Float64Array(BLOCK_WEEKS);
  const sold = new Float64Array(BLOCK_WEEKS);
  for (let block = 0; block < count * SERIES_STEP; block += BLOCK_WEEKS) {
    for (let week = 0; week < BLOCK_WEEKS; week++) {
      const day = DAY_AT[(block + week) % SERIES_STEP] as number;
      // Places behind the last day are never known, whatever their shape.
      shape[week] = (dayLevels[day] ?? 1) * (effects[items[block + week] as number] as number);
      sold[week] = units[block + week] as number;
    }
    const level = blockLevel(sold, shape, noise);
    if (level === 0) continue;
    for (let week = 0; week < BLOCK_WEEKS; week++) {
      const mean = level * (shape[week] as number);
      const value = sold[week] as number;
      if (value < 0 || mean === 0 || isMishap(value, mean)) continue;
      const weight = 1 / (1 + noise * mean);
      const day = DAY_AT[(block + week) % SERIES_STEP] as number;
      const promoted = items[block + week] as number;
      sums.noiseAbove += (value - mean) ** 2 / mean - 1;
      sums.noiseBelow += mean;
      add(sums.sold, day, weight * value);
      add(sums.expected, day, weight * mean);
      if (promoted === 0) continue;
      add(sums.soldByItems, promoted, weight * value);
      add(sums.expectedByItems, promoted, weight * mean);
      for (let k = 0; k < RAMP_COUNT; k++) {
        add(sums.ramps, day * RAMP_COUNT + k, weight * mean * rampAt(promoted, k));
      }
    }
  }
  return sums;
}

/** The level at which a block of such a shape sold what it sold; 0 where it sold nothing. */
function blockLevel(sold: Float64Array, shape: Float64Array, noise: number): number {
  let level = 0;
  // The second time days weigh by the level of the first, and mishaps are left out.
  for (let pass = 0; pass < 2; pass++) {
    let above = 0;
    let below = 0;
    for (let week = 0; week < BLOCK_WEEKS; week++) {
      const value = sold[week] as number;
      const mean = level * (shape[week] as number);
      if (value < 0 || (pass > 0 && isMishap(value, mean))) continue;
      const weight = 1 / (1 + noise * mean);
      above += weight * value;
      below += weight * (shape[week] as number);
    }
    if (below > 0) level = above / below;
    if (level === 0) return 0;
  }
  return level;
}

function isMishap(sold: number, mean: number): boolean {
  return mean > STEADY_UNITS && (sold > FAR_OFF * mean || FAR_OFF * sold < mean);
}

/**
 * Moves the days' levels to where they are likeliest: between what was sold and what is expected of the day.
 *
 * @returns what each was multiplied by
 */
function moveDayLevels({ sold, expected }: Sums, nuisance: Nuisance, usual: Float64Array): Float64Array {
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
    variance += ((sold[day] as number) / base - 1) ** 2 - 1 / base;
    known++;
    const moved = (((sold[day] as number) + certainty) / (base + certainty)) * expectedLevel;
    dayLevels[day] = moved;
    return moved / level;
  });
  nuisance.dayVariance = Math.max(SMALL_VARIANCE, variance / known || 0);
  return moves;
}

/** The slope of the quasi-likelihood in the weights, and its curvature, both with the days' levels moved along. */
function slopeAndCurvature(
  sums: Sums,
  moves: Float64Array,
  { dayVariance }: Nuisance,
  curvature: Float64Array,
): Float64Array {
  const slope = new Float64Array(RAMP_COUNT);
  curvature.fill(0);
  for (let n = 1; n <= MOST_ITEMS; n++) {
    const expected = sums.expectedByItems[n] as number;
    if (expected === 0) continue;
    for (let k = 0; k < RAMP_COUNT; k++) {
      add(slope, k, (sums.soldByItems[n] as number) * rampAt(n, k));
      for (let j = 0; j < RAMP_COUNT; j++) {
        add(curvature, k * RAMP_COUNT + j, expected * rampAt(n, k) * rampAt(n, j));
      }
    }
  }
  sums.expected.forEach((expected, day) => {
    if (expected === 0) return;
    const move = moves[day] as number;
    const certainty = expected * move + 1 / dayVariance;
    const first = day * RAMP_COUNT;
    for (let k = 0; k < RAMP_COUNT; k++) {
      const own = sums.ramps[first + k] as number;
      if (own === 0) continue;
      add(slope, k, -move * own);
      for (let j = 0; j < RAMP_COUNT; j++) {
        add(
          curvature,
          k * RAMP_COUNT + j,
          (-(move ** 2) * own * (sums.ramps[first + j] as number)) / certainty,
        );
      }
    }
  });
  return slope;
}

function add(column: Float64Array, at: number, value: number): void {
  column[at] = (column[at] as number) + value;
}
