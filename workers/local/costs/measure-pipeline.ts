import { createBusinessClock, DEFAULT_TIME_ZONE } from '../../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import { TICK_MS, TICKS_PER_WEEK } from '../../../shared/calendar/tick.ts';
import { createObjectPipelineStatus } from '../../../shared/pipeline-status/object-pipeline-status.ts';
import { runRecorded } from '../../../shared/pipeline-status/pipeline-status.ts';
import { createPartitionedStore } from '../../../shared/sales-store/partitioned/partitioned-store.ts';
import { createUpstashClient } from '../../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../../shared/sales-store/upstash/upstash-sales-store.ts';
import { aggregatePartitions } from '../../aggregator/aggregate-partitions.ts';
import { aggregateFollowed } from '../../aggregator/follow-up.ts';
import { producePartitions } from '../../producer/produce-partitions.ts';
import type { RedisBridge } from '../redis-bridge/redis-bridge.ts';
import { CountingObjects, createMeter, type Meter } from './meter.ts';
import { createSyntheticRetailer, publishRetailer, type RetailerSize } from './synthetic-retailer.ts';
import { sum, times, type Usage } from './usage.ts';

/** Wednesday: the ISO week and the month are both in progress. */
export const LIVE_FROM = '2026-01-07';
/** A generous timeout, so that a busy machine can be measured. */
const TIMEOUT_MS = 120_000;
const LIMITS = { maxEntries: TICKS_PER_WEEK, storesPerRun: 100_000, compactSeriesPerRun: 1_000_000 };

/** Producer and aggregator of the split deployment over a real redis-server, in this process. */
export interface MeasuredPipeline {
  readonly store: ReturnType<typeof createPartitionedStore>;
  readonly objects: CountingObjects;
  readonly meter: Meter;
  /** The instant of tick `n` of the first live day. */
  tickAt(n: number): number;
  /** One cron of each, with their records, as the Workers run them. */
  cycle(n: number): Promise<void>;
}

/** Publishes a retailer, imports its history, and is ready for the first tick. */
export async function openMeasuredPipeline(
  bridge: RedisBridge,
  namespace: string,
  size: Omit<RetailerSize, 'liveFrom'>,
  batchSize: number,
): Promise<MeasuredPipeline> {
  const objects = new CountingObjects();
  await publishRetailer(objects, createSyntheticRetailer({ ...size, liveFrom: LIVE_FROM }));
  const clock = createBusinessClock(DEFAULT_TIME_ZONE);
  const client = createUpstashClient({ url: bridge.url, token: bridge.token, timeoutMs: TIMEOUT_MS });
  const store = createPartitionedStore([createUpstashSalesStore(client, { namespace })]);
  const status = createObjectPipelineStatus(objects);
  const liveStart = clock.startOf(toDayNumber(LIVE_FROM));
  const tickAt = (n: number) => liveStart + n * TICK_MS;
  const cycle = async (n: number) => {
    const now = tickAt(n);
    const time = { scheduledTime: now, now: () => now };
    await runRecorded(status, 'producer', time, () =>
      producePartitions({
        store,
        objects,
        clock,
        now,
        batchSize,
        maxTicks: TICKS_PER_WEEK,
        scenario: undefined,
      }),
    );
    const run = () => aggregatePartitions({ store, objects, clock, now, ...LIMITS });
    await aggregateFollowed({ ...time, status, followUpsPerHour: 24, run, followUp: run });
  };
  await cycle(0);
  return { store, objects, meter: createMeter(bridge, objects), tickAt, cycle };
}

/** An average cycle: the first ones of a day touch series that the day does not have yet, later ones do not. */
export async function measureCycles(
  { meter, cycle }: MeasuredPipeline,
  first: number,
  count: number,
): Promise<{ readonly mean: Usage; readonly mostCommands: number }> {
  const cycles: Usage[] = [];
  for (let n = first; n < first + count; n++) cycles.push(await meter.measure(() => cycle(n)));
  // Two Workers, one cron each.
  return {
    mean: sum([times(sum(cycles), 1 / count), { worker_requests: 2 }]),
    mostCommands: Math.max(...cycles.map(({ redis_commands = 0 }) => redis_commands)),
  };
}
