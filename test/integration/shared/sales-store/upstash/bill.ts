import { type RedisBridge, subtractCalls } from '../../../../../workers/local/redis-bridge/redis-bridge.ts';

/** What some work costs: commands by name, those inside scripts counted by Redis itself. */
export async function bill(bridge: RedisBridge, work: () => Promise<unknown>) {
  const before = await bridge.billedCommands();
  await work();
  const calls = subtractCalls(await bridge.billedCommands(), before);
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
  return { total, calls: Object.fromEntries(calls) };
}
