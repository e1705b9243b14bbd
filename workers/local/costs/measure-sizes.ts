import { SLOTS_PER_DAY } from '../../../shared/calendar/tick.ts';
import { RETENTION } from '../../../shared/sales-store/retention.ts';
import { createUpstashClient } from '../../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../../shared/sales-store/upstash/upstash-sales-store.ts';
import type { Steps } from '../command-line/steps.ts';
import type { RedisBridge } from '../redis-bridge/redis-bridge.ts';
import { fillRetention } from './fill-retention.ts';
import { measureApi } from './measure-api.ts';
import { measureCycles, openMeasuredPipeline } from './measure-pipeline.ts';
import { type Measurements, sum, times } from './usage.ts';

/** 54 stores, 33 families, 50 transactions every five minutes. */
export const REFERENCE = { stores: 54, families: 33, batchSize: 50 } as const;
const LAST_TICK_OF_DAY = SLOTS_PER_DAY - 1;
const TIMEOUT_MS = 120_000;

export interface MeasuredSize {
  /** 1: the reference size. */
  readonly scale: number;
  readonly measurements: Measurements;
  /** Commands of the most expensive cycle. */
  readonly mostCommands: number;
  /** Figures that were not measured at this size, and the rule by which they were scaled. */
  readonly scaled: string | null;
}

/** Everything at the reference size. */
export async function measureReference(
  root: string,
  openBridge: () => Promise<RedisBridge>,
  steps: Steps,
): Promise<MeasuredSize> {
  const bridge = await openBridge();
  const { stores, families, batchSize } = REFERENCE;
  const size = { stores, families, historyDays: RETENTION.historyDays, replayDays: 2 };
  try {
    const pipeline = await steps.run('Reference size imported', () =>
      openMeasuredPipeline(bridge, '', size, batchSize),
    );
    const { mean, mostCommands } = await steps.run('Cycles measured', () => measureCycles(pipeline, 1, 24));
    const dayClose = await steps.run('Closing a day measured', async () => {
      await pipeline.cycle(LAST_TICK_OF_DAY);
      const closing = await pipeline.meter.measure(() => pipeline.cycle(LAST_TICK_OF_DAY + 1));
      return sum([closing, times({ ...mean, worker_requests: 0 }, -1)]);
    });
    const api = await steps.run('API measured', () => measureApi(root, pipeline));
    const { r2_storage_bytes } = pipeline.objects.usage();
    const redis_storage_bytes = await measureMemory(openBridge, steps);
    const held = { redis_storage_bytes, r2_storage_bytes };
    return { scale: 1, measurements: { cycle: mean, dayClose, ...api, held }, mostCommands, scaled: null };
  } finally {
    await bridge.stop();
  }
}

/** Bytes that redis-server holds at full retention and the reference size. */
export async function measureMemory(openBridge: () => Promise<RedisBridge>, steps: Steps): Promise<number> {
  const bridge = await openBridge();
  try {
    const client = createUpstashClient({ url: bridge.url, token: bridge.token, timeoutMs: TIMEOUT_MS });
    const store = createUpstashSalesStore(client);
    await steps.run('Retention filled', (progress) => fillRetention(store, REFERENCE, progress));
    return await bridge.usedMemory();
  } finally {
    await bridge.stop();
  }
}

/** A larger size: cycles are measured with that many times the stores and transactions; the rest is scaled. */
export async function measureScaled(
  scale: number,
  cycles: number,
  reference: Measurements,
  openBridge: () => Promise<RedisBridge>,
  steps: Steps,
): Promise<MeasuredSize> {
  const bridge = await openBridge();
  const stores = REFERENCE.stores * scale;
  const size = { stores, families: REFERENCE.families, historyDays: 2, replayDays: 1 };
  try {
    return await steps.run(`${scale} times: ${stores} stores, cycles measured`, async () => {
      const pipeline = await openMeasuredPipeline(bridge, '', size, REFERENCE.batchSize * scale);
      const { mean, mostCommands } = await measureCycles(pipeline, 1, cycles);
      return {
        scale,
        measurements: {
          ...reference,
          cycle: mean,
          dayClose: times(reference.dayClose, scale),
          held: times(reference.held, scale),
        },
        mostCommands,
        scaled: `closing a day and what is held: ${scale} times the reference size, since both go by the number of series; one forecast and one minute of a dashboard: as there`,
      };
    });
  } finally {
    await bridge.stop();
  }
}

/** The standalone deployment at several sizes: measured at the reference size, scaled beyond it. */
export function embeddedSizes(reference: Measurements, scales: readonly number[]): readonly MeasuredSize[] {
  return scales.map((scale) => ({
    scale,
    measurements: {
      ...reference,
      cycle: { ...times(reference.cycle, scale), ...perRun(reference.cycle) },
      dayClose: { ...times(reference.dayClose, scale), ...perRun(reference.dayClose) },
      held: times(reference.held, scale),
    },
    mostCommands: 0,
    scaled:
      scale === 1
        ? null
        : 'rows go by the number of transactions and of series; requests of a run are as many; forecasts and dashboards as at the reference size',
  }));
}

/** The fixed usage of a run. */
function perRun({
  object_requests = 0,
  worker_requests = 0,
  r2_reads = 0,
  r2_writes = 0,
}: Measurements['cycle']) {
  return { object_requests, worker_requests, r2_reads, r2_writes };
}
