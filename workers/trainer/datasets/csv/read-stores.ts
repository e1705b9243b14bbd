import type { Store } from '../../../../shared/schemas/catalog.ts';
import { normalizeName } from '../../../../shared/schemas/normalize-name.ts';
import { invalid, parseCount } from './fields.ts';
import { readTable, type TableRequest } from './read-table.ts';

const MAX_STORE_NBR = 99_999;

/** Attributes of a store that no stores.csv describes. */
export function unknownStore(storeNbr: number): Store {
  return { store_nbr: storeNbr, city: 'unknown', state: 'unknown', type: 'unknown', cluster: 0 };
}

/** Reads stores.csv: store_nbr, city, state, type, cluster. */
export async function readStores(
  source: Pick<TableRequest, 'path' | 'badRows' | 'onBytes'>,
): Promise<ReadonlyMap<number, Store>> {
  const stores = new Map<number, Store>();
  await readTable({
    ...source,
    columns: ['store_nbr', 'city', 'state', 'type', 'cluster'],
    onRow({ fields: [nbr = '', city = '', state = '', type = '', clusterText = ''] }) {
      const storeNbr = parseStoreNbr(nbr);
      if ('problem' in storeNbr) return storeNbr.problem;
      const cluster = parseCount('cluster', clusterText, 999_999);
      if ('problem' in cluster) return cluster.problem;
      if (stores.has(storeNbr.value)) {
        return invalid('store_nbr', `store ${nbr} is there twice`, 'Keep one row a store', 'duplicate-key')
          .problem;
      }
      stores.set(storeNbr.value, {
        store_nbr: storeNbr.value,
        city: normalizeName(city),
        state: normalizeName(state),
        type: normalizeName(type),
        cluster: cluster.value,
      });
      return null;
    },
  });
  return stores;
}

export function parseStoreNbr(text: string, column = 'store_nbr') {
  const parsed = parseCount(column, text, MAX_STORE_NBR);
  if ('value' in parsed && parsed.value === 0) {
    return invalid(column, '"0" is not a store number', 'Store numbers start at 1', 'bad-number');
  }
  return parsed;
}
