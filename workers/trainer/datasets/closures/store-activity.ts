import type { Dataset } from '../dataset.ts';

/** What one store sold, all series together, by day of the panel. */
export interface StoreActivity {
  readonly storeNbr: number;
  /** Sales of an open day: tickets where the store counts them, else the units of all series together. */
  readonly totals: Float64Array;
  /** 1 where the store sold anything or counted tickets: it was open. */
  readonly open: Uint8Array;
  /** First and last open day; -1 for a store that never was. */
  readonly first: number;
  readonly last: number;
}

/**
 * The activity of every store, in the order of the dataset's stores.
 *
 * @param through last day of the panel that is looked at
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
    const total = units[index] as Float64Array;
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
