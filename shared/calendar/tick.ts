import type { BusinessClock, EpochMs } from './business-clock.ts';
import { DAY_MS, DAYS_PER_WEEK, type DayNumber } from './day-number.ts';

/** One tick of the pipeline: five minutes. */
export const TICK_MS = 300_000;

/** Slots of a day by the wall clock, including days on which clocks change. */
export const SLOTS_PER_DAY = DAY_MS / TICK_MS;
export const TICKS_PER_WEEK = DAYS_PER_WEEK * SLOTS_PER_DAY;

/** The last tick at or before an instant. */
export function floorToTick(instant: EpochMs): EpochMs {
  return Math.floor(instant / TICK_MS) * TICK_MS;
}

/** The bucket field of a slot: `000`..`287`. */
export function slotField(slot: number): string {
  return String(slot).padStart(3, '0');
}

/** The five-minute slots of one business day, as instants. */
export interface DaySlots {
  readonly day: DayNumber;
  readonly start: EpochMs;
  /** The instant at which the next business day starts. */
  readonly end: EpochMs;
  /** 288, except on days on which clocks change. */
  readonly slotCount: number;
}

export function daySlots(clock: BusinessClock, day: DayNumber): DaySlots {
  const start = clock.startOf(day);
  const end = clock.startOf(day + 1);
  return { day, start, end, slotCount: Math.round((end - start) / TICK_MS) };
}

/**
 * The bucket slot of an instant of a day, 0..287. Slots follow the store's wall clock, so that slots of different
 * days are comparable: when clocks are set back, the slots of the repeated hour hold both hours; when they are set
 * forward, those of the skipped hour hold nothing.
 */
export function wallSlotOf(clock: BusinessClock, { start, slotCount }: DaySlots, instant: EpochMs): number {
  return slotCount === SLOTS_PER_DAY
    ? Math.floor((instant - start) / TICK_MS)
    : Math.floor((clock.minuteOf(instant) * 60_000) / TICK_MS);
}

/**
 * Number of bucket slots, from the first of the day, that together hold everything sold on a day by an instant of it.
 * Never decreases with the instant: while an hour is repeated, it stays at the first end of that hour.
 */
export function finishedWallSlots(clock: BusinessClock, day: DaySlots, instant: EpochMs): number {
  const ticks = Math.floor((instant - day.start) / TICK_MS);
  if (day.slotCount === SLOTS_PER_DAY) return ticks;
  // Clocks that are set back show the same time again after as many ticks as the day is longer.
  const repeated = Math.max(0, day.slotCount - SLOTS_PER_DAY);
  let finished = 0;
  for (let tick = Math.max(0, ticks - 1 - repeated); tick < ticks; tick++) {
    finished = Math.max(finished, wallSlotOf(clock, day, day.start + tick * TICK_MS) + 1);
  }
  return finished;
}
