import { DAYS_PER_WEEK } from '../../calendar/day-number.ts';

/** Weights of TSB (Teunter, Syntetos & Babai 2011). */
export interface TsbWeights {
  /** Share of a day with sales in their usual size, 0..1. */
  readonly alpha_size: number;
  /** Share of any known day in the chance of a sale, 0..1. */
  readonly alpha_chance: number;
}

export interface TsbState {
  /** Chance that a day has sales. */
  readonly chance: number;
  /** Size of a day with sales. */
  readonly size: number;
}

/**
 * TSB: the chance of a sale is smoothed on every day, so that it falls while nothing is sold, and the size of a day's
 * sales on days with sales only. The expected demand of a day is their product.
 *
 * @param values demand, most recent day first, 0 without sales, NaN where not known; any scale
 * @param initial the state before the oldest of them
 */
export function filterTsb(
  values: Float64Array,
  { alpha_size, alpha_chance }: TsbWeights,
  initial: TsbState,
): TsbState {
  let { chance, size } = initial;
  for (let k = values.length - 1; k >= 0; k--) {
    const value = values[k] as number;
    if (Number.isNaN(value)) continue;
    const isSale = value > 0;
    chance += alpha_chance * (Number(isSale) - chance);
    if (isSale) size += alpha_size * (value - size);
  }
  return { chance, size };
}

/** The share of days with sales, and their mean: the state from which a series is filtered. 0 where nothing is sold. */
export function usualTsbState(values: Float64Array): TsbState {
  let [known, sales, sum] = [0, 0, 0];
  for (let k = values.length - 1; k >= 0; k--) {
    const value = values[k] as number;
    if (Number.isNaN(value)) continue;
    known++;
    if (value === 0) continue;
    sales++;
    sum += value;
  }
  return { chance: known > 0 ? sales / known : 0, size: sales > 0 ? sum / sales : 0 };
}

/** Variance of the weekdays' factors on their mean from series to series. */
const FACTOR_VARIANCE = 0.3;

/**
 * The factor of each weekday on the mean of all days, shrunk to 1 (empirical Bayes) where its days are few or
 * scattered: lumps make no week.
 *
 * @returns by `weekdayLag`; 1 where nothing is sold
 */
export function weekdayFactors(values: Float64Array): Float64Array {
  const sums = new Float64Array(DAYS_PER_WEEK);
  const days = new Float64Array(DAYS_PER_WEEK);
  let [sum, squares, known] = [0, 0, 0];
  values.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    const lag = k % DAYS_PER_WEEK;
    sums[lag] = (sums[lag] as number) + value;
    days[lag] = (days[lag] as number) + 1;
    sum += value;
    squares += value * value;
    known++;
  });
  if (sum === 0) return sums.fill(1);
  const mean = sum / known;
  // As many days of the mean as make the variance of a factor by chance that of factors from series to series.
  const pseudoDays = (squares / known / mean ** 2 - 1) / FACTOR_VARIANCE;
  return sums.map((own, lag) => {
    const count = (days[lag] as number) + pseudoDays;
    return count > 0 ? (own + pseudoDays * mean) / (count * mean) : 1;
  });
}
