/** Days that say how often a series sells. */
const ENOUGH_DAYS = 7;
/** Probability of a silence below which it is no chance. */
const CHANCE = 0.001;
/** Days since the first sale from which on the zeros before it are of a product not yet sold, and until when they matter. */
const LAUNCH_DAYS = { first: 3, last: 27 };
/** Other silences of at least half the length from which on they are a habit of the series. */
const HABIT = 2;

/** Whether so many days without a sale in a row are too many to be chance, by the zeros among the other days. */
export function isNoChance(silent: number, otherZeros: number, otherDays: number): boolean {
  return otherDays >= ENOUGH_DAYS && chanceOf(silent, otherZeros, otherDays) < CHANCE;
}

function chanceOf(silent: number, otherZeros: number, otherDays: number): number {
  return ((otherZeros + 1) / (otherDays + 2)) ** silent;
}

/** Known days without a sale, one after the other: `from..to`, unknown ones in between. */
export interface Silence {
  readonly from: number;
  readonly to: number;
  readonly days: number;
}

/**
 * Whether a silence between sales is a stock-out: too long to be chance, by the other days around it, and no habit of
 * the series, by the silences among them.
 *
 * @param others may include the silence itself
 */
export function isStockOut(
  silence: Silence,
  others: readonly Silence[],
  otherZeros: number,
  otherDays: number,
): boolean {
  if (!isNoChance(silence.days, otherZeros, otherDays)) return false;
  return others.filter((other) => other !== silence && 2 * other.days >= silence.days).length < HABIT;
}

/** Whether zeros before the first sale are of a product that was listed, but not yet sold, or whose season begins. */
function isBeforeLaunch({ days }: Silence, otherZeros: number, otherDays: number): boolean {
  const { first, last } = LAUNCH_DAYS;
  return otherDays >= first && otherDays <= last && chanceOf(days, otherZeros, otherDays) < CHANCE;
}

/**
 * Makes the days of stock-outs that are over unknown, and those before a launch or season of the last four weeks:
 * these zeros say nothing about what the series sells since. A silence that goes on is left, because whether the series
 * comes back is not known.
 *
 * @param demand log1p(units), most recent day first, NaN where not known
 * @param hasSoldBefore whether the series sold anything before these days
 * @returns how many days, known or not, came after the last stock-out; all of them without one
 */
export function forgetStockOuts(demand: Float64Array, hasSoldBefore: () => boolean): number {
  let daysSince = demand.length;
  let known = 0;
  let zeros = 0;
  let silent = 0;
  let longest = 0;
  for (let k = 0; k < demand.length; k++) {
    const log = demand[k] as number;
    if (Number.isNaN(log)) continue;
    known++;
    if (log === 0) {
      zeros++;
      silent++;
      if (silent > longest) longest = silent;
    } else silent = 0;
  }
  // If the longest silence may be chance, so may all others.
  if (chanceOf(longest, zeros - longest, known - longest) >= CHANCE) return daysSince;
  const silences = silencesOf(demand);
  const newest = demand.findIndex(isSale);
  const oldest = demand.findLastIndex(isSale);
  for (const silence of silences) {
    const { from, to, days } = silence;
    if (from < newest) continue;
    const others = [zeros - days, known - days] as const;
    const isFirst = to > oldest;
    const isOver =
      (isFirst && isBeforeLaunch(silence, ...others)) ||
      ((!isFirst || hasSoldBefore()) && isStockOut(silence, silences, ...others));
    if (!isOver) continue;
    demand.fill(Number.NaN, from, to + 1);
    daysSince = Math.min(daysSince, from);
  }
  return daysSince;
}

const isSale = (log: number) => log > 0;

/** In the order of the days. */
export function silencesOf(demand: Float64Array | Int32Array): Silence[] {
  const silences: Silence[] = [];
  let from = 0;
  let to = 0;
  let days = 0;
  const end = () => {
    if (days > 0) silences.push({ from, to, days });
    days = 0;
  };
  for (let k = 0; k < demand.length; k++) {
    const value = demand[k] as number;
    if (value > 0) end();
    else if (value === 0) {
      if (days === 0) from = k;
      to = k;
      days++;
    }
  }
  end();
  return silences;
}
