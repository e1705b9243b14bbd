import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import { type DayNumber, type IsoDate, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { type EntryId, parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import type { PartitionedStatus } from '../../../shared/sales-store/partitioned/partitioned-status.ts';

/** Where the business clock stands: time is the newest committed event, never the wall clock. */
export interface Position {
  readonly watermark: EntryId | null;
  /** End of the last committed span, or the start of the first live day before any. */
  readonly asOf: EpochMs;
  /** The day in progress. */
  readonly businessDay: DayNumber;
  /** Last finished day: the origin of every forecast. */
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

/**
 * Milliseconds of event time from the counted sales to the newest entry of each partition's stream, or from the start
 * of the first live day before any are counted; 0 where nothing waits, null for a partition that does not answer.
 */
export function lagsOf({ partitions, liveFrom }: PartitionedStatus, clock: BusinessClock): (number | null)[] {
  if (liveFrom === null) return partitions.map(() => null);
  const start: EpochMs = clock.startOf(toDayNumber(liveFrom));
  const instantOf = (id: string | null) => (id === null ? start : Math.max(start, parseEntryId(id).instant));
  return partitions.map(
    ({ status }) => status && Math.max(0, instantOf(status.newestEntry) - instantOf(status.watermark)),
  );
}

/** The lag of the partition that lags the most; 0 before a history is opened. */
export function lagOf(status: PartitionedStatus, clock: BusinessClock): number {
  return Math.max(0, ...lagsOf(status, clock).map((lag) => lag ?? 0));
}
