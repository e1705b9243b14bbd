import type { DayNumber } from '../calendar/day-number.ts';
import {
  createOriginWindow,
  loadOriginWindow,
  MEAN_28,
  MEAN_140,
  type OriginWindow,
} from './origin-window.ts';
import type { SeriesHistory } from './series-history.ts';
import { weekdayLag, weekdayLevel } from './weekday-level.ts';

const window = createOriginWindow();

/**
 * What the model's margin is added to, in log space: the mean of log1p(units) on the last four days, up to the
 * origin, that share the target's weekday, mishaps left out (`weekdayLevel`). Where none is known it falls back to the mean of the last 28 days, of the
 * last 140, and to 0.
 *
 * @param h days from the origin to the target, 1 and up
 */
export function anchor(history: SeriesHistory, origin: DayNumber, h: number): number {
  loadOriginWindow(window, history, origin);
  return anchorIn(window, h);
}

/** The anchors of h = 1..out.length. */
export function anchors(history: SeriesHistory, origin: DayNumber, out: Float64Array): void {
  loadOriginWindow(window, history, origin);
  for (let h = 1; h <= out.length; h++) out[h - 1] = anchorIn(window, h);
}

/** The anchor of h in a window that is loaded already. */
export function anchorIn(window: OriginWindow, h: number): number {
  return anchorFrom(window, weekdayLevel(window.demand, weekdayLag(h)));
}

/** The anchor in a window whose `weekdayLevel` for the target's weekday is known already. */
export function anchorFrom({ means }: OriginWindow, sameWeekday: number): number {
  if (!Number.isNaN(sameWeekday)) return sameWeekday;
  const month = means[MEAN_28] as number;
  if (!Number.isNaN(month)) return month;
  const all = means[MEAN_140] as number;
  return Number.isNaN(all) ? 0 : all;
}
