import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { scoreOf } from '../../../shared/forecast/metrics.ts';
import type { WindowScores } from './pair-scores.ts';
import type { WindowResult } from './window-result.ts';

/** The errors of every contender on every window. */
export function scoreWindows(results: readonly WindowResult[]): WindowScores[] {
  return results.map(({ origin, actual, predicted }) => ({
    origin: toIsoDate(origin),
    scores: Object.fromEntries(
      Object.entries(predicted).map(([name, units]) => [name, scoreOf(actual, units)]),
    ),
  }));
}
