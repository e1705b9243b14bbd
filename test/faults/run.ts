/**
 * Thousands of random schedules over both adapters, then a store without each of its guards, which must not pass. The
 * last line is one JSON object; the exit code is 1 when anything was counted wrongly or a missing guard was not
 * noticed.
 *
 *   npm run test:faults -- --schedules 2000 --seed 1 --store both
 *
 * @module
 */
import { Command, Option } from 'commander';
import { atLeast } from '../../workers/trainer/data/import/data-flags.ts';
import { createPipeline } from '../support/pipeline/pipeline-fixture.ts';
import { openEmbeddedBench, openRedisBench, type SchedulesBench } from './benches.ts';
import type { Mutation } from './mutations.ts';
import { runSchedules, type SchedulesOutcome } from './run-schedules.ts';

const SIZE = { stores: 2, families: 3, historyDays: 10, batchSize: 4 };
const MIX = { outages: 0.04, backlogs: 0.15 };
const WIDTH = 6;
const MUTATION_SCHEDULES = 500;
/** Schedules per bench: data of earlier schedules slow it down. */
const BENCH_SCHEDULES = 100;

const options = new Command('npm run test:faults --')
  .description(
    'Runs random schedules of failures over both stores; the counted sales must equal the sent ones.',
  )
  .option('--schedules <number>', 'schedules over each store', atLeast(1), 2000)
  .option('--seed <number>', 'seed of the first schedule; the others follow it', atLeast(1), 1)
  .addOption(new Option('--store <store>').choices(['redis', 'embedded', 'both']).default('both'))
  .parse(process.argv)
  .opts<{ schedules: number; seed: number; store: 'redis' | 'embedded' | 'both' }>();

const say = (line: string) => process.stdout.write(`${line}\n`);
const pipeline = await createPipeline(SIZE);
const request = { pipeline, firstSeed: options.seed, width: WIDTH };

function tell(name: string, outcome: SchedulesOutcome, seconds: number): void {
  const { run, failedActions, problems } = outcome;
  say(`${name}: ${run} schedules in ${seconds} s, ${failedActions} failed actions, ${problems.size} wrong`);
  for (const [seed, found] of [...problems].slice(0, 5)) {
    say(`  --seed ${seed}: ${found.slice(0, 5).join('; ')}`);
  }
}

async function tryWithout(mutation: Mutation, bench: SchedulesBench): Promise<boolean> {
  const { guard, problem, backlogs } = mutation;
  const outcome = await bench.without(mutation, (makeTarget) =>
    runSchedules({
      ...request,
      count: MUTATION_SCHEDULES,
      mix: { outages: 0, backlogs },
      makeTarget,
      until: problem,
    }),
  );
  const noticed = [...outcome.problems.values()].flat().find((text) => problem.test(text));
  say(
    `  without a guard (${guard}): ${noticed ? `noticed after ${outcome.run}: ${noticed}` : 'NOT NOTICED'}`,
  );
  return noticed !== undefined;
}

/** All schedules, divided among the benches. */
async function runInParts(name: string, open: () => Promise<SchedulesBench>): Promise<SchedulesOutcome> {
  const start = performance.now();
  const problems = new Map<number, readonly string[]>();
  let run = 0;
  let failedActions = 0;
  while (run < options.schedules) {
    const bench = await open();
    try {
      const part = await runSchedules({
        ...request,
        firstSeed: options.seed + run,
        count: Math.min(BENCH_SCHEDULES, options.schedules - run),
        mix: MIX,
        makeTarget: bench.makeTarget,
      });
      for (const [seed, found] of part.problems) problems.set(seed, found);
      run += part.run;
      failedActions += part.failedActions;
    } finally {
      await bench.stop();
    }
    say(`  ${name}: ${run} of ${options.schedules}, ${Math.round((performance.now() - start) / 1000)} s`);
  }
  return { run, failedActions, problems };
}

async function judge(name: string, open: () => Promise<SchedulesBench>) {
  const start = performance.now();
  const outcome = await runInParts(name, open);
  const seconds = Math.round((performance.now() - start) / 1000);
  tell(name, outcome, seconds);
  const bench = await open();
  let unnoticed = 0;
  try {
    for (const mutation of bench.mutations) {
      if (!(await tryWithout(mutation, bench))) unnoticed++;
    }
  } finally {
    await bench.stop();
  }
  const { run, failedActions, problems } = outcome;
  return { schedules: run, seconds, failed_actions: failedActions, wrong: problems.size, unnoticed };
}

const redis = options.store === 'embedded' ? null : await judge('redis', openRedisBench);
const embedded = options.store === 'redis' ? null : await judge('embedded', openEmbeddedBench);
say(JSON.stringify({ redis, embedded }));
process.exit([redis, embedded].some((result) => result && result.wrong + result.unnoticed > 0) ? 1 : 0);
