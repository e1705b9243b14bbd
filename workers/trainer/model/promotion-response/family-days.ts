import { DAYS_PER_WEEK, type DayNumber } from '../../../../shared/calendar/day-number.ts';
import type { PanelSeries } from '../series/panel-series.ts';
import { availabilityOf } from '../series/stock-outs.ts';
import { MOST_ITEMS, RAMP_COUNT, rampAt } from './ramps.ts';

/** Same weekdays that share a level of their own. */
export const BLOCK_WEEKS = 5;
/** Blocks of one weekday. */
const BLOCKS = 31;
/** Training days up to the last one, about three years: `BLOCKS` blocks for each weekday in turn. */
export const RESPONSE_DAYS = BLOCKS * BLOCK_WEEKS * DAYS_PER_WEEK;

/**
 * Sales of one family in all stores, block by block: the same weekday of one series in `BLOCK_WEEKS` consecutive
 * weeks.
 */
export interface FamilyDays {
  /** Number of series. */
  readonly count: number;
  /**
   * Units; below 0 where unknown, where the store was closed, or the product could not be bought. At `series * RESPONSE_DAYS + block * BLOCK_WEEKS +
   * week`.
   */
  readonly units: Float64Array;
  /** Items on promotion, at most `MOST_ITEMS`; at the same place. */
  readonly items: Uint8Array;
  /** Whether anything was ever promoted. */
  readonly hasPromotions: boolean;
}

/** Which of the `RESPONSE_DAYS` days stands at a place of a series. */
export const DAY_AT = Uint16Array.from({ length: RESPONSE_DAYS }, (_, at) => {
  const block = Math.floor(at / BLOCK_WEEKS);
  const week = (block % BLOCKS) * BLOCK_WEEKS + (at % BLOCK_WEEKS);
  return week * DAYS_PER_WEEK + Math.floor(block / BLOCKS);
});

/** Collects the days up to `lastDay` of the series of one family. */
export function collectFamilyDays(series: readonly PanelSeries[], lastDay: DayNumber): FamilyDays {
  const units = new Float64Array(series.length * RESPONSE_DAYS).fill(-1);
  const items = new Uint8Array(units.length);
  let hasPromotions = false;
  series.forEach(({ history, closedDays }, s) => {
    const { unavailable } = availabilityOf(history, closedDays, lastDay);
    const first = lastDay - history.firstDay - RESPONSE_DAYS + 1;
    for (let day = Math.max(0, -first); day < RESPONSE_DAYS; day++) {
      const milliUnits = history.milliUnits[first + day] as number;
      if (milliUnits < 0 || closedDays[first + day] === 1 || unavailable[first + day] === 1) continue;
      const week = Math.floor(day / DAYS_PER_WEEK);
      const block = (day % DAYS_PER_WEEK) * BLOCKS + Math.floor(week / BLOCK_WEEKS);
      const at = s * RESPONSE_DAYS + block * BLOCK_WEEKS + (week % BLOCK_WEEKS);
      units[at] = milliUnits / 1000;
      items[at] = Math.min(MOST_ITEMS, history.onpromotion[first + day] as number);
      hasPromotions ||= items[at] !== 0;
    }
  });
  return { count: series.length, units, items, hasPromotions };
}

/** A day of a series with at least this expectation, and sales this many times above or below it, is an outlier. */
const STEADY_UNITS = 20;
const FAR_OFF = 4.5;
/** Estimates apart from the weights; each fit starts from those of the one before. */
export interface Nuisance {
  /** Factor of a day, over all stores of the family: season, payday, holiday. */
  readonly dayLevels: Float64Array;
  /** Variance of the factor of a day's level around its expectation. */
  dayVariance: number;
  /** Variance of a day's units beyond counting noise, as a share of the squared mean. */
  noise: number;
}

/** Sums over the days of a family, by day and by number of items. */
export interface Sums {
  readonly sold: Float64Array;
  readonly expected: Float64Array;
  /** Expected, times each ramp, at `day * RAMP_COUNT + k`. */
  readonly ramps: Float64Array;
  /** The same with each ramp centred in the block: the part that the level of the block cannot explain. */
  readonly centredRamps: Float64Array;
  /** Sums over the days of expected x centred ramp k x centred ramp j, at `k * RAMP_COUNT + j`. */
  readonly centredSquares: Float64Array;
  readonly soldByItems: Float64Array;
  noiseAbove: number;
  noiseBelow: number;
}

