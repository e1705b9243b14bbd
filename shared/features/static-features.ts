import type { Store } from '../schemas/catalog.ts';
import { compareStoreNbrs } from '../schemas/series.ts';
import { defineFeatures, writeFeatures } from './feature.ts';

/** A series with its category values and their codes. */
interface CodedSeries {
  readonly store: Store;
  readonly family: string;
  readonly codes: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Properties of a series that do not depend on the day. */
export const STATIC_FEATURES = defineFeatures<CodedSeries>(
  'static',
  (
    [
      ['store_nbr', "code of the store's number"],
      ['family', 'code of the product family'],
      ['city', "code of the store's city"],
      ['state', "code of the store's state"],
      ['type', "code of the store's type"],
      ['cluster', "code of the store's cluster"],
    ] as const
  ).map(([column, definition]) => [
    column,
    definition,
    ({ store, family, codes }, out, at) => {
      out[at] = codes.get(column)?.get(staticValue(store, family, column)) ?? Number.NaN;
    },
  ]),
  'category',
);

/** Categorical column to its values in the order of their codes 0..n-1. */
export type Categories = Readonly<Record<string, readonly string[]>>;

/** The categories of a dataset, sorted: numbers by value, before texts. The same set always gives the same codes. */
export function createCategories(stores: readonly Store[], families: readonly string[]): Categories {
  const valuesOf = (column: string) => {
    if (column === 'family') return [...families];
    return stores.map((store) => staticValue(store, '', column));
  };
  return Object.fromEntries(
    STATIC_FEATURES.map(({ name }) => [
      name,
      [...new Set(valuesOf(name))].sort(name === 'store_nbr' ? compareStoreNbrs : compareValues),
    ]),
  );
}

/** Looks up the codes of one series in the order of `STATIC_FEATURES`; NaN for a value that training has not seen. */
export function categoryCodesOf(categories: Categories): (store: Store, family: string) => Float32Array {
  const codes = new Map(
    Object.entries(categories).map(
      ([column, values]) => [column, new Map(values.map((value, code) => [value, code]))] as const,
    ),
  );
  return (store, family) => {
    const row = new Float32Array(STATIC_FEATURES.length);
    writeFeatures(STATIC_FEATURES, { store, family, codes }, row, 0, 1);
    return row;
  };
}

/** The value of a series in a column of `STATIC_FEATURES`, as the categories spell it. */
export function staticValue(store: Store, family: string, column: string): string {
  return column === 'family' ? family : String(store[column as keyof Store]);
}

/** Texts by code unit. */
function compareValues(left: string, right: string): number {
  const [value, other] = [Number(left), Number(right)];
  if (Number.isNaN(value) !== Number.isNaN(other)) return Number.isNaN(value) ? 1 : -1;
  return value - other || (left < right ? -1 : Number(left > right));
}
