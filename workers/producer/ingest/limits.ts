import { DAY_MS } from '../../../shared/calendar/day-number.ts';

/** What one delivery of a retailer may hold; see the README of the producer for the variables that set it. */
export interface IngestLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
  /** Rows of one stream entry at most. */
  readonly rowsPerEntry: number;
  /** More units in one transaction are a typing or scaling error. */
  readonly maxUnits: number;
  /** How far ahead of the stream's time a sale may lie: tills have clocks of their own. At most a day. */
  readonly maxAheadMs: number;
  /** How long before the stream's time a sale may lie. */
  readonly maxLateMs: number;
}

/**
 * For how long ids and keys must be remembered, so that no sale that is still taken could have been forgotten already:
 * it was taken in at most `maxAheadMs` (a day) before its own time, and is taken again at most `maxLateMs` after it.
 * Another day is for what the stream's time moves on between judging rows and appending them.
 */
export function rememberMsOf({ maxLateMs }: IngestLimits): number {
  return maxLateMs + 2 * DAY_MS;
}
