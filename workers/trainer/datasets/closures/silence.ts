import type { StoreActivity } from './store-activity.ts';

const DAYS_PER_WEEK = 7;
/** Same weekdays on either side of a day that say what the store sells on it, and how many of them have to be open. */
const WEEKS = 8;
const ENOUGH_SAME_WEEKDAYS = 4;
/** Days on either side that say it where the weekday is not sold on often enough, and how many of them have to be open. */
const DAYS = 42;
const ENOUGH_DAYS = 8;
/** Of totals that are no counts, such as kilograms, the mean stands for at least so many sales. */
const SALES_OF_A_MEASURE = 20;

/**
 * The chance that a store which is open sells nothing on a day: that of 0 in the negative binomial distribution with mean
 * and variance of its totals on open days, the Poisson distribution where they vary less than that. Totals of at least
 * one sale are too high for a store that often sells nothing, which makes silence look less likely than it is; such a
 * store is told by how often it is silent.
 *
 * @param totals units of open days, at least one
 */
export function chanceOfNoSale(totals: readonly number[]): number {
  const mean = totals.reduce((sum, units) => sum + units, 0) / totals.length;
  const variance = totals.reduce((sum, units) => sum + (units - mean) ** 2, 0) / totals.length;
  if (mean === 0) return 1;
  const unit = totals.every(Number.isInteger) ? 1 : Math.min(1, mean / SALES_OF_A_MEASURE);
  const sales = mean / unit;
  const spread = variance / unit ** 2;
  if (spread <= sales) return Math.exp(-sales);
  const size = sales ** 2 / (spread - sales);
  return (size / (size + sales)) ** size;
}

/** The chance that the store sells nothing on a day, by its open days around it; null where there are too few of them. */
export function chanceAround(
  { totals: sales, open, first, last }: StoreActivity,
  day: number,
): number | null {
  const totalsOf = (reach: number, step: number) => {
    const totals: number[] = [];
    for (let distance = step; distance <= reach; distance += step) {
      for (const other of [day - distance, day + distance]) {
        if (other >= first && other <= last && open[other] === 1) totals.push(sales[other] as number);
      }
    }
    return totals;
  };
  const sameWeekdays = totalsOf(WEEKS * DAYS_PER_WEEK, DAYS_PER_WEEK);
  if (sameWeekdays.length >= ENOUGH_SAME_WEEKDAYS) return chanceOfNoSale(sameWeekdays);
  const all = totalsOf(DAYS, 1);
  return all.length >= ENOUGH_DAYS ? chanceOfNoSale(all) : null;
}
