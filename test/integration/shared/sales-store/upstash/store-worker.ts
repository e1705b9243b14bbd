import { createUpstashClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../../../../shared/sales-store/upstash/upstash-sales-store.ts';
import { commitDeltas, delta, entry, openedStore } from '../../../../contract/sales-store/context.ts';

interface Bindings {
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly UPSTASH_REDIS_REST_TOKEN: string;
}

/** A Worker that uses the store once: what is there in Node must be there in the edge's runtime too. */
export default {
  async fetch(_: Request, env: Bindings): Promise<Response> {
    const client = createUpstashClient({
      url: env.UPSTASH_REDIS_REST_URL,
      token: env.UPSTASH_REDIS_REST_TOKEN,
    });
    const store = createUpstashSalesStore(client, { namespace: 'worker:' });
    await openedStore(async () => store);
    await store.append([entry('1-0', 'é 🛒 \ud83d')]);
    const { entries } = await store.readBacklog({ maxEntries: 5 });
    await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 9)]);
    await store.compact({ through: '2026-01-05', limit: 5 });
    const reading = await store.readSeries('1:DAIRY', '2026-01-05');
    const field = await store.readField('sales_daily', ['2026-01-05', '2026-01-06'], '1:DAIRY');
    return Response.json({ payload: entries[0]?.payload, units: [...(reading?.milliUnits ?? [])], field });
  },
};
