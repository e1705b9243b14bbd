import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import { type DayNumber, type IsoDate, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { type EntryId, parseEntryId } from '../../../shared/store/entry-id.ts';

/** Where the business clock stands: time is the newest committed event, never the wall clock. */
export interface Position {
  readonly watermark: EntryId | null;
  /** End of the last committed span, or the start of the first live day before any. */
  readonly asOf: EpochMs;
  /** The day in progress. */
  readonly businessDay: DayNumber;
  /** Last closed day: the origin of every forecast. */
  readonly closedThrough: DayNumber;
}

export function positionOf(watermark: EntryId | null, liveFrom: IsoDate, clock: BusinessClock): Position {
  const start = clock.startOf(toDayNumber(liveFrom));
  const asOf = watermark === null ? start : Math.max(start, parseEntryId(watermark).instant);
  const businessDay = clock.dayOf(asOf);
  return { watermark, asOf, businessDay, closedThrough: businessDay - 1 };
}

/** The fields of a body that say up to where it counts the stream. */
export function freshnessOf({ asOf, watermark }: Position): { as_of: string; watermark: string | null } {
  return { as_of: new Date(asOf).toISOString(), watermark };
}
