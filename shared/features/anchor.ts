import type { DayNumber } from '../calendar/day-number.ts';
import { createOriginWindow, loadOriginWindow, MIN_KNOWN_DAYS, type OriginWindow } from './origin-window.ts';
import type { SeriesHistory } from './series-history.ts';
import { weekdayLag } from './weekday-level.ts';

/** The anchors of some horizons, in columns. */
export interface AnchorColumns {
  /** What the model's margin is added to, in log space: the demand that is usual on the target's weekday. */
  readonly values: Float64Array;
  /** Which of the last four same weekdays the anchor is the mean of: bit 0 for the most recent, 0 for none of them. */
  readonly weeks: Uint8Array;
}

export function createAnchorColumns(rows: number): AnchorColumns {
  return { values: new Float64Array(rows), weeks: new Uint8Array(rows) };
}

/** The columns from row `first` on, in the same memory. */
export function anchorsFrom({ values, weeks }: AnchorColumns, first: number): AnchorColumns {
  return { values: values.subarray(first), weeks: weeks.subarray(first) };
}

const window = createOriginWindow();

/**
 * Writes the anchors of h = 1..`count`. The anchor is the mean of log1p(units) on the last four days, up to the origin,
 * of the target's weekday, outliers left out. Where none of them is known it is the mean of the last 28 days, or of the last 140, plus what
 * sets the weekday apart over 140 days; 0 where nothing is known.
 */
export function writeAnchors(
  history: SeriesHistory,
  origin: DayNumber,
  count: number,
  out: AnchorColumns,
): void {
  loadOriginWindow(window, history, origin);
  for (let h = 1; h <= count; h++) writeAnchor(window, h, out, h - 1);
}

/** Writes the anchor of h in a window that is loaded already. */
export function writeAnchor(
  { anchors, weekdays }: OriginWindow,
  h: number,
  out: AnchorColumns,
  row: number,
): void {
  const lag = weekdayLag(h);
  out.values[row] = anchors[lag] as number;
  out.weeks[row] = weekdays.weeks[lag] as number;
}

/**
 * Whether enough days of a series are known up to the origin for trees to correct its anchor. Any other series is new, or
 * back after months, and is forecast by what is known of its like.
 */
export function isEstablished(history: SeriesHistory, origin: DayNumber): boolean {
  loadOriginWindow(window, history, origin);
  return window.knownDays >= MIN_KNOWN_DAYS;
}
