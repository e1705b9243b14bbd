import { createUpstashClient } from '../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../shared/sales-store/upstash/upstash-sales-store.ts';
import { fillRetention } from '../../workers/local/costs/fill-retention.ts';
import { REFERENCE } from '../../workers/local/costs/measure-sizes.ts';
import { withBridge } from './redis/with-bridge.ts';

/** The free plan of Upstash. */
const LIMIT_MB = 256;

/**
 * `npm run bench -- memory [--json]`: the memory of a real redis-server at the reference size with full retention: 430
 * days of packed history, 400 days, 104 weeks, 36 months, 15 days of slots, a week of the stream.
 */
export async function run(args: readonly string[]): Promise<void> {
  const figures = await withBridge(async (bridge) => {
    const client = createUpstashClient({ url: bridge.url, token: bridge.token, timeoutMs: 60_000 });
    const store = createUpstashSalesStore(client);
    const { droppedBuckets, droppedEntries } = await fillRetention(store, REFERENCE, (done, total) => {
      if (done % 100 === 0) console.log(`  ${done} of ${total} days`);
    });
    const entries = (await store.readStream(null, 10_000)).length;
    const { compactedThrough } = await store.status();
    return {
      memory_mb: Number(((await bridge.usedMemory()) / 1e6).toFixed(1)),
      limit_mb: LIMIT_MB,
      stream_entries: entries,
      compacted_through: compactedThrough,
      expired_buckets: droppedBuckets,
      expired_entries: droppedEntries,
    };
  });
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(20)} ${value}`);
  if (args.includes('--json')) console.log(JSON.stringify(figures));
  if (figures.memory_mb >= LIMIT_MB)
    throw new Error('the reference size does not fit the free plan any more');
}
