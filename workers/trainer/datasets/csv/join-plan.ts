import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Panel } from '../dataset.ts';
import type { BadRows } from './bad-rows.ts';
import { MAX_GAP_DAYS } from './find-closed-days.ts';
import { SKIP_HINT } from './read-table.ts';
import type { SalesRows } from './sales-rows.ts';

type Plan = Pick<Panel, 'plannedDayCount' | 'onpromotion'>;

/**
 * Appends the promotions of test.csv to those of the panel. Rows of series that the panel does not have are ignored,
 * and so is a whole test.csv that does not start on the day after the panel's last: it belongs to other sales.
 *
 * @returns null when the plan does not follow on.
 * @throws {DatasetError} for a duplicate key and a date beyond reason, unless `badRows` skips it.
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

  const latest = firstDay + dayCount - 1 + MAX_GAP_DAYS;
  let lastDay = firstDay + dayCount - 1;
  rows.day.forEach((day, row) => {
    if (day <= latest) lastDay = Math.max(lastDay, day);
    else {
      badRows.report({
        kind: 'bad-date',
        file,
        line: rows.line[row] ?? null,
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
  const position = new Map(series.map(({ storeNbr, family }, s) => [`${storeNbr}:${family}`, s]));
  const planRow = rows.series.map(({ storeNbr, family }) => position.get(`${storeNbr}:${family}`));
  const seen = new Map<number, number>();
  rows.day.forEach((day, row) => {
    const number = rows.seriesNumber[row] ?? 0;
    const s = planRow[number];
    if (s === undefined || day > latest) return;
    const cell = s * plannedDayCount + day - firstDay;
    const earlier = seen.get(cell);
    // Another spelling of the family: the same promotion, told twice.
    if (earlier !== undefined && earlier !== number) {
      onpromotion[cell] = Math.max(onpromotion[cell] as number, rows.onpromotion[row] ?? 0);
      return;
    }
    if (earlier !== undefined) {
      const { storeNbr, family } = rows.series[number] ?? { storeNbr: 0, family: '' };
      badRows.report({
        kind: 'duplicate-key',
        file,
        line: rows.line[row] ?? null,
        column: 'date',
        problem: `store ${storeNbr}, family "${family}" is there twice on ${toIsoDate(day)}`,
        fix: `Keep one row a store, family and day. ${SKIP_HINT}`,
      });
      return;
    }
    seen.set(cell, number);
    onpromotion[cell] = rows.onpromotion[row] ?? 0;
  });
  return { plannedDayCount, onpromotion };
}
