import type { ObjectStore } from '../../shared/artifacts/object-store.ts';
import type { BusinessClock } from '../../shared/calendar/business-clock.ts';
import { type IsoDate, toDayNumber } from '../../shared/calendar/day-number.ts';
import type { SalesStore } from '../../shared/sales-store/sales-store.ts';
import { runAggregator } from '../../workers/aggregator/aggregate-store.ts';
import { produce } from '../../workers/producer/produce.ts';

/** More than a day has, so that each step needs one run. */
const ALL = { maxEntries: 2000, storesPerRun: 60, compactSeriesPerRun: 5000 };

/**
 * Replays a published day: the producer and the aggregator run as on the platform, and the day closes.
 *
 * @returns the number of counted transactions
 */
export async function replayDay(
  store: SalesStore,
  objects: ObjectStore,
  clock: BusinessClock,
  date: IsoDate,
): Promise<number> {
  const day = toDayNumber(date);
  await runAggregator({ store, objects, clock, now: clock.startOf(day), ...ALL });
  // The first tick of the next day closes this one.
  const now = clock.startOf(day + 1) + 300_000;
  await produce({ store, objects, clock, now, batchSize: 50, maxTicks: 400 });
  const { rows } = await runAggregator({ store, objects, clock, now, ...ALL });
  return rows;
}
