import { type DayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { BadRows } from './bad-rows.ts';
import { DatasetError, type DatasetProblem } from './dataset-error.ts';
import type { DayOfRows } from './days-of-rows.ts';
import { isHarmlessGap } from './harmless-gap.ts';

/** More lost days than this in a row are a hole in the file. */
const MAX_LOST_DAYS = 3;
/** No panel is laid out over a gap like this: one year that was mistyped would take gigabytes. */
export const MAX_GAP_DAYS = 400;

/** What became of the days that no series has a row of. */
export interface DaysWithoutRows {
  /** All stores were closed. */
  readonly closed: readonly DayNumber[];
  /** Nobody knows. */
  readonly lost: readonly DayNumber[];
  /** Runs of lost days after which sales came back as they were: first and last day. */
  readonly passedOver: readonly { readonly from: DayNumber; readonly to: DayNumber }[];
}

/**
 * Tells closures from lost days. A few lost days in a row are missing values, and so are more of them where sales
 * come back after them as they were ({@link isHarmlessGap}). Any other gap is a `date-gap`, at the line of the smaller part
 * of the file, which is the one with the mistake in it.
 *
 * @param days the days that have rows, in order
 * @throws {DatasetError} for a gap, unless `badRows` skips it; one of more than 400 days is never skipped.
 */
export function findClosedDays(
  days: readonly DayOfRows[],
  mayBeClosed: (day: DayNumber) => boolean,
  file: string,
  badRows: Pick<BadRows, 'reportGap'>,
): DaysWithoutRows {
  const closed: DayNumber[] = [];
  const lost: DayNumber[] = [];
  const passedOver: { from: DayNumber; to: DayNumber }[] = [];
  const units = new Map(days.map(({ day, milliUnits }) => [day, milliUnits]));
  days.forEach((next, index) => {
    const before = days[index - 1];
    const length = before ? next.day - before.day - 1 : 0;
    if (!before || length === 0) return;
    if (length > MAX_GAP_DAYS) throw new DatasetError(gapProblem(days, index, file));
    const run = Array.from({ length }, (_, i) => before.day + 1 + i);
    const lostHere = run.filter((day) => !mayBeClosed(day));
    if (lostHere.length > MAX_LOST_DAYS) {
      const gap = { from: before.day + 1, to: next.day - 1 };
      if (isHarmlessGap((day) => units.get(day) ?? 0, gap.from, gap.to)) passedOver.push(gap);
      else badRows.reportGap(gapProblem(days, index, file));
    }
    closed.push(...run.filter((day) => !lostHere.includes(day)));
    lost.push(...lostHere);
  });
  return { closed, lost, passedOver };
}

/** The gap before the day at `index`. */
function gapProblem(days: readonly DayOfRows[], index: number, file: string): DatasetProblem {
  const rowsOf = (part: readonly DayOfRows[]) => part.reduce((sum, { rows }) => sum + rows, 0);
  const [before, after] = [days[index - 1], days[index]] as [DayOfRows, DayOfRows];
  const isBefore = rowsOf(days.slice(0, index)) < rowsOf(days.slice(index));
  const length = after.day - before.day - 1;
  return {
    kind: 'date-gap',
    file,
    line: isBefore ? before.line : after.line,
    column: 'date',
    problem:
      `no row has a date from ${toIsoDate(before.day + 1)} to ${toIsoDate(after.day - 1)} (the ${length} days ` +
      `${isBefore ? 'after' : 'before'} this line's, ${toIsoDate(isBefore ? before.day : after.day)})`,
    fix:
      length > MAX_GAP_DAYS
        ? 'Correct the year, or cut the file at the gap: so long a one is not skipped'
        : 'Add the days, state the closure in closures.csv (store, from, to), or cut the file at the gap; ' +
          '--skip-bad-rows takes them as missing values',
  };
}
