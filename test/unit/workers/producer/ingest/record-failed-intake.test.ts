import { expect, it } from 'vitest';
import type { PipelineRun } from '../../../../../shared/pipeline-status/pipeline-status.ts';
import { recordFailedIntake } from '../../../../../workers/producer/ingest/record-failed-intake.ts';

it('failed deliveries are recorded once a minute, and at once after the clock was set back', async () => {
  const clock = { now: 1_700_000_000_000 };
  const recorded: PipelineRun[] = [];
  const status = {
    recordRun: async (_: string, run: PipelineRun) => void recorded.push(run),
    readRuns: async () => [],
  };
  const intake = recordFailedIntake(
    { takeIn: async () => Promise.reject(new Error('the store is full')) },
    { status, now: () => clock.now },
  );
  const deliver = (at: number) => {
    clock.now = at;
    return expect(intake.takeIn({ rows: [], key: null } as never)).rejects.toThrow('the store is full');
  };
  const start = clock.now;
  for (const at of [start, start + 59_999, start + 60_000, start - 3_600_000, start - 3_599_000]) {
    await deliver(at);
  }
  expect(recorded.map(({ finishedAt }) => finishedAt)).toEqual([start, start + 60_000, start - 3_600_000]);
  expect(recorded[0]).toMatchObject({ outcome: 'failed', error: 'the store is full' });
});
