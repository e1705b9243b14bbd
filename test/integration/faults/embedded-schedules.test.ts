import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedBench, type SchedulesBench } from '../../faults/benches.ts';
import { EMBEDDED_MUTATIONS, mutateModule } from '../../faults/mutations.ts';
import { runSchedules } from '../../faults/run-schedules.ts';
import { createPipeline } from '../../support/pipeline/pipeline-fixture.ts';

const SIZE = { stores: 2, families: 3, historyDays: 10, batchSize: 4 };

describe('producer and aggregator over the embedded store, whatever fails', () => {
  let bench: SchedulesBench;
  beforeAll(async () => {
    bench = await openEmbeddedBench();
  });
  afterAll(() => bench.stop());

  it('count everything that was sent exactly once, in 40 random schedules', async () => {
    const outcome = await runSchedules({
      firstSeed: 1,
      count: 40,
      pipeline: await createPipeline(SIZE),
      makeTarget: bench.makeTarget,
      mix: { outages: 0.05, backlogs: 0.15 },
      width: 6,
    });
    expect(Object.fromEntries(outcome.problems)).toEqual({});
    expect(outcome.failedActions).toBeGreaterThan(30);
  });

  // The others take longer to show; `npm run test:faults` tries them all, from any seed.
  it.each(EMBEDDED_MUTATIONS.filter(({ showsAt }) => showsAt !== null))(
    'are caught when $guard',
    async (mutation) => {
      const pipeline = await createPipeline(SIZE);
      const outcome = await bench.without(mutation, (makeTarget) =>
        runSchedules({
          firstSeed: mutation.showsAt ?? 1,
          count: 300,
          pipeline,
          makeTarget,
          mix: { outages: 0, backlogs: mutation.backlogs },
          width: 6,
          until: mutation.problem,
        }),
      );
      expect([...outcome.problems.values()].flat().join('\n')).toMatch(mutation.problem);
    },
  );

  it('are not tried without a line that is not there', () => {
    const [mutation] = EMBEDDED_MUTATIONS;
    expect(() => mutation && mutateModule('another module', mutation)).toThrow(/stands 0 times/);
  });
});
