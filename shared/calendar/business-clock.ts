import { DAY_MS, type DayNumber } from './day-number.ts';

/** Milliseconds since the Unix epoch, UTC. */
export type EpochMs = number;

/**
 * Whether an instant lies less than a time ago. One ahead of the clock does not: the clock has been set back since, and
 * how long ago it was is not known.
 */
export function isRecent(instant: EpochMs, now: EpochMs, within: EpochMs): boolean {
  return instant <= now && now - instant < within;
}

/** Translates between instants and the business days of one time zone. */
export interface BusinessClock {
  readonly timeZone: string;
  /** The business day on which an instant falls. */
  dayOf(instant: EpochMs): DayNumber;
  /** The instant at which a business day starts: local midnight, or the first instant after it where midnight is skipped. */
  startOf(day: DayNumber): EpochMs;
  /** Minutes since local midnight, 0..1439. */
  minuteOf(instant: EpochMs): number;
}

/** The stores' time zone in the reference data, the default of tools without a configured one. */
export const DEFAULT_TIME_ZONE = 'America/Guayaquil';

/** Whether a text is the IANA name of a time zone that the runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

/** @throws {RangeError} when the time zone is not an IANA name that the runtime knows. */
export function createBusinessClock(timeZone: string): BusinessClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  /** The local wall clock read as if it were UTC, in milliseconds. */
  const wallClock = (instant: EpochMs): number => {
    const fields: Record<string, number> = {};
    for (const part of format.formatToParts(instant)) fields[part.type] = Number(part.value);
    return Date.UTC(
      fields.year ?? 0,
      (fields.month ?? 1) - 1,
      fields.day ?? 1,
      fields.hour ?? 0,
      fields.minute ?? 0,
      fields.second ?? 0,
    );
  };

  const dayOf = (instant: EpochMs): DayNumber => Math.floor(wallClock(instant) / DAY_MS);

  const startOf = (day: DayNumber): EpochMs => {
    const midnight = day * DAY_MS;
    const offsetAt = (instant: EpochMs) => wallClock(instant) - instant;
    // The offset may change between the guess and the answer (daylight saving), hence the second round.
    const guess = midnight - offsetAt(midnight);
    const answer = midnight - offsetAt(guess);
    return dayOf(answer) < day ? Math.max(answer, guess) : answer;
  };

  const minuteOf = (instant: EpochMs): number => Math.floor((wallClock(instant) % DAY_MS) / 60_000);

  return { timeZone, dayOf, startOf, minuteOf };
}
