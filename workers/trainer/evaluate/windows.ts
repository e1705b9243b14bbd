import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { UserError } from '../../../shared/errors/user-error.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { lastDayOf, type Panel } from '../data/dataset.ts';

/** Fewest training days of the first window's model. */
const MIN_TRAINING_DAYS = 56;

/** Thrown when a history is too short for the requested windows. */
export class TooFewDaysError extends UserError {
  override name = 'TooFewDaysError';
}

/** The number of windows, of those requested, that fit into the history; 0 where not even one does. */
export function windowsThatFit(firstDay: DayNumber, lastDay: DayNumber, windows: number): number {
  const room = Math.floor((lastDay - firstDay + 1 - MIN_TRAINING_DAYS) / HORIZON);
  return Math.max(0, Math.min(windows, room));
}

/**
 * Origins of a rolling-origin backtest, oldest first: windows of `HORIZON` days that do not overlap, the last of
 * which ends on `lastDay`. Those before it follow each other without a gap; aligned with another backtest's windows,
 * they end up to `HORIZON - 1` days before the last one begins. So the newest days are always measured.
 *
 * @param alignTo an origin of that other backtest; ignored where it would leave too few days
 * @throws {TooFewDaysError}
 */
export function backtestOrigins(
  firstDay: DayNumber,
  lastDay: DayNumber,
  windows: number,
  alignTo?: DayNumber,
): DayNumber[] {
  const newest = lastDay - HORIZON;
  const offset = alignTo === undefined ? 0 : (((newest - alignTo) % HORIZON) + HORIZON) % HORIZON;
  const firstOf = (last: DayNumber) => last - (windows - 1) * HORIZON;
  const isLongEnough = (first: DayNumber) => first - firstDay + 1 >= MIN_TRAINING_DAYS;
  const first = isLongEnough(firstOf(newest - offset)) ? firstOf(newest - offset) : firstOf(newest);
  if (!isLongEnough(first)) {
    const days = MIN_TRAINING_DAYS + windows * HORIZON;
    throw new TooFewDaysError(
      `the history of ${toIsoDate(firstDay)}..${toIsoDate(lastDay)} has ${lastDay - firstDay + 1} days; ` +
        `${windows} ${windows === 1 ? 'window' : 'windows'} of ${HORIZON} days need ${days}: use a longer dataset or fewer windows`,
    );
  }
  const before = Array.from({ length: windows - 1 }, (_, i) => first + i * HORIZON);
  return [...before, newest];
}

/**
 * As many windows as the history has room for. Where there is no room for one, the backtest reports the number of
 * days it needs.
 *
 * @param affected what depends on the windows, for the note that there are fewer
 */
export function limitWindows(
  panel: Pick<Panel, 'firstDay' | 'dayCount'>,
  windows: number,
  affected: string,
  onNote: (note: string) => void,
): number {
  const fitting = Math.max(1, windowsThatFit(panel.firstDay, lastDayOf(panel), windows));
  if (fitting < windows) {
    onNote(
      `The history of ${panel.dayCount} days has room for ${fitting} backtest window${fitting === 1 ? '' : 's'} instead of ` +
        `${windows}: ${affected} are correspondingly less certain.`,
    );
  }
  return fitting;
}
