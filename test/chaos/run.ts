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
import { atLeast } from '../../workers/trainer/data/import/data-flags.ts';
import { breakSystem, FAULTS, nameOf, sortFaults } from './break-system.ts';
import type { ChaosOptions } from './chaos-system.ts';

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
  .option('--faults <number>', 'faults in all', atLeast(1), 200)
  .option('--seed <number>', 'seed of the faults', atLeast(1), 1)
  .addOption(new Option('--store <store>').choices(['redis', 'embedded', 'both']).default('both'))
  .option('--only <text>', 'only faults whose name contains this')
  .parse(process.argv)
  .opts<{ faults: number; seed: number; store: 'redis' | 'embedded' | 'both'; only?: string }>();

const say = (line: string) => process.stdout.write(`${line}\n`);

async function run(): Promise<number> {
  const startedAt = performance.now();
  const systems = SYSTEMS.filter(({ store }) => options.store === 'both' || store === options.store);
  const chosen = FAULTS.filter(({ name }) => name.includes(options.only ?? ''));
  const fitting = systems.filter((kind) => chosen.some(({ fits }) => fits?.(kind) ?? true));
  if (fitting.length === 0) {
    say(`There is no such fault of ${systems.map(nameOf).join(' or ')}; there are:`);
    for (const { name } of FAULTS) say(`  ${name}`);
    return 2;
  }
  const { possible, skipped, problems: missing } = sortFaults(chosen);
  for (const line of skipped) say(`SKIPPED ${line}`);
  const problems = [...missing];
  let [faults, units] = [0, 0];
  if (possible.length > 0) {
    for (let round = 0; round * FAULTS_EACH < options.faults; round++) {
      const outcome = await breakSystem({
        ...{ kind: at(fitting, round % fitting.length), seed: options.seed, round, faults: possible, say },
        count: Math.min(FAULTS_EACH, options.faults - round * FAULTS_EACH),
      });
      faults += outcome.tried.length;
      units += outcome.units;
      problems.push(...outcome.problems);
    }
  }
  for (const problem of problems) say(`WRONG --seed ${options.seed}: ${problem}`);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  say(JSON.stringify({ seed: options.seed, faults, wrong: problems.length, units, skipped, seconds }));
  return problems.length > 0 ? 1 : 0;
}

process.exit(await run());
