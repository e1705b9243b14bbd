import { formatDuration } from '../format/dates.ts';

const MINUTE = 60_000;
/** Entries are five minutes apart; one that waits is the normal state between two runs. */
const LAG_WHEN_LIVE = 10 * MINUTE;
/** Three runs missed. */
const AGE_WHEN_LIVE = 15 * MINUTE;

type FreshnessState = 'waiting' | 'live' | 'catching-up' | 'stale' | 'unreachable';

export interface Freshness {
  readonly state: FreshnessState;
  readonly label: string;
  readonly detail: string;
}

export interface FreshnessReading {
  /** End of the sales that are counted, milliseconds since the epoch. */
  readonly asOf: number;
  /** Whether anything has been counted yet. */
  readonly started: boolean;
  /** From the watermark to the newest entry of the stream, milliseconds. */
  readonly lag: number;
  /** Milliseconds since the page last saw the watermark move. */
  readonly unmovedFor: number;
  readonly now: number;
}

/**
 * Whether the numbers on the page are those of now.
 *
 * A clock that runs ahead (an accelerated replay) counts as live while it moves; a backlog that does not get
 * shorter counts as stale.
 */
export function readFreshness(reading: FreshnessReading): Freshness {
  const { asOf, started, lag, unmovedFor, now } = reading;
  if (!started) return { state: 'waiting', label: 'Waiting', detail: 'No sale has been counted yet' };
  if (unmovedFor > AGE_WHEN_LIVE) {
    return { state: 'stale', label: 'Stale', detail: `No new sales for ${formatDuration(unmovedFor)}` };
  }
  if (lag > LAG_WHEN_LIVE) {
    return { state: 'catching-up', label: 'Catching up', detail: `${formatDuration(lag)} of sales to count` };
  }
  const age = now - asOf;
  if (age > AGE_WHEN_LIVE) {
    return { state: 'stale', label: 'Stale', detail: `Newest sales are ${formatDuration(age)} old` };
  }
  return { state: 'live', label: 'Live', detail: 'Sales are counted as they arrive' };
}
