import { expect } from 'vitest';
import { breakSystem, FAULTS, sortFaults } from './break-system.ts';
import type { ChaosOptions } from './chaos-system.ts';

/** Most of it is waiting: for ticks, starts, and the ends of what is broken. */
export const TEN_FAULTS_MS = 15 * 60_000;

/** Breaks a running system with the first ten faults of a seed, each another one. */
export async function tryTenFaults(kind: ChaosOptions, seed: number): Promise<void> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const { possible, skipped, problems } = sortFaults(FAULTS);
  for (const line of skipped) say(`SKIPPED ${line}`);
  const outcome = await breakSystem({ kind, seed, round: 0, count: 10, faults: possible, say });
  expect([...problems, ...outcome.problems]).toEqual([]);
  expect(new Set(outcome.tried).size).toBe(10);
  expect(outcome.units).toBeGreaterThan(0);
}
