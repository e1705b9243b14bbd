import type { CatalogBody } from '../../../shared/schemas/api/catalog.ts';
import { compareStoreNbrs, parseSeriesKey } from '../../../shared/schemas/series.ts';

type Store = CatalogBody['stores'][number];

export interface Selection {
  readonly storeNbr: string;
  readonly family: string;
}

/** The catalog's series, arranged for picking one. */
export interface SeriesIndex {
  /** Stores that sell anything, in order. */
  readonly stores: readonly Store[];
  /** Families that a store sells, in the catalog's order; empty for an unknown store. */
  familiesOf(storeNbr: string): readonly string[];
}

const PREFERRED: Selection = { storeNbr: '44', family: 'GROCERY I' };

export function indexSeries(catalog: Pick<CatalogBody, 'stores' | 'families' | 'series'>): SeriesIndex {
  const sold = new Map<string, Set<string>>();
  for (const key of catalog.series) {
    const { storeNbr, family } = parseSeriesKey(key);
    const families = sold.get(storeNbr) ?? new Set<string>();
    sold.set(storeNbr, families.add(family));
  }
  const stores = catalog.stores
    .filter((store) => sold.has(store.store_nbr))
    .toSorted((left, right) => compareStoreNbrs(left.store_nbr, right.store_nbr));
  return {
    stores,
    familiesOf: (storeNbr) => {
      const families = sold.get(storeNbr);
      return families ? catalog.families.filter((family) => families.has(family)) : [];
    },
  };
}

/**
 * The series to show for a link: the requested one, or the nearest that exists (the store's first family), or without
 * a request store 44's GROCERY I, or the first series.
 *
 * @returns null when there is no series at all.
 */
export function resolveSelection(
  index: SeriesIndex,
  wish: { readonly storeNbr: string | null; readonly family: string | null },
): Selection | null {
  const family = wish.family ?? PREFERRED.family;
  const wished = index.familiesOf(wish.storeNbr ?? '').length > 0 ? wish.storeNbr : null;
  const preferred = index.familiesOf(PREFERRED.storeNbr).includes(family) ? PREFERRED.storeNbr : null;
  const withFamily = index.stores.find((store) => index.familiesOf(store.store_nbr).includes(family));
  const storeNbr = wished ?? preferred ?? withFamily?.store_nbr ?? index.stores[0]?.store_nbr;
  if (storeNbr === undefined) return null;
  const families = index.familiesOf(storeNbr);
  const fallback = families.includes(PREFERRED.family) ? PREFERRED.family : families[0];
  const chosen = families.includes(family) ? family : fallback;
  return chosen === undefined ? null : { storeNbr, family: chosen };
}
