import { subtractCalls } from '../redis-bridge/billed-commands.ts';
import type { RedisBridge } from '../redis-bridge/redis-bridge.ts';
import type { CountingObjects } from './counting-objects.ts';
import { sum, times, type Usage } from './usage.ts';

/** Commands counted by Redis itself, bytes by the bridge, operations by the object store. */
export interface Meter {
  /** What some work takes. */
  measure(work: () => Promise<unknown>): Promise<Usage>;
}

export function createMeter(bridge: RedisBridge, objects: CountingObjects): Meter {
  const read = async () => {
    const { receivedBytes, sentBytes } = bridge.traffic();
    return {
      calls: await bridge.billedCommands(),
      usage: { redis_traffic_bytes: receivedBytes + sentBytes, ...objects.operations() } satisfies Usage,
    };
  };
  return {
    measure: async (work) => {
      const before = await read();
      await work();
      const after = await read();
      const calls = subtractCalls(after.calls, before.calls);
      const redis_commands = [...calls.values()].reduce((all, count) => all + count, 0);
      return sum([{ redis_commands }, after.usage, times(before.usage, -1)]);
    },
  };
}
