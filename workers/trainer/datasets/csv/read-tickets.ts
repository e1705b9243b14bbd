import { createDateParser, invalid, parseCount } from './fields.ts';
import { parseStoreNbr } from './read-stores.ts';
import { readTable, type TableRequest } from './read-table.ts';

const MAX_TICKETS = 999_999_999;

/**
 * Reads transactions.csv (date, store_nbr, transactions) into a table of tickets by store and day.
 *
 * Days outside the panel and stores that sell nothing in it are ignored.
 *
 * @param tickets filled with MISSING, at `store index * dayCount + day`.
 */
export async function readTickets(
  source: Pick<TableRequest, 'path' | 'badRows' | 'onBytes'>,
  target: {
    readonly firstDay: number;
    readonly dayCount: number;
    readonly storeIndex: ReadonlyMap<number, number>;
    readonly knownStores: ReadonlyMap<number, unknown> | null;
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
        return invalid('store_nbr', `stores.csv has no store ${storeText}`, 'Add it there', 'unknown-store')
          .problem;
      }
      const day = date.value - firstDay;
      if (day < 0 || day >= dayCount) return null;
      const cell = store * dayCount + day;
      if ((tickets[cell] ?? 0) >= 0) {
        const problem = `store ${storeText} is there twice on ${dateText}`;
        return invalid('store_nbr', problem, 'Keep one row a store and day', 'duplicate-key').problem;
      }
      tickets[cell] = count.value;
      return null;
    },
  });
}
