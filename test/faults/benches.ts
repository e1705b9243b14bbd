import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisBridge } from '../../workers/local/redis-bridge/redis-bridge.ts';
import { bundleFaultyStore } from './embedded/bundle.ts';
import { startEmbeddedRuntime } from './embedded/runtime.ts';
import { createEmbeddedTargets } from './embedded/targets.ts';
import {
  EMBEDDED_MUTATIONS,
  type Mutation,
  mutateClient,
  mutateModule,
  REDIS_MUTATIONS,
} from './mutations.ts';
import { createRedisTargets } from './redis-targets.ts';
import type { FaultTarget } from './target.ts';

/** A place to run schedules over one adapter, whole or with a guard taken away. */
export interface SchedulesBench {
  makeTarget(): FaultTarget;
  readonly mutations: readonly Mutation[];
  /** Works over stores without one guard. */
  without<T>(mutation: Mutation, work: (makeTarget: () => FaultTarget) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Every write is synced, so that nothing that was answered is lost to SIGKILL. */
export async function openRedisBench(): Promise<SchedulesBench> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fault-schedules-'));
  const bridge = await startRedisBridge({ dataDir, appendfsync: 'always' });
  return {
    makeTarget: createRedisTargets(bridge),
    mutations: REDIS_MUTATIONS,
    without: (mutation, work) => work(createRedisTargets(bridge, mutateClient(mutation))),
    stop: async () => {
      await bridge.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One workerd for all schedules, and one for each guard that is taken away. */
export async function openEmbeddedBench(): Promise<SchedulesBench> {
  const module = await bundleFaultyStore();
  const whole = await startEmbeddedRuntime(module);
  return {
    makeTarget: createEmbeddedTargets(whole),
    mutations: EMBEDDED_MUTATIONS,
    without: async (mutation, work) => {
      const mutated = await startEmbeddedRuntime(mutateModule(module, mutation));
      try {
        return await work(createEmbeddedTargets(mutated));
      } finally {
        await mutated.stop();
      }
    },
    stop: () => whole.stop(),
  };
}
