import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';

/** Days that the first window's model has to learn from, at least. */
const MIN_TRAINING_DAYS = 56;

/** Thrown when a history is too short for the windows that are asked for. */
export class TooFewDaysError extends Error {
  override name = 'TooFewDaysError';
}

/**
 * Origins of a rolling-origin backtest, oldest first: windows of `HORIZON` days that do not overlap, the last of which
 * ends on `lastDay`.
 *
 * @throws {TooFewDaysError}
 */
export function backtestOrigins(firstDay: DayNumber, lastDay: DayNumber, windows: number): DayNumber[] {
  const first = lastDay - windows * HORIZON;
  if (first - firstDay + 1 < MIN_TRAINING_DAYS) {
    const days = MIN_TRAINING_DAYS + windows * HORIZON;
    throw new TooFewDaysError(
      `the history of ${toIsoDate(firstDay)}..${toIsoDate(lastDay)} has ${lastDay - firstDay + 1} days; ` +
        `${windows} windows of ${HORIZON} days need ${days}: use a longer dataset`,
    );
  }
  return Array.from({ length: windows }, (_, i) => first + i * HORIZON);
}
