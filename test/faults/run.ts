/**
 * Thousands of random schedules over both adapters, then one store for each guard that is taken away, which must not
 * pass. The last line is one JSON object; the exit code is 1 when anything was counted wrongly or a missing guard was
 * not noticed.
 *
 *   node test/faults/run.ts --schedules 2000 --seed 1 --store redis
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedisBridge } from '../../workers/local/redis-bridge/redis-bridge.ts';
import { createPipeline, type PipelineFixture } from '../integration/redis/pipeline-fixture.ts';
import { openEmbeddedTargets } from './embedded-targets.ts';
import { MUTATIONS } from './mutations.ts';
import { createRedisTargets } from './redis-targets.ts';
import { runSchedules, type SchedulesOutcome } from './run-schedules.ts';

const SIZE = { stores: 2, families: 3, historyDays: 10, batchSize: 4 };
const MIX = { outages: 0.04, backlogs: 0.15 };

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'both' },
  },
});
const request = { firstSeed: Number(values.seed), count: Number(values.schedules), mix: MIX, width: 6 };

const say = (line: string) => process.stdout.write(`${line}\n`);
const onProgress = (run: number) => {
  if (run % 200 === 0) say(`  ${run} schedules`);
};

function tell(name: string, outcome: SchedulesOutcome): number {
  say(
    `${name}: ${outcome.run} schedules, ${outcome.failedActions} failed actions, ${outcome.problems.size} wrong`,
  );
  for (const [seed, problems] of [...outcome.problems].slice(0, 5)) {
    say(`  --seed ${seed}: ${problems.slice(0, 5).join('; ')}`);
  }
  return outcome.problems.size;
}

async function overRedis(pipeline: PipelineFixture) {
  const dataDir = await mkdtemp(join(tmpdir(), 'fault-schedules-'));
  const bridge = await startRedisBridge({ dataDir, appendfsync: 'always' });
  try {
    const makeTarget = createRedisTargets(bridge);
    const wrong = tell('redis', await runSchedules({ ...request, pipeline, makeTarget, onProgress }));
    let unnoticed = 0;
    for (const { guard, problem, backlogs, mutate } of MUTATIONS) {
      const outcome = await runSchedules({
        ...request,
        count: 500,
        mix: { outages: 0, backlogs },
        pipeline,
        makeTarget: createRedisTargets(bridge, mutate),
        until: problem,
      });
      const noticed = [...outcome.problems.values()].flat().find((text) => problem.test(text));
      say(
        `without a guard (${guard}): ${noticed ? `noticed after ${outcome.run}: ${noticed}` : 'NOT NOTICED'}`,
      );
      if (!noticed) unnoticed++;
    }
    return { wrong, unnoticed };
  } finally {
    await bridge.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function overEmbedded(pipeline: PipelineFixture) {
  const targets = await openEmbeddedTargets(fileURLToPath(new URL('../..', import.meta.url)));
  try {
    const { makeTarget } = targets;
    return tell('embedded', await runSchedules({ ...request, pipeline, makeTarget, onProgress }));
  } finally {
    await targets.stop();
  }
}

const pipeline = await createPipeline(SIZE);
const redis = values.store === 'embedded' ? null : await overRedis(pipeline);
const embedded = values.store === 'redis' ? null : await overEmbedded(pipeline);
say(JSON.stringify({ schedules: request.count, redis, embedded_wrong: embedded }));
process.exit(redis?.wrong || redis?.unnoticed || embedded ? 1 : 0);
