/**
 * Random single faults on a running local system, with the account of a till that sends it sales all the time: nothing
 * that was acknowledged may be lost or counted twice, the system counts again within a minute or has said what to do,
 * and health is never `ok` for more than two ticks while nothing works.
 *
 *   npm run test:chaos -- --faults 200 --seed 1
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { Random } from '../../workers/trainer/data/synthetic/random.ts';
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

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
};

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

async function run(): Promise<void> {
  const systems = SYSTEMS.filter(({ store }) => options.store === 'both' || store === options.store);
  const problems: string[] = [];
  let done = 0;
  while (done < options.faults) {
    const round = Math.floor(done / FAULTS_EACH);
    const kind = systems[round % systems.length];
    if (!kind) break;
    const random = new Random(options.seed, 'chaos', round);
    const system = await ChaosSystem.create(kind);
    say(`${kind.store}${kind.split ? ', split' : ''}, ${kind.partitions} partitions`);
    try {
      const fitting = FAULTS.filter(
        ({ name, fits }) => (fits?.(system) ?? true) && name.includes(options.only ?? ''),
      );
      for (let i = 0; i < FAULTS_EACH && done < options.faults; i++, done++) {
        const fault = fitting[Math.floor(random.uniform() * fitting.length)];
        if (!fault) return;
        const startedAt = performance.now();
        const problem = await tryFault(system, fault, () => random.uniform()).catch((error: unknown) =>
          String(error),
        );
        say(
          `  ${done + 1}: ${fault.name}, ${((performance.now() - startedAt) / 1000).toFixed(0)} s${problem ? `: ${problem}` : ''}`,
        );
        if (problem === null) continue;
        problems.push(`seed ${options.seed}, fault ${done + 1}, ${fault.name}: ${problem.split('\n')[0]}`);
        break;
      }
      const { longestLieMs } = system.health;
      if (longestLieMs > LIE_MS) {
        problems.push(
          `round ${round}: health was ok for ${(longestLieMs / 1000).toFixed(0)} s while nothing worked`,
        );
      }
    } finally {
      await system.stop();
    }
    done = Math.max(done, (round + 1) * FAULTS_EACH);
  }
  for (const problem of problems) say(`WRONG ${problem}`);
  say(JSON.stringify({ seed: options.seed, faults: Math.min(done, options.faults), wrong: problems.length }));
  process.exit(problems.length > 0 ? 1 : 0);
}

await run();
