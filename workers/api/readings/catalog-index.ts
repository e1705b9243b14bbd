import { type Catalog, catalogSchema, type Store } from '../../../shared/schemas/catalog.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import { nearestNames } from '../problems/nearest-names.ts';

/** The catalog and what is looked up in it for every request. */
export interface CatalogIndex {
  readonly catalog: Catalog;
  /**
   * @returns the store that sells the series.
   * @throws {ApiProblem} `unknown-store`, `unknown-family` or `unknown-series`.
   */
  requireSeries(storeNbr: number, family: string): Store;
}

export function createCatalogIndex(catalog: Catalog): CatalogIndex {
  const stores = new Map(catalog.stores.map((store) => [store.store_nbr, store]));
  const families = new Set(catalog.families);
  const series = new Set(catalog.series);

  const unknownStore = (storeNbr: number): ApiProblem => {
    const suggestions = [...stores.keys()]
      .sort((a, b) => Math.abs(a - storeNbr) - Math.abs(b - storeNbr) || a - b)
      .slice(0, 3)
      .map(String);
    const detail = `No store has the number ${storeNbr}; GET /v1/catalog lists all ${stores.size}`;
    return new ApiProblem('unknown-store', detail, { suggestions });
  };

  const unknownFamily = (family: string): ApiProblem => {
    const suggestions = nearestNames(family, families);
    const hint = suggestions[0] ? `did you mean "${suggestions[0]}"?` : 'GET /v1/catalog lists them all';
    return new ApiProblem('unknown-family', `No family is called "${family}"; ${hint}`, { suggestions });
  };

  const unknownSeries = (storeNbr: number, family: string): ApiProblem => {
    const suggestions = catalog.series.filter((key) => key.endsWith(`:${family}`)).slice(0, 3);
    const detail = `Store ${storeNbr} does not sell "${family}"; GET /v1/catalog lists who does`;
    return new ApiProblem('unknown-series', detail, { suggestions });
  };

  return {
    catalog,
    requireSeries: (storeNbr, family) => {
      const store = stores.get(storeNbr);
      if (!store) throw unknownStore(storeNbr);
      if (!families.has(family)) throw unknownFamily(family);
      if (!series.has(seriesKey(storeNbr, family))) throw unknownSeries(storeNbr, family);
      return store;
    },
  };
}

/** @throws {Error} naming the key and the field when the text is not a catalog. */
export function parseCatalog(text: string, key: string): CatalogIndex {
  const parsed = catalogSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(
      `${key} is not a catalog: "${issue?.path.join('.')}" ${issue?.message}; publish it again`,
    );
  }
  return createCatalogIndex(parsed.data);
}
