import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import { type Categories, createCategories, staticValue } from '../../../../shared/features/index.ts';
import type { Dataset } from '../../data/dataset.ts';

/**
 * The categories of a dataset in the order of what their series sell. Trees split codes where they are apart: so like sellers
 * stay together, and what a store or family is called changes no forecast.
 *
 * @param through last day that is looked at; what has sold nothing known by then comes by its later days
 */
export function categoriesByLevel({ stores, families, panel }: Dataset, through: DayNumber): Categories {
  const { series, dayCount, milliUnits, firstDay } = panel;
  const storeOf = new Map(stores.map((store) => [store.store_nbr, store]));
  const days = through + 1 - firstDay;
  const members = series.flatMap(({ storeNbr, family }, s) => {
    const own = milliUnits.subarray(s * dayCount, (s + 1) * dayCount);
    const level = meanLog(own.subarray(0, days)) ?? meanLog(own.subarray(days));
    const store = storeOf.get(storeNbr);
    return level === null || !store ? [] : [{ store, family, level }];
  });
  const inOrder = (column: string, values: readonly string[]): string[] => {
    const levels = new Map<string, number[]>(values.map((value) => [value, []]));
    for (const { store, family, level } of members)
      levels.get(staticValue(store, family, column))?.push(level);
    const ranked = [...levels].map(([value, own]) => {
      // Added up in order of size, so that the sum does not depend on the order of the series.
      const sum = own.sort((a, b) => a - b).reduce((total, level) => total + level, 0);
      return { value, level: sum / (own.length || 1) };
    });
    return ranked.sort((a, b) => a.level - b.level).map(({ value }) => value);
  };
  return Object.fromEntries(
    Object.entries(createCategories(stores, families)).map(([column, values]) => [
      column,
      inOrder(column, values),
    ]),
  );
}

/** Mean of log1p(units) of the days that are known; null without any. */
function meanLog(milliUnits: Int32Array): number | null {
  let sum = 0;
  let known = 0;
  for (const value of milliUnits) {
    if (value < 0) continue;
    sum += Math.log1p(value / 1000);
    known++;
  }
  return known === 0 ? null : sum / known;
}
