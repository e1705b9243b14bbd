import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import { type DayNumber, type IsoDate, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { type EntryId, parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import type { PartitionedStatus } from '../../../shared/sales-store/partitioned/partitioned-status.ts';
import type { StoreStatus } from '../../../shared/sales-store/sales-store.ts';

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
 * Age of the oldest waiting entry; 0 when none waits. Where the stream is ahead of the clock, because time runs faster or
 * the clock was set back, the newest entry stands for the clock.
 */
export function backlogAge(
  { oldestWaiting, newestEntry }: Pick<StoreStatus, 'oldestWaiting' | 'newestEntry'>,
  now: EpochMs,
): number {
  if (oldestWaiting === null) return 0;
  const newest = newestEntry === null ? 0 : parseEntryId(newestEntry).instant;
  return Math.max(0, Math.max(now, newest) - parseEntryId(oldestWaiting).instant);
}

/** How long the oldest waiting entry of each partition has waited; null for a partition that does not answer. */
export function lagsOf({ partitions }: PartitionedStatus, now: EpochMs): (number | null)[] {
  return partitions.map(({ status }) => status && backlogAge(status, now));
}

/** The lag of the partition that lags the most. */
export function lagOf(status: PartitionedStatus, now: EpochMs): number {
  return Math.max(0, ...lagsOf(status, now).map((lag) => lag ?? 0));
}
