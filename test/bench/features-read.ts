import { loadavg } from 'node:os';
import { createUpstashClient } from '../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../shared/sales-store/upstash/upstash-sales-store.ts';
import type { SeriesKey } from '../../shared/schemas/series.ts';
import type { RedisBridge } from '../../workers/local/redis-bridge/redis-bridge.ts';
import { createPipeline, LIVE_FROM, tickAt } from '../support/pipeline/pipeline-fixture.ts';
import { quantile } from './redis/quantile.ts';
import { withBridge } from './redis/with-bridge.ts';

const RATE_PER_SECOND = 200;
const PINGS_PER_SECOND = 20;
const SECONDS = 10;
const WARM_UP = 400;
/** A busy machine shows in the figures instead of aborting the run. */
const TIMEOUT_MS = 60_000;

/**
 * `npm run bench -- features-read [--json]`: the forecast inputs of one series (430 days of packed history, and the
 * live days after it) in one request, at 200 requests a second that do not wait for each other, on a redis-server over
 * loopback. One bare PING for every ten readings shows the latency that is not the store's.
 */
export async function run(args: readonly string[]): Promise<void> {
  const figures = await withBridge(measure);
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(36)} ${value}`);
  if (args.includes('--json')) console.log(JSON.stringify(figures));
}

async function measure(bridge: RedisBridge) {
  const pipeline = await createPipeline({ stores: 54, families: 33, historyDays: 430, batchSize: 50 });
  const client = createUpstashClient({ url: bridge.url, token: bridge.token, timeoutMs: TIMEOUT_MS });
  const store = createUpstashSalesStore(client);
  await pipeline.aggregate(store, tickAt(0));
  await pipeline.produce(store, tickAt(287));
  await pipeline.aggregate(store, tickAt(287));

  const read = async (index: number) => {
    const series = (pipeline.series[(index * 37) % pipeline.series.length] ?? '') as SeriesKey;
    const reading = await store.readSeries(series, LIVE_FROM);
    if (reading?.milliUnits.length !== 430) throw new Error(`${series}: ${reading?.milliUnits.length} days`);
  };
  const ping = () => client.exec(['PING']);
  for (let i = 0; i < WARM_UP; i++) await (i % 2 === 0 ? read(i) : ping());

  const alone = { read: [] as number[], ping: [] as number[] };
  for (let i = 0; i < WARM_UP; i++) {
    alone.read.push(await timed(() => read(i)));
    alone.ping.push(await timed(ping));
  }
  const requests = (RATE_PER_SECOND + PINGS_PER_SECOND) * SECONDS;
  const isPing = (i: number) => i % (RATE_PER_SECOND / PINGS_PER_SECOND + 1) === 0;
  const start = performance.now();
  const latencies = await Promise.all(
    Array.from({ length: requests }, async (_, i) => {
      const due = start + (i * SECONDS * 1000) / requests;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const begun = performance.now();
      await (isPing(i) ? ping() : read(i));
      return performance.now() - begun;
    }),
  );
  const reads = latencies.filter((_, i) => !isPing(i));
  const pings = latencies.filter((_, i) => isPing(i));
  return {
    requests_per_second: RATE_PER_SECOND,
    p50_ms: quantile(reads, 0.5),
    p99_ms: quantile(reads, 0.99),
    ping_p50_ms: quantile(pings, 0.5),
    ping_p99_ms: quantile(pings, 0.99),
    one_by_one_p50_ms: quantile(alone.read, 0.5),
    one_by_one_ping_p50_ms: quantile(alone.ping, 0.5),
    load_average: Number(loadavg()[0]?.toFixed(1)),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
