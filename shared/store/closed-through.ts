import type { BusinessClock } from '../calendar/business-clock.ts';
import type { DayNumber } from '../calendar/day-number.ts';
import { type EntryId, parseEntryId } from './entry-id.ts';

/** The last closed business day: a day is closed once the watermark has reached the start of the next. */
export function closedThrough(watermark: EntryId, clock: BusinessClock): DayNumber {
  return clock.dayOf(parseEntryId(watermark).instant) - 1;
}
