import type { Store } from '../schemas/catalog.ts';
import { defineGroup } from './feature-definition.ts';

/** What a series is, whatever the day. */
export const STATIC_FEATURES = defineGroup(
  'static',
  [
    ['store_nbr', "code of the store's number"],
    ['family', 'code of the product family'],
    ['city', "code of the store's city"],
    ['state', "code of the store's state"],
    ['type', "code of the store's type"],
    ['cluster', "code of the store's cluster"],
  ],
  'category',
);

/** Categorical column to its values in the order of their codes 0..n-1. */
export type Categories = Readonly<Record<string, readonly string[]>>;

/** The categories of a dataset, sorted: numbers by value, texts by code point. The same set always gives the same codes. */
export function createCategories(stores: readonly Store[], families: readonly string[]): Categories {
  const valuesOf = (column: string) => {
    if (column === 'family') return [...families];
    return stores.map((store) => staticValue(store, '', column));
  };
  return Object.fromEntries(
    STATIC_FEATURES.map(({ name }) => [name, [...new Set(valuesOf(name))].sort(compareValues)]),
  );
}

/** Looks up the codes of one series in the order of `STATIC_FEATURES`; NaN for a value that training had not seen. */
export function categoryCodesOf(categories: Categories): (store: Store, family: string) => Float32Array {
  const codes = STATIC_FEATURES.map(
    ({ name }) => new Map((categories[name] ?? []).map((value, code) => [value, code])),
  );
  return (store, family) =>
    Float32Array.from(STATIC_FEATURES, ({ name }, i) => {
      return codes[i]?.get(staticValue(store, family, name)) ?? Number.NaN;
    });
}

/** What a series has in a column of `STATIC_FEATURES`, as the categories spell it. */
export function staticValue(store: Store, family: string, column: string): string {
  return column === 'family' ? family : String(store[column as keyof Store]);
}

function compareValues(left: string, right: string): number {
  const difference = Number(left) - Number(right);
  if (!Number.isNaN(difference) && difference !== 0) return difference;
  return left < right ? -1 : Number(left > right);
}
