import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { type ClosureInterval, OPEN } from '../../../../shared/schemas/closures.ts';
import { normalizeName } from '../../../../shared/schemas/normalize-name.ts';
import { createDateParser, invalid } from './fields.ts';
import { parseStoreNbr } from './read-stores.ts';
import { readTable, type TableRequest } from './read-table.ts';

const MAX_REASON = 80;

/**
 * Reads closures.csv: store, from, to (both days included; empty: until further notice), and a reason where the column is
 * there. The reason "open" says that the store is open, whatever its sales suggest.
 *
 * @param knownStores stores that have sales or stand in stores.csv
 */
export async function readClosures(
  source: Pick<TableRequest, 'path' | 'badRows' | 'onBytes'>,
  knownStores: ReadonlySet<number>,
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
