import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Panel } from '../dataset.ts';
import type { BadRows } from './bad-rows.ts';
import { SKIP_HINT } from './read-table.ts';
import type { SalesRows } from './sales-rows.ts';

/** A run of more days than this without any row is a hole in the file, not a closure. */
const MAX_CLOSED_DAYS = 3;

/** The panel without tickets, and what its gaps were made into. */
export interface BuiltPanel extends Omit<Panel, 'tickets'> {
  /** Days on which no series has a row, taken as closures: zeros. */
  readonly closedDays: readonly string[];
  /** Cells within or after a series' rows that have none: MISSING. */
  readonly missingCells: number;
}

/**
 * Lays rows out as a dense panel, sorted by store number, then family. Days without a row:
 *
 * - before a series' first row: MISSING, the series did not exist;
 * - absent for every series, up to three days in a row (25 December): all stores were closed, zeros;
 * - absent for every series, more than three days in a row: a `date-gap` error, or MISSING when bad rows are skipped;
 * - absent for one series while others have rows: MISSING, nobody knows.
 *
 * @param rows at least one.
 * @throws {DatasetError} for a duplicate key or a gap, unless `badRows` skips them; the first row of a key is kept.
 */
export function buildPanel(rows: SalesRows, file: string, badRows: BadRows): BuiltPanel {
  const { firstDay, dayCount } = spanOf(rows.day);
  const order = rows.series
    .map((series, number) => ({ ...series, number }))
    .sort((a, b) => a.storeNbr - b.storeNbr || (a.family < b.family ? -1 : 1));
  const rowOf = new Int32Array(order.length);
  order.forEach(({ number }, position) => {
    rowOf[number] = position;
  });

  const milliUnits = new Int32Array(order.length * dayCount).fill(MISSING);
  const onpromotion = new Uint16Array(order.length * dayCount);
  /** First line that has the day; 0 for none. */
  const firstLineOf = new Int32Array(dayCount);
  for (let row = 0; row < rows.day.length; row += 1) {
    const day = (rows.day[row] ?? 0) - firstDay;
    const number = rows.seriesNumber[row] ?? 0;
    const cell = (rowOf[number] ?? 0) * dayCount + day;
    const line = rows.line[row] ?? 0;
    if (milliUnits[cell] !== MISSING) {
      const { storeNbr, family } = rows.series[number] ?? { storeNbr: 0, family: '' };
      badRows.report({
        kind: 'duplicate-key',
        file,
        line,
        column: 'date',
        problem: `store ${storeNbr}, family "${family}" is there twice on ${toIsoDate(firstDay + day)}`,
        fix: `Keep one row a store, family and day. ${SKIP_HINT}`,
      });
      continue;
    }
    milliUnits[cell] = rows.milliUnits[row] ?? 0;
    onpromotion[cell] = rows.onpromotion[row] ?? 0;
    if (firstLineOf[day] === 0) firstLineOf[day] = line;
  }

  const closed = findClosedDays(firstLineOf, firstDay, file, badRows);
  const missingCells = fillClosedDays(milliUnits, dayCount, closed);
  return {
    firstDay,
    dayCount,
    series: order.map(({ storeNbr, family }) => ({ storeNbr, family })),
    milliUnits,
    plannedDayCount: dayCount,
    onpromotion,
    closedDays: closed.map((day) => toIsoDate(firstDay + day)),
    missingCells,
  };
}

function spanOf(days: Int32Array): { readonly firstDay: number; readonly dayCount: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const day of days) {
    if (day < first) first = day;
    if (day > last) last = day;
  }
  return { firstDay: first, dayCount: last - first + 1 };
}

function findClosedDays(
  firstLineOf: Int32Array,
  firstDay: number,
  file: string,
  badRows: BadRows,
): readonly number[] {
  const closed: number[] = [];
  let run: number[] = [];
  firstLineOf.forEach((line, day) => {
    if (line === 0) {
      run.push(day);
      return;
    }
    if (run.length > MAX_CLOSED_DAYS) {
      badRows.report({
        kind: 'date-gap',
        file,
        line,
        column: 'date',
        problem:
          `no row has a date from ${toIsoDate(firstDay + day - run.length)} to ${toIsoDate(firstDay + day - 1)} ` +
          `(${run.length} days before this line's)`,
        fix: 'Add the days, or cut the file at the gap; --skip-bad-rows takes them as missing values',
      });
    } else {
      closed.push(...run);
    }
    run = [];
  });
  return closed;
}

/** @returns the cells from each series' first row on that stay without a value. */
function fillClosedDays(milliUnits: Int32Array, dayCount: number, closed: readonly number[]): number {
  let missing = 0;
  for (let start = 0; start < milliUnits.length; start += dayCount) {
    const column = milliUnits.subarray(start, start + dayCount);
    const first = column.findIndex((value) => value !== MISSING);
    if (first < 0) continue;
    for (const day of closed) if (day > first) column[day] = 0;
    for (let day = first; day < dayCount; day += 1) if (column[day] === MISSING) missing += 1;
  }
  return missing;
}
