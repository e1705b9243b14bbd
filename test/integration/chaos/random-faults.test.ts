import { describe, expect, it } from 'vitest';
import { breakSystem, FAULTS, sortFaults } from '../../chaos/break-system.ts';
import type { ChaosOptions } from '../../chaos/chaos-system.ts';
import { describeWithRedis } from '../../support/redis/with-redis.ts';

/** Most of it is waiting: for ticks, starts, and the ends of what is broken. */
const TEN_FAULTS_MS = 15 * 60_000;

/** Breaks a running system with the first ten faults of a seed, each another one. */
async function tryTenFaults(kind: ChaosOptions, seed: number): Promise<void> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const { possible, skipped, problems } = sortFaults(FAULTS);
  for (const line of skipped) say(`SKIPPED ${line}`);
  const outcome = await breakSystem({ kind, seed, round: 0, count: 10, faults: possible, say });
  expect([...problems, ...outcome.problems]).toEqual([]);
  expect(new Set(outcome.tried).size).toBe(10);
  expect(outcome.units).toBeGreaterThan(0);
}

// Both at the same time, as they wait most of the time. Seeds with a full disk, both clocks and no fault that takes half
// a minute to be noticed.
describe.concurrent('ten random faults on a running system, of which nothing is lost or doubled', () => {
  it(
    'on the embedded store, in three partitions',
    () => tryTenFaults({ store: 'embedded', split: false, partitions: 3 }, 144),
    TEN_FAULTS_MS,
  );

  describeWithRedis('on Redis', () => {
    it(
      'split and in two partitions',
      () => tryTenFaults({ store: 'redis', split: true, partitions: 2 }, 1235),
      TEN_FAULTS_MS,
    );
  });
});
