import { type IsoDate, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Dataset } from './dataset.ts';

/** A year of whole weeks: weekdays stay, and the season moves by a day or two at most. */
const YEAR_OF_WEEKS = 364;
/** Days of future to replay that a move by whole years leaves at least: a horizon of 16 days and today. */
export const FUTURE_DAYS = 17;
/** The same for a dataset that is too short for whole years. */
const SHORT_FUTURE_DAYS = 28;
/** A forecast needs four weeks behind it. */
const HISTORY_DAYS = 28;

/** Thrown for a dataset that cannot be moved so that today falls inside it. */
export class TimeTravelError extends Error {
  override name = 'TimeTravelError';
}

/**
 * Moves a dataset forward in time so that `today` lies inside it: what lies before is history, what lies from it on is
 * the future that is replayed. The move is the smallest multiple of 364 days that leaves at least 17 days from today
 * on; where that would leave less than half of the days as history, it is the smallest multiple of 7 days that leaves
 * at least 28. Weekdays never change. `null` leaves the dataset as it is.
 *
 * The panel's columns are shared with the original, not copied.
 *
 * @throws {TimeTravelError} when fewer than 28 days of history would be left.
 */
export function travel(dataset: Dataset, today: IsoDate | null): Dataset {
  if (today === null) return dataset;
  return moveBy(dataset, shiftFor(dataset, today));
}

function shiftFor({ panel, name }: Dataset, today: IsoDate): number {
  const lastDay = panel.firstDay + panel.dayCount - 1;
  const todayDay = toDayNumber(today);
  const smallest = (step: number, future: number) =>
    step * Math.max(0, Math.ceil((todayDay + future - lastDay) / step));
  const historyAfter = (shift: number) => todayDay - (panel.firstDay + shift);

  const years = smallest(YEAR_OF_WEEKS, FUTURE_DAYS);
  const shift = historyAfter(years) * 2 >= panel.dayCount ? years : smallest(7, SHORT_FUTURE_DAYS);
  if (historyAfter(shift) < HISTORY_DAYS) {
    throw new TimeTravelError(
      `dataset "${name}" (${toIsoDate(panel.firstDay)}..${toIsoDate(lastDay)}) cannot be moved to ${today}: ` +
        `${Math.max(0, historyAfter(shift))} days of history would be left, ${HISTORY_DAYS} are needed. ` +
        'Use a longer dataset, or turn time travel off',
    );
  }
  return shift;
}

/** Moves every date of a dataset by `days`, on top of moves made before. */
export function moveBy(dataset: Dataset, days: number): Dataset {
  if (days === 0) return dataset;
  const move = <T extends { readonly date: IsoDate }>(row: T): T => ({
    ...row,
    date: toIsoDate(toDayNumber(row.date) + days),
  });
  const moveDate = (date: IsoDate): IsoDate => toIsoDate(toDayNumber(date) + days);
  const { declaredClosures, lostDays } = dataset;
  return {
    ...dataset,
    ...(declaredClosures && {
      declaredClosures: declaredClosures.map(({ from, to, ...closure }) => ({
        ...closure,
        from: moveDate(from),
        to: to === null ? null : moveDate(to),
      })),
    }),
    ...(lostDays && { lostDays: lostDays.map((day) => day + days) }),
    holidays: dataset.holidays.map(move),
    oil: dataset.oil.map(move),
    panel: { ...dataset.panel, firstDay: dataset.panel.firstDay + days },
    shiftDays: dataset.shiftDays + days,
  };
}
