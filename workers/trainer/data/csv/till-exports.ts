import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { chanceAround, chanceOfNoSale, type StoreActivity } from '../closures/store-activity.ts';
import type { Panel } from '../dataset.ts';

/** The meaning of a missing row on a day on which the store has one: no sales, or unknown; `auto` infers it. */
export type MissingRule = 'auto' | 'zero' | 'unknown';

/** Missing cells of a store from which its own rows show how it is exported. */
const ENOUGH_CELLS = 10;
/**
 * In a till's export, the minimum share of missing cells, and the maximum share of zeros among cells that are missing
 * or zero.
 */
const MANY_MISSING = 0.01;
const FEW_ZEROS = 0.05;
/** Share of the missing cells that ordinary days without a sale must explain. */
const MOST = 0.5;
/** A series that sells on fewer days, or reaches 0 with that chance, often sells nothing. */
const OFTEN_SOLD = 0.5;
const PLAUSIBLE = 0.01;

/** The evidence in the rows of one store. */
interface StoreRows {
  /** Cells between the first and the last row of their series, on days on which the store has rows. */
  readonly known: number;
  readonly missing: number;
  readonly zeros: number;
  /** Missing cells of series that often sell nothing. */
  readonly explained: number;
}

export interface TillStores {
  /** Stores whose missing rows are taken as zero. */
  readonly storeNbrs: readonly string[];
  readonly filledCells: number;
  /** Share of the cells on days with rows that were filled. */
  readonly share: number;
}

/**
 * Finds the stores whose files have rows only for what was sold, and fills in the missing zeros: on every day on which
 * the store has any row, as for live sales. A till writes no zeros, and mostly omits slow sellers; a table that lacks
 * days of a series that always sells has lost them. A store with too few missing cells is treated like the whole file.
 *
 * A day without any row of the store stays missing, unless the store sells so little that it was an ordinary day.
 *
 * @param activities of the panel's stores
 */
export function fillTillZeros(
  panel: Pick<Panel, 'milliUnits' | 'dayCount' | 'series'>,
  activities: readonly StoreActivity[],
  rule: MissingRule,
): TillStores {
  if (rule === 'unknown') return { storeNbrs: [], filledCells: 0, share: 0 };
  const { milliUnits, dayCount, series } = panel;
  const rowOf = (s: number) => milliUnits.subarray(s * dayCount, (s + 1) * dayCount);
  const members = new Map<string, number[]>();
  series.forEach(({ storeNbr }, s) => {
    members.set(storeNbr, [...(members.get(storeNbr) ?? []), s]);
  });
  const openDays = new Map(
    activities.map((activity) => {
      const own = members.get(activity.storeNbr) ?? [];
      return [activity.storeNbr, openDaysOf(activity, own.map(rowOf), dayCount)] as const;
    }),
  );
  const rows = new Map(
    [...openDays].map(([storeNbr, days]) => [
      storeNbr,
      countRows((members.get(storeNbr) ?? []).map(rowOf), days),
    ]),
  );
  const isFileOfTill = isTill(addUp([...rows.values()]));
  const isTillStore = (storeNbr: string) => {
    const own = rows.get(storeNbr);
    if (rule === 'zero') return true;
    if (!own) return false;
    return own.missing + own.zeros >= ENOUGH_CELLS ? isTill(own) : isFileOfTill;
  };
  const storeNbrs: string[] = [];
  let filledCells = 0;
  let cells = 0;
  for (const [storeNbr, days] of openDays) {
    if (!isTillStore(storeNbr)) continue;
    let filled = 0;
    for (const s of members.get(storeNbr) ?? []) {
      const row = rowOf(s);
      for (let day = 0; day < dayCount; day++) {
        if (days[day] !== 1) continue;
        cells++;
        if (row[day] !== MISSING) continue;
        row[day] = 0;
        filled++;
      }
    }
    filledCells += filled;
    if (filled > 0) storeNbrs.push(storeNbr);
  }
  return { storeNbrs, filledCells, share: filledCells / Math.max(1, cells) };
}

/** 1 on days on which the store has any row, and on days without one on which it may well have sold nothing. */
function openDaysOf(activity: StoreActivity, own: readonly Int32Array[], dayCount: number): Uint8Array {
  const days = new Uint8Array(dayCount);
  for (const row of own) {
    row.forEach((value, day) => {
      if (value !== MISSING) days[day] = 1;
    });
  }
  for (let day = activity.first + 1; day < activity.last; day++) {
    if (days[day] === 0 && (chanceAround(activity, day) ?? 0) >= PLAUSIBLE) days[day] = 1;
  }
  return days;
}

function countRows(own: readonly Int32Array[], days: Uint8Array): StoreRows {
  const counts = { known: 0, missing: 0, zeros: 0, explained: 0 };
  for (const row of own) {
    const first = row.findIndex((value) => value !== MISSING);
    const last = row.findLastIndex((value) => value !== MISSING);
    const sold: number[] = [];
    let missing = 0;
    for (let day = Math.max(0, first); day <= last; day++) {
      if (days[day] !== 1) continue;
      const value = row[day] as number;
      if (value === MISSING) missing++;
      else if (value === 0) counts.zeros++;
      else sold.push(value / 1000);
      if (value !== MISSING) counts.known++;
    }
    counts.missing += missing;
    if (missing === 0 || sold.length === 0) continue;
    const isSlow = sold.length < OFTEN_SOLD * (sold.length + missing) || chanceOfNoSale(sold) >= PLAUSIBLE;
    if (isSlow) counts.explained += missing;
  }
  return counts;
}

function isTill({ known, missing, zeros, explained }: StoreRows): boolean {
  return (
    missing >= ENOUGH_CELLS &&
    missing >= MANY_MISSING * (known + missing) &&
    zeros <= FEW_ZEROS * (zeros + missing) &&
    explained >= MOST * missing
  );
}

function addUp(rows: readonly StoreRows[]): StoreRows {
  const sum = (of: (counts: StoreRows) => number) => rows.reduce((total, counts) => total + of(counts), 0);
  return {
    known: sum(({ known }) => known),
    missing: sum(({ missing }) => missing),
    zeros: sum(({ zeros }) => zeros),
    explained: sum(({ explained }) => explained),
  };
}
