import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { type Categories, createCategories } from '../../../shared/features/index.ts';
import type { Store } from '../../../shared/schemas/catalog.ts';
import type { Dataset } from '../datasets/dataset.ts';

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
  const levels = series.map((_, s) => {
    const own = milliUnits.subarray(s * dayCount, (s + 1) * dayCount);
    return meanLog(own.subarray(0, days)) ?? meanLog(own.subarray(days));
  });
  const levelsOf = (column: string): Map<string, number[]> => {
    const byValue = new Map<string, number[]>();
    series.forEach(({ storeNbr, family }, s) => {
      const level = levels[s] ?? null;
      const store = storeOf.get(storeNbr);
      if (level === null || !store) return;
      const value = column === 'family' ? family : String(store[column as keyof Store]);
      byValue.set(value, [...(byValue.get(value) ?? []), level]);
    });
    return byValue;
  };
  return Object.fromEntries(
    Object.entries(createCategories(stores, families)).map(([column, values]) => {
      const byValue = levelsOf(column);
      // Sorted, so that a mean does not depend on the order of the series.
      const levelOf = (value: string) => mean((byValue.get(value) ?? []).sort((a, b) => a - b));
      const ranked = values.map((value) => ({ value, level: levelOf(value) }));
      return [column, ranked.sort((a, b) => a.level - b.level).map(({ value }) => value)];
    }),
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

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
