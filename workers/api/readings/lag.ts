import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import { parseEntryId } from '../../../shared/store/entry-id.ts';
import type { PartitionedStatus } from '../../../shared/store/partitioned/merge-status.ts';

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
