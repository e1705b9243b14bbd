import { isoWeekday, toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { lines } from '../../../../../support/datasets/csv-files.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';

/** Mean units a day by family: fast sellers, and slow ones that often sell nothing. */
export const BUSY = { BREAD: 60, ROLLS: 40 } as const;
export const SLOW = { BREAD: 40, JAM: 0.8, TEA: 0.5, GIFTS: 0.3 } as const;

export interface ShopDay {
  readonly date: string;
  /** ISO weekday, 1..7. */
  readonly weekday: number;
  /** Days before the last one, which is 0. */
  readonly left: number;
}

/** The rows of a day: `all`; `zero`, all with 0; `none`; `sold`, only those with sales. */
export type Rows = 'all' | 'zero' | 'none' | 'sold';

/** train.csv by store number. Sales are whole units with deterministic noise around their means. */
export function shopsCsv(
  shops: Readonly<
    Record<number, { readonly sells: Readonly<Record<string, number>>; rows(day: ShopDay): Rows }>
  >,
  lastDate: string,
  days: number,
): string {
  const random = sequence(7);
  const last = toDayNumber(lastDate);
  const rows: string[] = [];
  for (let left = days - 1; left >= 0; left--) {
    const day = { date: toIsoDate(last - left), weekday: isoWeekday(last - left), left };
    for (const [store, { sells, rows: rowsOf }] of Object.entries(shops)) {
      const kind = rowsOf(day);
      for (const [family, mean] of Object.entries(sells)) {
        const units = kind === 'zero' ? 0 : Math.floor(mean * (0.75 + random() / 2) + random());
        if (kind === 'none' || (kind === 'sold' && units === 0)) continue;
        rows.push(`${day.date},${store},${family},${units}`);
      }
    }
  }
  return lines('date,store_nbr,family,sales', ...rows);
}

/** Units of a series on a day; -1 where unknown. */
export function unitsOn({ panel }: Dataset, storeNbr: string, family: string, date: string): number {
  const s = panel.series.findIndex((series) => series.storeNbr === storeNbr && series.family === family);
  const value = panel.milliUnits[s * panel.dayCount + toDayNumber(date) - panel.firstDay] ?? -1;
  return value < 0 ? -1 : value / 1000;
}
