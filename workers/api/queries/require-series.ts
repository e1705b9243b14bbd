import { at } from '../../../shared/at.ts';
import type { Catalog, Store } from '../../../shared/schemas/catalog.ts';
import { compareStoreNbrs, seriesKey } from '../../../shared/schemas/series.ts';
import { ApiProblem } from '../problems/api-problem.ts';

/**
 * Looks up a series. Plain searches of the lists: for one question of a request they cost less than an index would
 * take to build in a fresh isolate.
 *
 * @returns the store that sells the series.
 * @throws {ApiProblem} `unknown-store`, `unknown-family` or `unknown-series`.
 */
export function requireSeries(catalog: Catalog, storeNbr: string, family: string): Store {
  const store = requireStoreAndFamily(catalog, storeNbr, family);
  if (!catalog.series.includes(seriesKey(storeNbr, family))) throw unknownSeries(catalog, storeNbr, family);
  return store;
}

/**
 * Looks up a store and a family, whether or not the store sells it.
 *
 * @throws {ApiProblem} `unknown-store` or `unknown-family`.
 */
export function requireStoreAndFamily(catalog: Catalog, storeNbr: string, family: string): Store {
  const store = catalog.stores.find(({ store_nbr }) => store_nbr === storeNbr);
  if (!store) throw unknownStore(catalog, storeNbr);
  if (!catalog.families.includes(family)) throw unknownFamily(catalog, family);
  return store;
}

function unknownStore({ stores }: Catalog, storeNbr: string): ApiProblem {
  const suggestions = nearestStores(
    storeNbr,
    stores.map(({ store_nbr }) => store_nbr),
  );
  const detail = `No store is called "${storeNbr}"; GET /v1/catalog lists all ${stores.length}`;
  return new ApiProblem('unknown-store', detail, { suggestions });
}

/** For a number the stores with the nearest numbers, for any other text those that are spelled most like it; at most 3. */
function nearestStores(wanted: string, stores: readonly string[]): string[] {
  const value = Number(wanted);
  if (!/^[0-9]+$/.test(wanted)) return nearestNames(wanted, stores);
  return stores
    .filter((storeNbr) => /^[0-9]+$/.test(storeNbr))
    .sort((a, b) => Math.abs(Number(a) - value) - Math.abs(Number(b) - value) || compareStoreNbrs(a, b))
    .slice(0, 3);
}

function unknownFamily({ families }: Catalog, family: string): ApiProblem {
  const suggestions = nearestNames(family, families);
  const hint = suggestions[0] ? `did you mean "${suggestions[0]}"?` : 'GET /v1/catalog lists them all';
  return new ApiProblem('unknown-family', `No family is called "${family}"; ${hint}`, { suggestions });
}

function unknownSeries({ series }: Catalog, storeNbr: string, family: string): ApiProblem {
  const suggestions = series.filter((key) => key.endsWith(`:${family}`)).slice(0, 3);
  const detail = `Store ${storeNbr} does not sell "${family}"; GET /v1/catalog lists who does`;
  return new ApiProblem('unknown-series', detail, { suggestions });
}

/**
 * The names that come nearest to a misspelled one: least edits per letter first, upper and lower case alike.
 *
 * @returns at most `limit` names, none that shares less than half of its letters with `wanted`.
 */
export function nearestNames(wanted: string, names: Iterable<string>, limit = 3): string[] {
  const target = wanted.trim().toUpperCase();
  return [...names]
    .map((name) => ({ name, distance: distanceOf(target, name.toUpperCase()) }))
    .filter(({ distance }) => distance <= 0.5)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Edits per letter of the longer text; a text that begins with the other counts as near. */
function distanceOf(a: string, b: string): number {
  if (a.length > 2 && (b.startsWith(a) || a.startsWith(b))) return 0.1;
  return editDistance(a, b) / Math.max(a.length, b.length, 1);
}

/** Levenshtein distance with one row of memory. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = at(previous, column - 1) + Number(a[row - 1] !== b[column - 1]);
      current.push(Math.min(substitution, at(previous, column) + 1, at(current, column - 1) + 1));
    }
    previous = current;
  }
  return at(previous, b.length);
}