/** One pass over the days: the level of each block, and sales and expectations by day and by items. */
export function sumUp({ count, units, items }: FamilyDays, nuisance: Nuisance, effects: Float64Array): Sums {
  const { dayLevels, noise } = nuisance;
  const sums: Sums = {
    sold: new Float64Array(RESPONSE_DAYS),
    expected: new Float64Array(RESPONSE_DAYS),
    ramps: new Float64Array(RESPONSE_DAYS * RAMP_COUNT),
    centredRamps: new Float64Array(RESPONSE_DAYS * RAMP_COUNT),
    centredSquares: new Float64Array(RAMP_COUNT ** 2),
    soldByItems: new Float64Array(MOST_ITEMS + 1),
    noiseAbove: 0,
    noiseBelow: 0,
  };
  const shape = new Float64Array(BLOCK_WEEKS);
  const sold = new Float64Array(BLOCK_WEEKS);
  const means = new Float64Array(BLOCK_WEEKS);
  for (let block = 0; block < count * RESPONSE_DAYS; block += BLOCK_WEEKS) {
    for (let week = 0; week < BLOCK_WEEKS; week++) {
      const day = DAY_AT[(block + week) % RESPONSE_DAYS] as number;
      shape[week] = (dayLevels[day] as number) * (effects[items[block + week] as number] as number);
      sold[week] = units[block + week] as number;
    }
    const level = blockLevel(sold, shape, noise);
    if (level === 0) continue;
    const known = loadBlock(means, sold, shape, level);
    // The block's own level absorbs a share of the noise, and all of it where the block has only one day.
    const degrees = known / (known - 1);
    let isPromoted = false;
    for (let week = 0; week < BLOCK_WEEKS; week++) {
      const mean = means[week] as number;
      const value = sold[week] as number;
      if (mean === 0) continue;
      const weight = 1 / (1 + noise * mean);
      const day = DAY_AT[(block + week) % RESPONSE_DAYS] as number;
      const promoted = items[block + week] as number;
      if (known > 1) {
        sums.noiseAbove += (degrees * (value - mean) ** 2) / mean - 1;
        sums.noiseBelow += mean;
      }
      add(sums.sold, day, weight * value);
      add(sums.expected, day, weight * mean);
      if (promoted === 0) continue;
      isPromoted = true;
      add(sums.soldByItems, promoted, weight * value);
      for (let k = 0; k < RAMP_COUNT; k++) {
        add(sums.ramps, day * RAMP_COUNT + k, weight * mean * rampAt(promoted, k));
      }
    }
    if (isPromoted) addCentred(sums, items, block, means, noise);
  }
  return sums;
}

/**
 * Writes the expected units of each day of a block; 0 where the day is unknown, or an outlier.
 *
 * @returns the number of other days
 */
function loadBlock(means: Float64Array, sold: Float64Array, shape: Float64Array, level: number): number {
  let known = 0;
  for (let week = 0; week < BLOCK_WEEKS; week++) {
    const mean = level * (shape[week] as number);
    const value = sold[week] as number;
    means[week] = value < 0 || isOutlier(value, mean) ? 0 : mean;
    if (means[week] !== 0) known++;
  }
  return known;
}

const blockMeans = new Float64Array(RAMP_COUNT);
const centred = new Float64Array(RAMP_COUNT);

/** Adds the days of a block to the sums of the centred ramps. */
function addCentred(
  { centredRamps, centredSquares }: Sums,
  items: Uint8Array,
  block: number,
  means: Float64Array,
  noise: number,
): void {
  let total = 0;
  blockMeans.fill(0);
  for (let week = 0; week < BLOCK_WEEKS; week++) {
    const mean = means[week] as number;
    if (mean === 0) continue;
    const weight = mean / (1 + noise * mean);
    const promoted = items[block + week] as number;
    total += weight;
    if (promoted === 0) continue;
    for (let k = 0; k < RAMP_COUNT; k++) {
      blockMeans[k] = (blockMeans[k] as number) + weight * rampAt(promoted, k);
    }
  }
  for (let k = 0; k < RAMP_COUNT; k++) blockMeans[k] = (blockMeans[k] as number) / total;
  for (let week = 0; week < BLOCK_WEEKS; week++) {
    const mean = means[week] as number;
    if (mean === 0) continue;
    const weight = mean / (1 + noise * mean);
    const promoted = items[block + week] as number;
    const first = (DAY_AT[(block + week) % RESPONSE_DAYS] as number) * RAMP_COUNT;
    for (let k = 0; k < RAMP_COUNT; k++) {
      const own = rampAt(promoted, k) - (blockMeans[k] as number);
      const weighted = weight * own;
      const row = k * RAMP_COUNT;
      centred[k] = own;
      centredRamps[first + k] = (centredRamps[first + k] as number) + weighted;
      for (let j = 0; j <= k; j++) {
        centredSquares[row + j] = (centredSquares[row + j] as number) + weighted * (centred[j] as number);
      }
    }
  }
}

/** The level of a block of this shape, by its sales; 0 where it sold nothing. */
function blockLevel(sold: Float64Array, shape: Float64Array, noise: number): number {
  let level = 0;
  // In the second pass days are weighted by the level of the first, and outliers are left out.
  for (let pass = 0; pass < 2; pass++) {
    let above = 0;
    let below = 0;
    for (let week = 0; week < BLOCK_WEEKS; week++) {
      const value = sold[week] as number;
      const mean = level * (shape[week] as number);
      if (value < 0 || (pass > 0 && isOutlier(value, mean))) continue;
      const weight = 1 / (1 + noise * mean);
      above += weight * value;
      below += weight * (shape[week] as number);
    }
    if (below > 0) level = above / below;
    if (level === 0) return 0;
  }
  return level;
}

function isOutlier(sold: number, mean: number): boolean {
  return mean > STEADY_UNITS && (sold > FAR_OFF * mean || FAR_OFF * sold < mean);
}

/** column[at] += value */
export function add(column: Float64Array, at: number, value: number): void {
  column[at] = (column[at] as number) + value;
}
