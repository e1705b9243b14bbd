import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../../workers/trainer/data/synthetic/random.ts';
import type { LocalProcess } from '../support/processes/local-process.ts';
import { type ChaosOptions, ChaosSystem, TICK_MS } from './chaos-system.ts';
import { CONNECTION_FAULTS } from './connection-faults.ts';
import { DESTRUCTIONS } from './destructions.ts';
import type { Aftermath, Destruction, Fault } from './fault.ts';
import { MACHINE_FAULTS } from './machine-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';

const RECOVERY_MS = 60_000;
const LONGEST_LIE_MS = 2 * TICK_MS;
const GIVEN_UP = /cannot be kept running: .*\n.*start again with the same --data-dir/;

export type AnyFault = Fault | Destruction;

export const FAULTS: readonly AnyFault[] = [
  ...PROCESS_FAULTS,
  ...CONNECTION_FAULTS,
  ...MACHINE_FAULTS,
  ...DESTRUCTIONS,
];

export interface Round {
  readonly kind: ChaosOptions;
  readonly seed: number;
  /** Which round of the seed: every one has faults of its own. */
  readonly round: number;
  readonly count: number;
  readonly faults: readonly AnyFault[];
  /** Receives a line for each fault. */
  readonly say: (line: string) => void;
}

export interface RoundOutcome {
  /** Names of the faults that were tried. */
  readonly tried: readonly string[];
  readonly problems: readonly string[];
  /** Units that were acknowledged and counted at the end. */
  readonly units: number;
}

/**
 * The faults that can be tried on this machine. Of the others it is said why they cannot; where services are required,
 * one that an installation would make possible is a problem.
 */
export function sortFaults(faults: readonly AnyFault[]): {
  readonly possible: readonly AnyFault[];
  readonly skipped: readonly string[];
  readonly problems: readonly string[];
} {
  const lines = (of: readonly AnyFault[]) =>
    of.flatMap(({ name, impossible }) => (impossible ? [`${name}: ${impossible.reason}`] : []));
  const required = faults.filter(({ impossible }) => impossible?.isService);
  return {
    possible: faults.filter(({ impossible }) => !impossible),
    skipped: lines(faults),
    problems: process.env.REQUIRE_SERVICES === '1' ? lines(required) : [],
  };
}

export const nameOf = ({ store, split, partitions }: ChaosOptions): string =>
  `${store}${split ? ', split' : ''}, ${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`;

/**
 * Breaks one system up to `count` times, every fault once before any comes again. It ends at the first problem, after
 * which nothing it counts can be trusted.
 */
export async function breakSystem({ kind, seed, round, count, faults, say }: Round): Promise<RoundOutcome> {
  const order = new Random(seed, 'chaos', round);
  const fitting = faults.filter(({ fits }) => fits?.(kind) ?? true);
  const tried: string[] = [];
  const problems: string[] = [];
  if (fitting.length === 0) return { tried, problems, units: 0 };
  const system = await ChaosSystem.create(kind);
  say(`seed ${seed}, round ${round}: ${nameOf(kind)}`);
  try {
    const before = await system.countsAgain(RECOVERY_MS);
    if (before !== null) problems.push(`round ${round}: before any fault: ${before}`);
    let left: AnyFault[] = [];
    while (tried.length < count && problems.length === 0) {
      if (left.length === 0) left = [...fitting];
      const [fault] = left.splice(Math.floor(order.uniform() * left.length), 1);
      if (fault === undefined) break;
      const random = new Random(seed, 'fault', round, tried.length);
      tried.push(fault.name);
      const startedAt = performance.now();
      const problem = await tryFault(system, fault, () => random.uniform()).catch(String);
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      const lie = describeLie(system);
      say(
        `  ${fault.name}, ${seconds} s${problem === null ? '' : `: ${problem}`}${lie === null ? '' : `: ${lie}`}`,
      );
      for (const wrong of [problem, lie]) {
        if (wrong !== null) problems.push(`round ${round}, ${fault.name}: ${wrong.split('\n')[0]}`);
      }
    }
    problems.push(...describeIdleChecks(system).map((what) => `round ${round}: ${what}`));
    return { tried, problems, units: system.till.acknowledgedAtLeast };
  } finally {
    await system.stop();
  }
}

function describeLie({ watch }: ChaosSystem): string | null {
  if (watch.longestLieMs <= LONGEST_LIE_MS) return null;
  return `health was ok for ${Math.round(watch.longestLieMs / 1000)} s while nothing worked`;
}

/** Checks that have checked nothing. */
function describeIdleChecks({ till, watch }: ChaosSystem): string[] {
  return [
    ...(till.deliveries === 0 ? ['the till has sent nothing'] : []),
    ...(watch.readings.ok === 0 ? ['health was never read as ok'] : []),
  ];
}

/** @returns what is wrong after the fault; null when all is as it should be. */
async function tryFault(system: ChaosSystem, fault: AnyFault, random: () => number): Promise<string | null> {
  if ('destroy' in fault) {
    const problem = await destroy(system, fault, random);
    return problem ?? (await system.countsAgain(RECOVERY_MS));
  }
  const { process } = system;
  const before = process.output().length;
  const aftermath = await fault.apply(system, random);
  if (aftermath.kind === 'restart') await system.start();
  let problem = await system.countsAgain(RECOVERY_MS);
  const output = process.output().slice(before);
  // It may give up, when it says so and what to do.
  if (problem !== null && (await hasEnded(process)) && GIVEN_UP.test(output)) {
    await system.start();
    problem = await system.countsAgain(RECOVERY_MS);
    if (problem === null) return null;
  }
  if (problem !== null) return `${problem}\n${output.slice(-3000)}`;
  return saysSo(aftermath, output) ? null : `it recovers without a word of what happened:\n${output}`;
}

function hasEnded({ exited }: LocalProcess): Promise<boolean> {
  return Promise.race([exited.then(() => true), wait(0, false)]);
}

function saysSo(aftermath: Aftermath, output: string): boolean {
  return aftermath.kind !== 'recovers' || (aftermath.says?.test(output) ?? true);
}

/** Destroys data without the till. @returns what is wrong: units that are lost, but not said to be gone. */
async function destroy(
  system: ChaosSystem,
  { destroy, says }: Destruction,
  random: () => number,
): Promise<string | null> {
  const { till } = system;
  const problem = await system.countsAgain(RECOVERY_MS);
  if (problem !== null) return problem;
  return till.hold(async () => {
    const acknowledged = till.acknowledgedAtLeast;
    await destroy(system, random);
    const refusal = await system.start().then(
      () => null,
      (error: Error) => error.message,
    );
    const output = refusal ?? system.process.output();
    if (refusal !== null) await system.start('--reset');
    const left = await countedNow(system);
    till.keep(left);
    if (left > acknowledged) return `${left - acknowledged} of ${acknowledged} units too many:\n${output}`;
    if (left === acknowledged && refusal === null) return null;
    return says.test(output)
      ? null
      : `it does not say what is gone (${acknowledged - left} units):\n${output}`;
  });
}

async function countedNow(system: ChaosSystem): Promise<number> {
  const until = performance.now() + RECOVERY_MS;
  while (performance.now() < until) {
    const settled = await system.settled();
    if (settled !== null) return settled;
  }
  throw new Error(`what waits is not counted after the start:\n${system.process.output()}`);
}
