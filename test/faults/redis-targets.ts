import { createUpstashClient, type RedisClient } from '../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../shared/sales-store/upstash/upstash-sales-store.ts';
import type { RedisBridge } from '../../workers/local/redis-bridge/redis-bridge.ts';
import type { Fault } from '../../workers/local/redis-bridge/rest-server.ts';
import type { FaultTarget } from './target.ts';

let count = 0;
/** A machine without time may take longer than a start is given; all schedules after it would fail. */
const RESTART_ATTEMPTS = 10;

/**
 * Makes empty stores in one bridge. Each has a network of its own, so that several schedules can run at the same
 * time; a killed database or endpoint fails for all of them.
 *
 * @param mutate changes what the client sends, to see whether the schedules notice.
 */
export function createRedisTargets(
  bridge: RedisBridge,
  mutate: (client: RedisClient) => RedisClient = (client) => client,
): () => FaultTarget {
  const networks = new Map<string, () => Fault | null>();
  let recovering: Promise<void> = Promise.resolve();
  bridge.injectFaults(({ commands }) => {
    const owner = commands.flat().find((argument) => argument.startsWith('schedule '));
    const namespace = owner === undefined ? '' : owner.slice(0, owner.indexOf(':') + 1);
    return networks.get(namespace)?.() ?? null;
  });
  const inTurn = (work: () => Promise<void>) => {
    recovering = recovering.then(() => insist(work));
    return recovering;
  };
  return () => {
    const namespace = `schedule ${++count}:`;
    const client = createUpstashClient({ url: bridge.url, token: bridge.token });
    return {
      store: createUpstashSalesStore(mutate(client), { namespace }),
      setNetwork: (choose) => {
        if (choose) networks.set(namespace, choose);
        else networks.delete(namespace);
      },
      killDatabase: () => inTurn(() => bridge.crashAndRestart()),
      restartEndpoint: () => inTurn(() => bridge.restartEndpoint()),
    };
  };
}

async function insist(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === RESTART_ATTEMPTS) throw error;
    }
  }
}
