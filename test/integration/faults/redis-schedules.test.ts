import { expect, it } from 'vitest';
import { mutateClient, REDIS_MUTATIONS } from '../../faults/mutations.ts';
import { createRedisTargets } from '../../faults/redis-targets.ts';
import { runSchedules } from '../../faults/run-schedules.ts';
import { createPipeline } from '../../support/pipeline/pipeline-fixture.ts';
import { describeWithRedis } from '../../support/redis/with-redis.ts';

const SIZE = { stores: 2, families: 3, historyDays: 10, batchSize: 4 };

describeWithRedis(
  'producer and aggregator over Redis, whatever fails',
  (bridge) => {
    it('count everything that was sent exactly once, in 50 random schedules', async () => {
      const outcome = await runSchedules({
        firstSeed: 1,
        count: 50,
        pipeline: await createPipeline(SIZE),
        makeTarget: createRedisTargets(bridge()),
        mix: { outages: 0.04, backlogs: 0.15 },
        width: 6,
      });
      expect(Object.fromEntries(outcome.problems)).toEqual({});
      expect(outcome.failedActions).toBeGreaterThan(30);
    });

    // The others take longer to show; `npm run test:faults` tries them all, from any seed.
    it.each(REDIS_MUTATIONS.filter(({ showsAt }) => showsAt !== null))(
      'are caught when $guard',
      async (mutation) => {
        const outcome = await runSchedules({
          firstSeed: mutation.showsAt ?? 1,
          count: 300,
          pipeline: await createPipeline(SIZE),
          makeTarget: createRedisTargets(bridge(), mutateClient(mutation)),
          mix: { outages: 0, backlogs: mutation.backlogs },
          width: 6,
          until: mutation.problem,
        });
        expect([...outcome.problems.values()].flat().join('\n')).toMatch(mutation.problem);
      },
    );
  },
  { appendfsync: 'always' },
);
