/**
 * Random single faults on a running local system, with the account of a till that sends it sales all the time: nothing
 * that was acknowledged may be lost or counted twice, the system counts again within a minute or has said what to do,
 * and health is never `ok` for more than two ticks while nothing works.
 *
 *   npm run test:chaos -- --faults 200 --seed 1
 *
 * @module
 */
import { Command, Option } from 'commander';
import { at } from '../../shared/at.ts';
import { Random } from '../../workers/trainer/data/synthetic/random.ts';
import { wholeNumber } from '../support/whole-number.ts';
import { type ChaosOptions, ChaosSystem } from './chaos-system.ts';
import { FAULTS, type Fault } from './faults.ts';

const RECOVERY_MS = 60_000;
/** Two ticks. */
const LIE_MS = 10_000;
/** Faults of one system, before the next kind of system takes its turn. */
const FAULTS_EACH = 10;

const SYSTEMS: readonly ChaosOptions[] = [
  { store: 'embedded', split: false, partitions: 1 },
  { store: 'redis', split: false, partitions: 1 },
  { store: 'embedded', split: false, partitions: 3 },
  { store: 'redis', split: true, partitions: 2 },
];

const options = new Command('npm run test:chaos --')
  .description(
    'Breaks a running local system in random ways; it must recover, or say what to do, and count right.',
  )
  .option('--faults <number>', 'faults in all', wholeNumber, 200)
  .option('--seed <number>', 'seed of the faults', wholeNumber, 1)
  .addOption(new Option('--store <store>').choices(['redis', 'embedded', 'both']).default('both'))
  .option('--only <text>', 'only faults whose name contains this')
  .parse(process.argv)
  .opts<{ faults: number; seed: number; store: 'redis' | 'embedded' | 'both'; only?: string }>();

const CHOSEN = FAULTS.filter(({ name }) => name.includes(options.only ?? ''));

const say = (line: string) => process.stdout.write(`${line}\n`);

/** @returns what is wrong after the fault; null when all is as it should be. */
async function tryFault(system: ChaosSystem, fault: Fault, random: () => number): Promise<string | null> {
  const aftermath = await fault.apply(system, random);
  if (aftermath.kind === 'restart') await system.start();
  if (aftermath.kind === 'destroyed') {
    let output = '';
    await system.withoutTill(async () => {
      output = await system.start().then(
        () => system.process.output(),
        (error: Error) => error.message,
      );
      system.forget();
      if (!/Gone are/.test(output)) await system.start('--reset');
    });
    if (!aftermath.says.test(output)) return `it does not say what is gone:\n${output}`;
  }
  const difference = await system.settle(RECOVERY_MS);
  if (difference === 0) return null;
  return Number.isNaN(difference)
    ? `it does not count again within ${RECOVERY_MS / 1000} s:\n${system.process.output().slice(-3000)}`
    : `${Math.abs(difference)} units ${difference > 0 ? 'too many' : 'missing'}`;
}

interface Round {
  readonly tried: number;
  readonly problems: readonly string[];
}

/** Breaks one system up to `count` times; it ends at the first problem, after which nothing it counts can be trusted. */
async function breakSystem(kind: ChaosOptions, round: number, first: number, count: number): Promise<Round> {
  const random = new Random(options.seed, 'chaos', round);
  const system = await ChaosSystem.create(kind);
  say(`${kind.store}${kind.split ? ', split' : ''}, ${kind.partitions} partitions`);
  const problems: string[] = [];
  let tried = 0;
  try {
    const fitting = CHOSEN.filter(({ fits }) => fits?.(system) ?? true);
    while (tried < count && fitting.length > 0 && problems.length === 0) {
      const fault = at(fitting, Math.floor(random.uniform() * fitting.length));
      const name = `fault ${first + tried++}, ${fault.name}`;
      const startedAt = performance.now();
      const problem = await tryFault(system, fault, () => random.uniform()).catch((error: unknown) =>
        String(error),
      );
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      say(`  ${name}, ${seconds} s${problem === null ? '' : `: ${problem}`}`);
      if (problem !== null) problems.push(`${name}: ${problem.split('\n')[0]}`);
    }
    const { longestLieMs } = system;
    if (longestLieMs > LIE_MS) {
      problems.push(
        `round ${round}: health was ok for ${Math.round(longestLieMs / 1000)} s while nothing worked`,
      );
    }
  } finally {
    await system.stop();
  }
  return { tried, problems };
}

async function run(): Promise<number> {
  const systems = SYSTEMS.filter(({ store }) => options.store === 'both' || store === options.store);
  if (CHOSEN.length === 0) {
    say(`There is no fault "${options.only}"; there are ${FAULTS.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const problems: string[] = [];
  let faults = 0;
  for (let round = 0; round * FAULTS_EACH < options.faults; round++) {
    const count = Math.min(FAULTS_EACH, options.faults - round * FAULTS_EACH);
    const outcome = await breakSystem(at(systems, round % systems.length), round, faults + 1, count);
    faults += outcome.tried;
    problems.push(...outcome.problems);
  }
  for (const problem of problems) say(`WRONG --seed ${options.seed}: ${problem}`);
  say(JSON.stringify({ seed: options.seed, faults, wrong: problems.length }));
  return problems.length > 0 ? 1 : 0;
}

process.exit(await run());
