import type { BusinessClock } from '../../../shared/calendar/business-clock.ts';
import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import { parseEntryId } from '../../../shared/store/entry-id.ts';
import type { PartitionedStatus } from '../../../shared/store/partitioned/merge-status.ts';
import type { StoreStatus } from '../../../shared/store/sales-store.ts';
import { positionOf } from './position.ts';

/** Milliseconds of event time from the counted sales to the newest entry of one stream; 0 when nothing waits. */
export function lagOfStream(
  { newestEntry, watermark }: Pick<StoreStatus, 'newestEntry' | 'watermark'>,
  liveFrom: IsoDate,
  clock: BusinessClock,
): number {
  if (newestEntry === null) return 0;
  return Math.max(0, parseEntryId(newestEntry).instant - positionOf(watermark, liveFrom, clock).asOf);
}

/** The lag of the partition that lags the most; 0 before a history is opened. */
export function lagOf({ partitions, liveFrom }: PartitionedStatus, clock: BusinessClock): number {
  if (liveFrom === null) return 0;
  return Math.max(0, ...partitions.map(({ status }) => (status ? lagOfStream(status, liveFrom, clock) : 0)));
}
