import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Panel } from '../dataset.ts';
import type { BadRows } from './bad-rows.ts';
import { daysOfRows } from './days-of-rows.ts';
import { findClosedDays } from './find-closed-days.ts';
import { type ClosureEvidence, createClosureJudge } from './plausible-closures.ts';
import { SKIP_HINT } from './read-table.ts';
import type { SalesRows } from './sales-rows.ts';

/** The panel without tickets, and what its gaps were made into. */
export interface BuiltPanel extends Omit<Panel, 'tickets'> {
  /** Days on which no series has a row, taken as closures: zeros. */
  readonly closedDays: readonly string[];
  /** Days on which no series has a row and which nothing explains: MISSING. */
  readonly lostDays: readonly string[];
  /** Cells within or after a series' rows that have none: MISSING. */
  readonly missingCells: number;
}

/**
 * Lays rows out as a dense panel, sorted by store number, then family. Days without a row:
 *
 * - before a series' first row: MISSING, the series did not exist;
 * - absent for every series, on a day on which all stores may have been closed ({@link createClosureJudge}): zeros;
 * - absent for every series on any other day: MISSING, the day was lost; more than three in a row are a `date-gap`
 *   error, or MISSING when bad rows are skipped;
 * - absent for one series while others have rows: MISSING, nobody knows.
 *
 * Gaps are looked for before any memory is taken for the days between.
 *
 * @param rows at least one.
 * @throws {DatasetError} for a duplicate key or a gap, unless `badRows` skips them; the first row of a key is kept.
 */
export function buildPanel(
  rows: SalesRows,
  file: string,
  badRows: BadRows,
  evidence: ClosureEvidence,
): BuiltPanel {
  const days = daysOfRows(rows);
  const firstDay = days[0]?.day ?? 0;
  const lastDay = days.at(-1)?.day ?? 0;
  const dayCount = lastDay - firstDay + 1;
  const known = new Set(days.map(({ day }) => day));
  const mayBeClosed = createClosureJudge(known, { firstDay, lastDay }, evidence);
  const { closed, lost } = findClosedDays(days, mayBeClosed, file, badRows);

  const order = rows.series
    .map((series, number) => ({ ...series, number }))
    .sort((a, b) => a.storeNbr - b.storeNbr || (a.family < b.family ? -1 : 1));
  const rowOf = new Int32Array(order.length);
  order.forEach(({ number }, position) => {
    rowOf[number] = position;
  });

  const milliUnits = new Int32Array(order.length * dayCount).fill(MISSING);
  const onpromotion = new Uint16Array(order.length * dayCount);
  for (let row = 0; row < rows.day.length; row += 1) {
    const day = (rows.day[row] ?? 0) - firstDay;
    const number = rows.seriesNumber[row] ?? 0;
    const cell = (rowOf[number] ?? 0) * dayCount + day;
    if (milliUnits[cell] !== MISSING) {
      const { storeNbr, family } = rows.series[number] ?? { storeNbr: 0, family: '' };
      badRows.report({
        kind: 'duplicate-key',
        file,
        line: rows.line[row] ?? null,
        column: 'date',
        problem: `store ${storeNbr}, family "${family}" is there twice on ${toIsoDate(firstDay + day)}`,
        fix: `Keep one row a store, family and day. ${SKIP_HINT}`,
      });
      continue;
    }
    milliUnits[cell] = rows.milliUnits[row] ?? 0;
    onpromotion[cell] = rows.onpromotion[row] ?? 0;
  }

  const missingCells = fillClosedDays(
    milliUnits,
    dayCount,
    closed.map((day) => day - firstDay),
  );
  return {
    firstDay,
    dayCount,
    series: order.map(({ storeNbr, family }) => ({ storeNbr, family })),
    milliUnits,
    plannedDayCount: dayCount,
    onpromotion,
    closedDays: closed.map(toIsoDate),
    lostDays: lost.map(toIsoDate),
    missingCells,
  };
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
