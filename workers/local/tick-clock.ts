import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { TICK_MS } from '../../shared/calendar/tick.ts';

export function floorToTick(instant: EpochMs): EpochMs {
  return Math.floor(instant / TICK_MS) * TICK_MS;
}

/** When ticks fall due: in real time, or `speed` ticks a second from the newest tick on. */
export interface TickClock {
  /** The newest tick that is due. */
  due(): EpochMs;
  /** Milliseconds until the tick after `due()`. */
  untilNext(): number;
}

/**
 * @param speed ticks a second, or null for real time.
 * @param newestTick where accelerated time goes on from when it is already ahead of the wall clock.
 * @param wall the wall clock, in milliseconds since the epoch.
 */
export function createTickClock(
  speed: number | null,
  newestTick: EpochMs | null,
  wall: () => EpochMs,
): TickClock {
  const startedAt = wall();
  const first = Math.max(floorToTick(startedAt), newestTick ?? 0);
  if (speed === null) {
    return {
      due: () => Math.max(floorToTick(wall()), first),
      untilNext: () => Math.max(floorToTick(wall()), first) + TICK_MS - wall(),
    };
  }
  const period = 1000 / speed;
  const passed = () => Math.floor((wall() - startedAt) / period);
  return {
    due: () => first + passed() * TICK_MS,
    untilNext: () => startedAt + (passed() + 1) * period - wall(),
  };
}
