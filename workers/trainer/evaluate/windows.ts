import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { UserError } from '../../../shared/errors/user-error.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { lastDayOf, type Panel } from '../data/dataset.ts';

/** Fewest training days of the first window's trees. */
const MIN_TRAINING_DAYS = 56;
/** Fewest days of a history that is forecast by exponential smoothing: every weekday twice. */
const MIN_SMOOTHING_DAYS = 14;

/** Thrown when a history is too short for the requested windows, or for any forecast. */
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

/** Whether a history has no room for a window of trees: then it is forecast by exponential smoothing alone. */
export function isTooShortForTrees(panel: Pick<Panel, 'firstDay' | 'dayCount'>): boolean {
  return windowsThatFit(panel.firstDay, lastDayOf(panel), 1) === 0;
}

/** The last day of the shortest history that begins on `firstDay` and is long enough for trees. */
export function treesFrom(firstDay: DayNumber): DayNumber {
  return firstDay + MIN_TRAINING_DAYS + HORIZON - 1;
}

/**
 * Origins of a backtest of exponential smoothing, oldest first: windows as those of trees, with room for as many as
 * leave `MIN_SMOOTHING_DAYS` before the first. A history without room for one has a shorter window, its second half.
 *
 * @throws {TooFewDaysError} below `MIN_SMOOTHING_DAYS`
 */
export function smoothingOrigins(firstDay: DayNumber, lastDay: DayNumber, windows: number): DayNumber[] {
  const days = lastDay - firstDay + 1;
  if (days < MIN_SMOOTHING_DAYS) {
    throw new TooFewDaysError(
      `the history of ${toIsoDate(firstDay)}..${toIsoDate(lastDay)} has ${days} ${days === 1 ? 'day' : 'days'}; ` +
        `a forecast needs ${MIN_SMOOTHING_DAYS}: train when the sales of ${toIsoDate(firstDay + MIN_SMOOTHING_DAYS - 1)} are known`,
    );
  }
  const count = Math.max(1, Math.min(windows, Math.floor((days - MIN_SMOOTHING_DAYS) / HORIZON)));
  const newest = lastDay - Math.min(HORIZON, Math.floor(days / 2));
  return Array.from({ length: count }, (_, i) => newest - (count - 1 - i) * HORIZON);
}

/** Most origins after which the intervals of smoothing are calibrated. */
const MOST_ORIGINS = 16;

/**
 * Origins after which the errors of exponential smoothing are measured for its intervals, oldest first: evenly spread
 * days from the middle of the history on, at the latest from when it is long enough to be forecast. The days after them
 * overlap.
 */
export function calibrationOrigins(firstDay: DayNumber, lastDay: DayNumber): DayNumber[] {
  const days = lastDay - firstDay + 1;
  const first = firstDay + Math.min(MIN_SMOOTHING_DAYS - 1, Math.floor(days / 2) - 1);
  const stride = Math.ceil((lastDay - first) / MOST_ORIGINS);
  const count = Math.ceil((lastDay - first) / stride);
  return Array.from({ length: count }, (_, i) => lastDay - 1 - (count - 1 - i) * stride);
}

/**
 * As many windows as the history has room for.
 *
 * @param affected what depends on the windows, for the note that there are fewer
 * @throws {TooFewDaysError} where there is no room for any forecast
 */
export function limitWindows(
  panel: Pick<Panel, 'firstDay' | 'dayCount'>,
  windows: number,
  affected: string,
  onNote: (note: string) => void,
): number {
  const { firstDay } = panel;
  if (isTooShortForTrees(panel)) {
    const { length } = smoothingOrigins(firstDay, lastDayOf(panel), windows);
    onNote(
      `The history of ${panel.dayCount} days is too short for trees: forecasts are by exponential smoothing until the ` +
        `sales of ${toIsoDate(treesFrom(firstDay))} are known. Intervals are wide, because so few days say little about ` +
        `the next: the backtest has ${length === 1 ? 'one window' : `${length} windows`}.`,
    );
    return length;
  }
  const fitting = windowsThatFit(firstDay, lastDayOf(panel), windows);
  if (fitting < windows) {
    onNote(
      `The history of ${panel.dayCount} days has room for ${fitting} backtest window${fitting === 1 ? '' : 's'} instead of ` +
        `${windows}: ${affected} are correspondingly less certain.`,
    );
  }
  return fitting;
}
