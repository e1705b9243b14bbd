import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { scoreOf } from '../../../shared/forecast/metrics.ts';
import type { WindowScores } from './pair-scores.ts';
import { pointsBy } from './summarize.ts';
import type { WindowResult } from './window-result.ts';

/** The errors of every contender on every window. */
export function scoreWindows(results: readonly WindowResult[]): WindowScores[] {
  return results.map((result) => ({
    origin: toIsoDate(result.origin),
    scores: Object.fromEntries(
      Object.keys(result.predicted).map((name) => [name, scoreOf(pointsBy(result, name))]),
    ),
  }));
}
