import type { DatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { floorToTick } from '../../../shared/calendar/tick.ts';
import { type EntryId, parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import {
  oldestNewestEntry,
  type PartitionedStatus,
} from '../../../shared/sales-store/partitioned/partitioned-status.ts';
import type { StoreStatus } from '../../../shared/sales-store/sales-store.ts';

/** Where the stream's time stands for a delivery. */
export interface StreamTime {
  /** Against which its rows are judged. */
  readonly asOf: EpochMs;
  /** No entry of it lies before this; after the newest entry it lies in any case. */
  readonly notBefore: EpochMs;
  /** Start of the first day that is counted live. */
  readonly liveStart: EpochMs;
}

/**
 * Who moves the stream's time on. While the replay still has ticks to send it does, and a delivery takes the time of
 * the newest entry: its entries lie after that entry and before the next tick, so that no tick is ever refused for a
 * delivery that came before it, however late the tick is. Where nothing is replayed, or no longer, deliveries move it
 * to the five-minute tick that has begun, so that days close; nothing else appends then.
 *
 * A tick that is sent late, twice, or while a delivery is under way changes nothing: what counts is that the next tick
 * lies above the newest entry's instant, which holds before and after every append.
 *
 * @param now the real time.
 */
export function streamTime(
  status: StoreStatus | PartitionedStatus,
  dataset: Pick<DatasetFacts, 'liveFrom' | 'lastDate'>,
  clock: BusinessClock,
  now: EpochMs,
): StreamTime {
  const liveStart = clock.startOf(toDayNumber(status.liveFrom ?? dataset.liveFrom));
  const instantOf = (id: EntryId | null) =>
    id === null ? liveStart : Math.max(liveStart, parseEntryId(id).instant);
  const newest = instantOf(status.newestEntry);
  // The next tick covers the span from the newest entry's own tick on; a partition that is behind has yet to get it.
  const nextSpan = floorToTick(instantOf(oldestNewestEntry(status)));
  if (toIsoDate(clock.dayOf(nextSpan)) <= dataset.lastDate) {
    return { asOf: newest, notBefore: liveStart, liveStart };
  }
  const notBefore = Math.max(liveStart, floorToTick(now));
  return { asOf: Math.max(newest, notBefore), notBefore, liveStart };
}
