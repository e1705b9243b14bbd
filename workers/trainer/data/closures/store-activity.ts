import { at } from '../../../../shared/at.ts';
import { DAYS_PER_WEEK } from '../../../../shared/calendar/day-number.ts';
import { meanOf } from '../averages.ts';
import type { Dataset } from '../dataset.ts';

/** The sales of one store over all series, by day of the panel. */
export interface StoreActivity {
  readonly storeNbr: string;
  /** Sales of an open day: tickets if the store counts them, otherwise the units of all series. */
  readonly totals: Float64Array;
  /** 1 if the store sold anything or counted tickets: it was open. */
  readonly open: Uint8Array;
  /** First and last open day; -1 for a store that never was. */
  readonly first: number;
  readonly last: number;
}

/**
 * The activity of every store, in the order of the dataset's stores.
 *
 * @param through last day of the panel that is considered
 */
export function storeActivities(
  { panel, stores }: Pick<Dataset, 'panel' | 'stores'>,
  through = panel.dayCount - 1,
): StoreActivity[] {
  const dayCount = Math.min(panel.dayCount, through + 1);
  const place = new Map(stores.map(({ store_nbr }, index) => [store_nbr, index]));
  const units = stores.map(() => new Float64Array(dayCount));
  panel.series.forEach(({ storeNbr }, s) => {
    const total = units[place.get(storeNbr) ?? -1];
    const row = s * panel.dayCount;
    for (let day = 0; total && day < dayCount; day++) {
      const milliUnits = panel.milliUnits[row + day] as number;
      if (milliUnits > 0) total[day] = (total[day] as number) + milliUnits / 1000;
    }
  });
  return stores.map(({ store_nbr }, index) => {
    const total = at(units, index);
    const tickets = panel.tickets?.subarray(index * panel.dayCount, index * panel.dayCount + dayCount);
    const open = Uint8Array.from(total, (sold, day) => Number(sold > 0 || (tickets?.[day] ?? 0) > 0));
    const countsTickets = (tickets?.filter((count) => count > 0).length ?? 0) * 2 > sum(open);
    return {
      storeNbr: store_nbr,
      totals: countsTickets
        ? total.map((sold, day) => ((tickets?.[day] ?? 0) > 0 ? (tickets?.[day] as number) : sold))
        : total,
      open,
      first: open.indexOf(1),
      last: open.lastIndexOf(1),
    };
  });
}

function sum(values: Uint8Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Same weekdays on either side of a day that show its usual sales, and how many of them must be open. */
const WEEKS = 8;
const ENOUGH_SAME_WEEKDAYS = 4;
/** Days on either side that show them if the weekday rarely has sales, and how many of them must be open. */
const DAYS = 42;
const ENOUGH_DAYS = 8;
/** For totals that are not counts, such as kilograms, the mean corresponds to at least this many sales. */
const SALES_OF_A_MEASURE = 20;

/**
 * The chance that an open store sells nothing on a day: that of 0 in the negative binomial distribution with mean and
 * variance of its totals on open days, or in the Poisson distribution if they vary less than that. Totals of at least
 * one sale are too high for a store that often sells nothing, which makes silence look less likely than it is; such a
 * store is judged by how often it is silent.
 *
 * @param totals units of open days, at least one
 */
export function chanceOfNoSale(totals: readonly number[]): number {
  const mean = meanOf(totals);
  const variance = totals.reduce((sum, units) => sum + (units - mean) ** 2, 0) / totals.length;
  if (mean === 0) return 1;
  const unit = totals.every(Number.isInteger) ? 1 : Math.min(1, mean / SALES_OF_A_MEASURE);
  const sales = mean / unit;
  const spread = variance / unit ** 2;
  if (spread <= sales) return Math.exp(-sales);
  const size = sales ** 2 / (spread - sales);
  return (size / (size + sales)) ** size;
}

/** The chance that the store sells nothing on a day, by the open days around it; null for too few of them. */
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
