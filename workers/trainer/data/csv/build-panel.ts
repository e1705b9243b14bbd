import { at, last } from '../../../../shared/at.ts';
import { type DayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { compareStoreNbrs, seriesKey } from '../../../../shared/schemas/series.ts';
import { lastDayOf, type Panel } from '../dataset.ts';
import type { BadRows } from './dataset-error.ts';
import { daysOfRows, requireDaily } from './days-of-rows.ts';
import {
  type ClosureEvidence,
  createClosureJudge,
  type DaysWithoutRows,
  findClosedDays,
  MAX_GAP_DAYS,
} from './days-without-rows.ts';
import { SKIP_HINT } from './read-table.ts';
import type { SalesRows } from './sales-rows.ts';

/** The panel without tickets, and how its gaps were interpreted. */
export interface BuiltPanel extends Omit<Panel, 'tickets'> {
  /** Days without a row of any series because all stores were closed. */
  readonly closedDays: readonly DayNumber[];
  /** Days without a row of any series and without an explanation. */
  readonly lostDays: readonly DayNumber[];
  /** Runs of such days after which sales recovered. */
  readonly gaps: DaysWithoutRows['passedOver'];
  /** Families with more than one spelling. */
  readonly respelled: readonly RespelledFamily[];
}

export interface RespelledFamily {
  readonly family: string;
  readonly spellings: number;
  /** Rows that were added to a row of another spelling on the same day. */
  readonly added: number;
}

/**
 * Arranges rows as a dense panel, sorted by store, then family. Days without a row:
 *
 * - before a series' first row: MISSING, the series did not exist;
 * - without a row of any series, if all stores may have been closed ({@link createClosureJudge}): MISSING;
 * - without a row of any series on any other day: MISSING, the day was lost; more than three in a row after which sales
 * do not recover are a `date-gap` error, or MISSING if bad rows are skipped;
 * - without a row of one series while others have rows: MISSING; {@link fillTillZeros} decides what it stands for.
 *
 * Spellings of a family with the same normalised name are one series; if two of them have a row on the same day, both
 * count.
 *
 * Gaps are detected before any memory is allocated for the days between.
 *
 * @param rows at least one.
 * @throws {DatasetError} for weekly or monthly sales; for a duplicate key or a gap, unless `badRows` skips them,
 * keeping the first row of a key.
 */
export function buildPanel(
  rows: SalesRows,
  file: string,
  badRows: BadRows,
  evidence: ClosureEvidence,
): BuiltPanel {
  const days = daysOfRows(rows);
  requireDaily(days, file);
  const firstDay = at(days, 0).day;
  const lastDay = last(days).day;
  const dayCount = lastDay - firstDay + 1;
  const known = new Set(days.map(({ day }) => day));
  const mayBeClosed = createClosureJudge(known, { firstDay, lastDay }, evidence);
  const { closed, lost, passedOver } = findClosedDays(days, mayBeClosed, file, badRows);

  const { order, rowOf } = orderSeries(rows.series);
  const added = new Map<string, number>();

  const milliUnits = new Int32Array(order.length * dayCount).fill(MISSING);
  const onpromotion = new Uint16Array(order.length * dayCount);
  const spellings = countSpellings(rows.series);
  const isRespelled = rows.series.map(({ family }) => (spellings.get(family) ?? 1) > 1);
  /** The number of a cell's series if its family has several spellings. */
  const numberAt = new Map<number, number>();
  for (let row = 0; row < rows.day.length; row += 1) {
    const day = (rows.day[row] as number) - firstDay;
    const number = rows.seriesNumber[row] as number;
    const cell = at(rowOf, number) * dayCount + day;
    if (milliUnits[cell] !== MISSING && isRespelled[number] && numberAt.get(cell) !== number) {
      milliUnits[cell] = at(milliUnits, cell) + at(rows.milliUnits, row);
      onpromotion[cell] = Math.max(at(onpromotion, cell), at(rows.onpromotion, row));
      const { family } = at(rows.series, number);
      added.set(family, (added.get(family) ?? 0) + 1);
      numberAt.set(cell, number);
      continue;
    }
    if (milliUnits[cell] !== MISSING) {
      const { storeNbr, family } = at(rows.series, number);
      badRows.report({
        kind: 'duplicate-key',
        file,
        line: at(rows.line, row),
        column: 'date',
        problem: `store ${storeNbr}, family "${family}": duplicate row on ${toIsoDate(firstDay + day)}`,
        fix: `Keep one row a store, family and day. ${SKIP_HINT}`,
      });
      continue;
    }
    if (isRespelled[number]) numberAt.set(cell, number);
    milliUnits[cell] = rows.milliUnits[row] as number;
    onpromotion[cell] = rows.onpromotion[row] as number;
  }

  return {
    firstDay,
    dayCount,
    series: order,
    milliUnits,
    plannedDayCount: dayCount,
    onpromotion,
    closedDays: closed,
    lostDays: lost,
    gaps: passedOver,
    respelled: [...spellings]
      .filter(([, count]) => count > 1)
      .map(([family, count]) => ({ family, spellings: count, added: added.get(family) ?? 0 })),
  };
}

/** The series in the order of the panel, and the panel row of each series number. */
function orderSeries(series: SalesRows['series']): {
  readonly order: readonly { readonly storeNbr: string; readonly family: string }[];
  readonly rowOf: Int32Array;
} {
  const sorted = series
    .map(({ storeNbr, family }, number) => ({ storeNbr, family, number }))
    .sort(
      (a, b) =>
        compareStoreNbrs(a.storeNbr, b.storeNbr) || (a.family < b.family ? -1 : Number(a.family > b.family)),
    );
  const order: { storeNbr: string; family: string }[] = [];
  const rowOf = new Int32Array(series.length);
  for (const { storeNbr, family, number } of sorted) {
    const newest = order.at(-1);
    if (newest?.storeNbr !== storeNbr || newest.family !== family) order.push({ storeNbr, family });
    rowOf[number] = order.length - 1;
  }
  return { order, rowOf };
}

/** The number of spellings of each family. */
function countSpellings(series: SalesRows['series']): Map<string, number> {
  const spellings = new Map<string, Set<string>>();
  for (const { family, spelling } of series) {
    spellings.set(family, (spellings.get(family) ?? new Set()).add(spelling));
  }
  return new Map([...spellings].map(([family, known]) => [family, known.size]));
}

type Plan = Pick<Panel, 'plannedDayCount' | 'onpromotion'>;

/**
 * Appends the promotions of test.csv to those of the panel. Rows of series that the panel lacks are ignored, and so is
 * a whole test.csv that does not start on the day after the panel's last: it belongs to other sales.
 *
 * @returns null if the plan is ignored.
 * @throws {DatasetError} for a duplicate key and a date too far ahead, unless `badRows` skips it.
 */
export function joinPlan(
  panel: Pick<Panel, 'firstDay' | 'dayCount' | 'series' | 'onpromotion'>,
  rows: SalesRows,
  file: string,
  badRows: BadRows,
): Plan | null {
  const { firstDay, dayCount, series } = panel;
  const firstPlanned = rows.day.reduce((first, day) => Math.min(first, day), Number.POSITIVE_INFINITY);
  if (firstPlanned !== firstDay + dayCount) return null;

  const latest = lastDayOf(panel) + MAX_GAP_DAYS;
  let lastDay = lastDayOf(panel);
  rows.day.forEach((day, row) => {
    if (day <= latest) lastDay = Math.max(lastDay, day);
    else {
      badRows.report({
        kind: 'bad-date',
        file,
        line: at(rows.line, row),
        column: 'date',
        problem: `${toIsoDate(day)} is more than ${MAX_GAP_DAYS} days after the last sales`,
        fix: `Correct the year. ${SKIP_HINT}`,
      });
    }
  });
  const plannedDayCount = lastDay - firstDay + 1;
  const onpromotion = new Uint16Array(series.length * plannedDayCount);
  series.forEach((_, s) => {
    onpromotion.set(panel.onpromotion.subarray(s * dayCount, (s + 1) * dayCount), s * plannedDayCount);
  });
  const position = new Map<string, number>(
    series.map(({ storeNbr, family }, s) => [seriesKey(storeNbr, family), s]),
  );
  const planRow = rows.series.map(({ storeNbr, family }) => position.get(seriesKey(storeNbr, family)));
  const seen = new Map<number, number>();
  rows.day.forEach((day, row) => {
    const number = at(rows.seriesNumber, row);
    const s = planRow[number];
    if (s === undefined || day > latest) return;
    const cell = s * plannedDayCount + day - firstDay;
    const earlier = seen.get(cell);
    // Another spelling of the family repeats the same promotion.
    if (earlier !== undefined && earlier !== number) {
      onpromotion[cell] = Math.max(at(onpromotion, cell), at(rows.onpromotion, row));
      return;
    }
    if (earlier !== undefined) {
      const { storeNbr, family } = at(rows.series, number);
      badRows.report({
        kind: 'duplicate-key',
        file,
        line: at(rows.line, row),
        column: 'date',
        problem: `store ${storeNbr}, family "${family}": duplicate row on ${toIsoDate(day)}`,
        fix: `Keep one row a store, family and day. ${SKIP_HINT}`,
      });
      return;
    }
    seen.set(cell, number);
    onpromotion[cell] = at(rows.onpromotion, row);
  });
  return { plannedDayCount, onpromotion };
}
