import type { Catalog, Store } from '../../../shared/schemas/catalog.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import { nearestNames } from '../problems/nearest-names.ts';

/**
 * Looks up a series. Plain searches of the lists: for one question of a request they cost less than an index would
 * take to build in a fresh isolate.
 *
 * @returns the store that sells the series.
 * @throws {ApiProblem} `unknown-store`, `unknown-family` or `unknown-series`.
 */
export function requireSeries(catalog: Catalog, storeNbr: number, family: string): Store {
  const store = catalog.stores.find(({ store_nbr }) => store_nbr === storeNbr);
  if (!store) throw unknownStore(catalog, storeNbr);
  if (!catalog.families.includes(family)) throw unknownFamily(catalog, family);
  if (!catalog.series.includes(seriesKey(storeNbr, family))) throw unknownSeries(catalog, storeNbr, family);
  return store;
}

function unknownStore({ stores }: Catalog, storeNbr: number): ApiProblem {
  const suggestions = stores
    .map(({ store_nbr }) => store_nbr)
    .sort((a, b) => Math.abs(a - storeNbr) - Math.abs(b - storeNbr) || a - b)
    .slice(0, 3)
    .map(String);
  const detail = `No store has the number ${storeNbr}; GET /v1/catalog lists all ${stores.length}`;
  return new ApiProblem('unknown-store', detail, { suggestions });
}

function unknownFamily({ families }: Catalog, family: string): ApiProblem {
  const suggestions = nearestNames(family, families);
  const hint = suggestions[0] ? `did you mean "${suggestions[0]}"?` : 'GET /v1/catalog lists them all';
  return new ApiProblem('unknown-family', `No family is called "${family}"; ${hint}`, { suggestions });
}

function unknownSeries({ series }: Catalog, storeNbr: number, family: string): ApiProblem {
  const suggestions = series.filter((key) => key.endsWith(`:${family}`)).slice(0, 3);
  const detail = `Store ${storeNbr} does not sell "${family}"; GET /v1/catalog lists who does`;
  return new ApiProblem('unknown-series', detail, { suggestions });
}
