import { useEffect, useState } from 'preact/hooks';
import type { SalesLiveBody } from '../../../shared/schemas/api/sales-live.ts';
import type { Resource } from '../lib/api/use-resource.ts';
import { formatDuration } from '../lib/format/dates.ts';

const MINUTE = 60_000;
/** Entries are five minutes apart; one waiting entry is normal between two runs. */
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
  /** End of the counted sales, milliseconds since the epoch. */
  readonly asOf: number;
  /** Whether anything has been counted yet. */
  readonly started: boolean;
  /** Age of the oldest entry that waits to be counted, milliseconds. */
  readonly lag: number;
  /** Milliseconds since the page last saw the watermark move. */
  readonly unmovedFor: number;
  readonly now: number;
}

/**
 * Whether the numbers on the page are current.
 *
 * A clock that runs ahead (an accelerated replay) counts as live while it moves; a backlog that does not shrink
 * counts as stale.
 */
export function readFreshness(reading: FreshnessReading): Freshness {
  const { asOf, started, lag, unmovedFor, now } = reading;
  if (!started) return { state: 'waiting', label: 'Waiting', detail: 'No sale has been counted yet' };
  if (unmovedFor > AGE_WHEN_LIVE) {
    return { state: 'stale', label: 'Stale', detail: `No new sales for ${formatDuration(unmovedFor)}` };
  }
  if (lag > LAG_WHEN_LIVE) {
    return {
      state: 'catching-up',
      label: 'Catching up',
      detail: `The oldest sale to count has waited ${formatDuration(lag)}`,
    };
  }
  const age = now - asOf;
  if (age > AGE_WHEN_LIVE) {
    return { state: 'stale', label: 'Stale', detail: `Newest sales are ${formatDuration(age)} old` };
  }
  return { state: 'live', label: 'Live', detail: 'Sales are counted as they arrive' };
}

/** How often the age of the data is checked when nothing else happens. */
const LOOK_EVERY = 10_000;

/**
 * The freshness of the page; null before anything is known.
 *
 * @param movedAt When the page last saw the watermark move.
 */
export function useFreshness(
  { data: live, error }: Resource<SalesLiveBody>,
  online: boolean,
  movedAt: { readonly current: number },
): Freshness | null {
  const [, look] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => look((times) => times + 1), LOOK_EVERY);
    return () => clearInterval(timer);
  }, []);
  if (!online) return { state: 'unreachable', label: 'Offline', detail: 'There is no network' };
  if (error?.kind === 'not-ready') return { state: 'waiting', label: 'Getting ready', detail: error.detail };
  if (error) return { state: 'unreachable', label: 'No answer', detail: error.title };
  if (live === null) return null;
  const now = Date.now();
  return readFreshness({
    asOf: Date.parse(live.as_of),
    started: live.watermark !== null,
    lag: live.lag_ms,
    unmovedFor: now - movedAt.current,
    now,
  });
}
