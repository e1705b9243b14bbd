import { Cron } from 'croner';
import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { floorToTick, TICK_MS } from '../../shared/calendar/tick.ts';
import type { LocalSystem } from './system/local-system.ts';

/** The schedule of ticks: in real time, or `speed` ticks a second. */
export interface TickClock {
  /** The newest due tick. */
  due(): EpochMs;
  /** Milliseconds until the tick after `due()`. */
  untilNext(): number;
}

/**
 * @param speed ticks a second, or null for real time.
 * @param newestTick the newest tick that has been counted, null before the first. Where it lies ahead of the wall
 *   clock, because time was accelerated before, time continues from there.
 * @param wall the wall clock, in milliseconds since the epoch.
 */
export function createTickClock(
  speed: number | null,
  newestTick: EpochMs | null,
  wall: () => EpochMs,
): TickClock {
  const startedAt = wall();
  const isAhead = newestTick !== null && newestTick > startedAt;
  if (speed === null && !isAhead) {
    return { due: () => floorToTick(wall()), untilNext: () => floorToTick(wall()) + TICK_MS - wall() };
  }
  const first = Math.max(floorToTick(startedAt), newestTick ?? 0);
  const period = speed === null ? TICK_MS : 1000 / speed;
  const passed = () => Math.floor((wall() - startedAt) / period);
  return {
    due: () => first + passed() * TICK_MS,
    untilNext: () => startedAt + (passed() + 1) * period - wall(),
  };
}

/** The newest instant in (after, due] at which a cron pattern (UTC) fires, or null. */
export function newestFiring(pattern: string, after: EpochMs, due: EpochMs): EpochMs | null {
  const cron = new Cron(pattern, { timezone: 'UTC', paused: true });
  for (let tick = due; tick > after; tick -= TICK_MS) {
    if (cron.match(new Date(tick))) return tick;
  }
  return null;
}

export interface Ticker {
  /** Stops after the run in progress. */
  stop(): Promise<void>;
}

/** A failed run is repeated after this time, twice as long after every further failure. */
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

/**
 * Fires the crons of wrangler.toml when their ticks are due, again when a run fails. Ticks that became due during a slow run are not fired
 * one by one: a pattern fires once, at its newest instant, because the pipeline catches up by itself.
 */
export function startTicker(options: {
  readonly system: Pick<LocalSystem, 'crons' | 'scheduled'>;
  readonly clock: TickClock;
  readonly after: EpochMs;
  readonly onError: (instant: EpochMs, error: unknown) => void;
  /** Called after every run that did not fail. */
  readonly onRun?: () => Promise<void>;
}): Ticker {
  const { system, clock } = options;
  let wake: (() => void) | null = null;
  let stopping = false;

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const loop = async () => {
    let last = options.after;
    let failures = 0;
    while (!stopping) {
      const due = clock.due();
      // After a clock was set back nothing would be due until it is where it was. A tick that comes twice changes nothing.
      last = Math.min(last, due);
      let outcome: 'idle' | 'ran' | 'failed' = 'idle';
      for (const pattern of due > last ? system.crons : []) {
        const instant = newestFiring(pattern, last, due);
        if (instant === null || stopping) continue;
        try {
          await system.scheduled(instant, pattern);
          if (outcome === 'idle') outcome = 'ran';
        } catch (error) {
          outcome = 'failed';
          if (!stopping) options.onError(instant, error);
        }
      }
      if (outcome === 'failed') {
        if (!stopping) await pause(Math.min(FIRST_RETRY_MS * 2 ** failures++, MAX_RETRY_MS));
        continue;
      }
      failures = 0;
      last = due;
      if (outcome === 'ran') await options.onRun?.();
      // A sleeping laptop stops timers but not the wall clock: check at least every second.
      if (!stopping) await pause(Math.min(Math.max(clock.untilNext(), 1), 1000));
    }
  };
  const ended = loop();

  return {
    stop: () => {
      stopping = true;
      wake?.();
      return ended;
    },
  };
}
