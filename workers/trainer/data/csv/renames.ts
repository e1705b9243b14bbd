import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { describeBadFamily, MAX_FAMILY_LENGTH, readFamily } from '../../../../shared/schemas/series.ts';
import type { Panel } from '../dataset.ts';
import { invalid } from './fields.ts';
import { readTable, type TableRequest } from './read-table.ts';

/** Families by their earlier names. */
export type Renames = ReadonlyMap<string, string>;

/**
 * Reads renames.csv: family, renamed_to. Rows of both names are one family, under the new one.
 *
 * @throws {DatasetError} for a name that is invalid, is renamed twice, or is the new name of another.
 */
export async function readRenames(
  source: Pick<TableRequest, 'path' | 'badRows' | 'onBytes'>,
): Promise<Renames> {
  const renames = new Map<string, string>();
  const newNames = new Set<string>();
  await readTable({
    ...source,
    columns: ['family', 'renamed_to'],
    onRow({ fields: [oldText = '', newText = ''] }) {
      const [family, renamedTo] = [readFamily(oldText), readFamily(newText)];
      const fix = `Write 1 to ${MAX_FAMILY_LENGTH} characters without control characters`;
      const bad = (column: string, text: string) =>
        invalid(column, describeBadFamily(text) ?? 'is not a valid family', fix).problem;
      if (family === null) return bad('family', oldText);
      if (renamedTo === null) return bad('renamed_to', newText);
      if (renames.has(family)) {
        return invalid('family', `"${family}": duplicate row`, 'Keep one row a family', 'duplicate-key')
          .problem;
      }
      if (newNames.has(family) || renames.has(renamedTo) || family === renamedTo) {
        const problem = `"${family}" is renamed to "${renamedTo}", and one of them is a new or an old name already`;
        return invalid('renamed_to', problem, 'Give every old name its newest one').problem;
      }
      renames.set(family, renamedTo);
      newNames.add(renamedTo);
      return null;
    },
  });
  return renames;
}

/** Days without the old name after which it has ended. */
const ENDED_DAYS = 3;
/** Days between the last of the old name and the first of the new one. */
const APART_DAYS = 7;
/** Share of the stores of either name in which one follows the other. */
const MOST_STORES = 0.5;

/**
 * Describes families that end where another begins: perhaps one that was renamed, whose demand would be forecast under
 * both names.
 *
 * @param panel before missing days are filled
 */
export function describeLikelyRenames({ series, milliUnits, dayCount, firstDay }: Panel): string[] {
  const spans = series.map((own, row) => {
    const days = milliUnits.subarray(row * dayCount, (row + 1) * dayCount);
    const isKnown = (value: number) => value >= 0;
    return { ...own, first: days.findIndex(isKnown), last: days.findLastIndex(isKnown) };
  });
  const ended = spans.filter(({ last }) => last >= 0 && last < dayCount - ENDED_DAYS);
  const begun = spans.filter(({ first, last }) => first > 0 && last >= dayCount - ENDED_DAYS);
  const pairs = new Map<string, { family: string; successor: string; stores: number; since: number }>();
  for (const { storeNbr, family, last } of ended) {
    for (const { storeNbr: other, family: successor, first } of begun) {
      if (storeNbr !== other || Math.abs(first - last - 1) > APART_DAYS) continue;
      const key = JSON.stringify([family, successor]);
      const known = pairs.get(key) ?? { family, successor, stores: 0, since: first };
      pairs.set(key, { ...known, stores: known.stores + 1, since: Math.min(known.since, first) });
    }
  }
  const storesOf = (name: string) => spans.filter(({ family }) => family === name).length;
  return [...pairs.values()]
    .filter(({ family, successor, stores }) => {
      return stores > MOST_STORES * Math.max(storesOf(family), storesOf(successor));
    })
    .map(
      ({ family, successor, stores, since }) =>
        `The family "${family}" ends in ${stores} stores around ${toIsoDate(firstDay + since)}, where ` +
        `"${successor}" begins. Both are forecast: if it was renamed, say so in renames.csv (family,renamed_to); ` +
        'if it is no longer sold, write zeros for it.',
    );
}
