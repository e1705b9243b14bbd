import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import type { SalesRows } from './sales-rows.ts';

/** One day that a file has rows of. */
export interface DayOfRows {
  readonly day: DayNumber;
  /** The first line of the day, in the order of the file. */
  readonly line: number;
  readonly rows: number;
  /** Thousandths of a unit of all rows together. */
  readonly milliUnits: number;
}

/** The days that a file has rows of, in order. */
export function daysOfRows({
  day,
  line,
  milliUnits,
}: Pick<SalesRows, 'day' | 'line' | 'milliUnits'>): readonly DayOfRows[] {
  const days = new Map<DayNumber, { day: DayNumber; line: number; rows: number; milliUnits: number }>();
  day.forEach((value, row) => {
    let known = days.get(value);
    if (!known) {
      known = { day: value, line: line[row] ?? 0, rows: 0, milliUnits: 0 };
      days.set(value, known);
    }
    known.rows += 1;
    known.milliUnits += milliUnits[row] ?? 0;
  });
  return [...days.values()].sort((a, b) => a.day - b.day);
}
