/** Days that say how often a series sells. */
const ENOUGH_DAYS = 7;
/** Probability of a silence below which it is no chance. */
const CHANCE = 0.001;
/** A silence is unlike the others if it is more than so many times as long as any of them. */
const UNLIKE = 2;

/** Whether so many days without a sale in a row are too many to be chance, by the zeros among the other days. */
export function isNoChance(silent: number, otherZeros: number, otherDays: number): boolean {
  const share = (otherZeros + 1) / (otherDays + 2);
  return otherDays >= ENOUGH_DAYS && share ** silent < CHANCE;
}

/**
 * Whether a silence between sales is a stock-out, by the other days around it: too long to be chance, and unlike any
 * other.
 *
 * @param next how long the longest of the others is
 */
export function isStockOut(silent: number, next: number, otherZeros: number, otherDays: number): boolean {
  return silent > UNLIKE * next && isNoChance(silent, otherZeros, otherDays);
}

/** Known days without a sale, one after the other: `demand[from..to]`, unknown ones in between. */
interface Silence {
  readonly from: number;
  readonly to: number;
  readonly days: number;
}

/**
 * Makes the days of a stock-out that is over unknown: these zeros say nothing about what the series sells since. A
 * silence that goes on is left, because whether the series comes back is not known.
 *
 * @param demand log1p(units), most recent day first, NaN where not known
 * @param hasSoldBefore whether the series sold anything before these days; zeros before the first sale are left
 */
export function forgetStockOut(demand: Float64Array, hasSoldBefore: () => boolean): void {
  const { longest, next, zeros } = silencesOf(demand);
  const { from, to, days } = longest;
  if (days === 0) return;
  const known = demand.filter((log) => !Number.isNaN(log)).length;
  if (!isStockOut(days, next, zeros - days, known - days)) return;
  const isOver = demand.subarray(0, from).some(isSale);
  if (isOver && (demand.subarray(to).some(isSale) || hasSoldBefore())) demand.fill(Number.NaN, from, to + 1);
}

const isSale = (log: number) => log > 0;

/** The longest silence, how long the next one is, and the zeros of all. */
function silencesOf(demand: Float64Array): {
  readonly longest: Silence;
  readonly next: number;
  readonly zeros: number;
} {
  let longest: Silence = { from: 0, to: 0, days: 0 };
  let next = 0;
  let zeros = 0;
  let from = 0;
  let to = 0;
  let days = 0;
  for (let k = 0; k <= demand.length; k++) {
    const log = k < demand.length ? (demand[k] as number) : 1;
    if (log === 0) {
      if (days === 0) from = k;
      to = k;
      days++;
      zeros++;
    } else if (isSale(log)) {
      if (days > longest.days) {
        next = longest.days;
        longest = { from, to, days };
      } else if (days > next) next = days;
      days = 0;
    }
  }
  return { longest, next, zeros };
}
