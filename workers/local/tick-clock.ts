import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { TICK_MS } from '../../shared/calendar/tick.ts';

export function floorToTick(instant: EpochMs): EpochMs {
  return Math.floor(instant / TICK_MS) * TICK_MS;
}

/** When ticks fall due: in real time, or `speed` ticks a second. */
export interface TickClock {
  /** The newest tick that is due. */
  due(): EpochMs;
  /** Milliseconds until the tick after `due()`. */
  untilNext(): number;
}

/**
 * @param speed ticks a second, or null for real time.
 * @param newestTick the newest tick that has been counted, null before the first. Where it lies ahead of the wall
 * clock, because time was accelerated before, time goes on from there.
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
