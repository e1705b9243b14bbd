import { at } from '../../../../shared/at.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { type ClosureInterval, OPEN, type Store } from '../../../../shared/schemas/catalog.ts';
import {
  describeBadStoreNbr,
  MAX_STORE_NBR_LENGTH,
  normalizeName,
  readStoreNbr,
} from '../../../../shared/schemas/series.ts';
import { createDateParser, invalid, type Parsed, parseCount } from './fields.ts';
import { readTable, type TableRequest } from './read-table.ts';

/** Attributes of a store that stores.csv does not describe. */
export function unknownStore(storeNbr: string): Store {
  return { store_nbr: storeNbr, city: 'unknown', state: 'unknown', type: 'unknown', cluster: 0 };
}

/** Reads stores.csv: store_nbr, city, state, type, cluster. */
export async function readStores(
  source: Pick<TableRequest, 'path' | 'badRows' | 'onBytes'>,
): Promise<ReadonlyMap<string, Store>> {
  const stores = new Map<string, Store>();
  await readTable({
    ...source,
    columns: ['store_nbr', 'city', 'state', 'type', 'cluster'],
    onRow({ fields: [nbr = '', city = '', state = '', type = '', clusterText = ''] }) {
      const storeNbr = parseStoreNbr(nbr);
      if ('problem' in storeNbr) return storeNbr.problem;
      const cluster = parseCount('cluster', clusterText, 999_999);
      if ('problem' in cluster) return cluster.problem;
      if (stores.has(storeNbr.value)) {
        return invalid('store_nbr', `store ${nbr}: duplicate row`, 'Keep one row a store', 'duplicate-key')
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

export function parseStoreNbr(text: string, column = 'store_nbr'): Parsed<string> {
  const value = readStoreNbr(text);
  return value === null
    ? invalid(
        column,
        describeBadStoreNbr(text) ?? 'is not a valid store',
        `Write 1 to ${MAX_STORE_NBR_LENGTH} characters without control characters`,
      )
    : { value };
}

/** The error for a store that stores.csv lacks; if it has one of the same number, the fix is to write it that way. */
export function notInStores(storeNbr: string, known: ReadonlyMap<string, unknown>) {
  const isNumber = /^[0-9]+$/.test(storeNbr);
  const alike = [...known.keys()].find(
    (other) => isNumber && /^[0-9]+$/.test(other) && BigInt(other) === BigInt(storeNbr),
  );
  const fix =
    alike === undefined ? 'Add it there' : `Write "${alike}", as there: leading zeros tell stores apart`;
  return invalid('store_nbr', `stores.csv has no store ${storeNbr}`, fix, 'unknown-store');
}

const MAX_TICKETS = 999_999_999;

/**
 * Reads transactions.csv (date, store_nbr, transactions) into a table of tickets by store and day.
 *
 * Days outside the panel and stores without sales in it are ignored.
 *
 * @param tickets filled with MISSING, at `store index * dayCount + day`.
 */
export async function readTickets(
  source: Pick<TableRequest, 'path' | 'badRows' | 'onBytes'>,
  target: {
    readonly firstDay: number;
    readonly dayCount: number;
    readonly storeIndex: ReadonlyMap<string, number>;
    readonly knownStores: ReadonlyMap<string, unknown> | null;
    readonly tickets: Int32Array;
  },
): Promise<void> {
  const { firstDay, dayCount, storeIndex, knownStores, tickets } = target;
  const parseDate = createDateParser();
  await readTable({
    ...source,
    columns: ['date', 'store_nbr', 'transactions'],
    onRow({ fields: [dateText = '', storeText = '', countText = ''] }) {
      const date = parseDate('date', dateText);
      if ('problem' in date) return date.problem;
      const storeNbr = parseStoreNbr(storeText);
      if ('problem' in storeNbr) return storeNbr.problem;
      const count = parseCount('transactions', countText, MAX_TICKETS);
      if ('problem' in count) return count.problem;
      const store = storeIndex.get(storeNbr.value);
      if (store === undefined) {
        if (!knownStores || knownStores.has(storeNbr.value)) return null;
        return notInStores(storeNbr.value, knownStores).problem;
      }
      const day = date.value - firstDay;
      if (day < 0 || day >= dayCount) return null;
      const cell = store * dayCount + day;
      if (at(tickets, cell) >= 0) {
        const problem = `store ${storeText}: duplicate row on ${dateText}`;
        return invalid('store_nbr', problem, 'Keep one row a store and day', 'duplicate-key').problem;
      }
      tickets[cell] = count.value;
      return null;
    },
  });
}

const MAX_REASON = 80;

/**
 * Reads closures.csv: store, from, to (both days included; empty: until further notice), and an optional reason. The
 * reason "open" states that the store is open, whatever its sales suggest.
 *
 * @param knownStores stores with sales or in stores.csv
 */
export async function readClosures(
  source: Pick<TableRequest, 'path' | 'badRows' | 'onBytes'>,
  knownStores: ReadonlySet<string>,
): Promise<readonly ClosureInterval[]> {
  const closures: ClosureInterval[] = [];
  const parseDate = createDateParser();
  await readTable({
    ...source,
    columns: ['store', 'from', 'to'],
    synonyms: { store: ['store_nbr'] },
    defaults: { reason: '' },
    onRow({ fields: [storeText = '', fromText = '', toText = '', reasonText = ''] }) {
      const storeNbr = parseStoreNbr(storeText, 'store');
      if ('problem' in storeNbr) return storeNbr.problem;
      if (!knownStores.has(storeNbr.value)) {
        return invalid('store', `there are no sales of store ${storeText}`, 'Correct it', 'unknown-store')
          .problem;
      }
      const from = parseDate('from', fromText);
      if ('problem' in from) return from.problem;
      const to = toText === '' ? null : parseDate('to', toText);
      if (to && 'problem' in to) return to.problem;
      if (to && to.value < from.value) {
        const problem = `"${toText}" is before the first day of the closure, ${fromText}`;
        return invalid('to', problem, 'Write the last closed day, or leave it empty', 'bad-date').problem;
      }
      const reason = normalizeName(reasonText);
      if (reason.length > MAX_REASON) {
        return invalid('reason', `it has ${reason.length} characters`, `Write at most ${MAX_REASON}`).problem;
      }
      closures.push({
        store_nbr: storeNbr.value,
        from: toIsoDate(from.value),
        to: to && toIsoDate(to.value),
        reason: reason.toLowerCase() === OPEN ? OPEN : reason || 'declared',
        declared: true,
      });
      return null;
    },
  });
  return closures;
}
