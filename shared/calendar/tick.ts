import type { BusinessClock, EpochMs } from './business-clock.ts';
import type { DayNumber } from './day-number.ts';

/** One tick of the pipeline: five minutes. */
export const TICK_MS = 300_000;

/** The five-minute slots of one business day, as instants. */
export interface DaySlots {
  readonly day: DayNumber;
  readonly start: EpochMs;
  /** The instant at which the next business day starts. */
  readonly end: EpochMs;
  /** 288, but for the days on which clocks are put forward or back. */
  readonly slotCount: number;
}

export function daySlots(clock: BusinessClock, day: DayNumber): DaySlots {
  const start = clock.startOf(day);
  const end = clock.startOf(day + 1);
  return { day, start, end, slotCount: Math.round((end - start) / TICK_MS) };
}
