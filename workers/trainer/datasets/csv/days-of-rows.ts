import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import type { SalesRows } from './sales-rows.ts';

/** One day that a file has rows of. */
export interface DayOfRows {
  readonly day: DayNumber;
  /** The first line of the day, in the order of the file. */
  readonly line: number;
  readonly rows: number;
}

/** The days that a file has rows of, in order. */
export function daysOfRows({ day, line }: Pick<SalesRows, 'day' | 'line'>): readonly DayOfRows[] {
  const days = new Map<DayNumber, { day: DayNumber; line: number; rows: number }>();
  day.forEach((value, row) => {
    const known = days.get(value);
    if (known) known.rows += 1;
    else days.set(value, { day: value, line: line[row] ?? 0, rows: 1 });
  });
  return [...days.values()].sort((a, b) => a.day - b.day);
}
