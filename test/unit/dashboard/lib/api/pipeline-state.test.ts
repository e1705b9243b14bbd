import { describe, expect, it } from 'vitest';
import { importShare, latestRuns } from '../../../../../dashboard/src/lib/api/pipeline-state.ts';
import { pipelineBodySchema } from '../../../../../shared/schemas/api/pipeline.ts';

describe('the pipeline', () => {
  const run = (scheduled_at: string) => ({
    scheduled_at,
    finished_at: null,
    outcome: 'ok',
    detail: 'idle',
    counts: {},
  });
  const pipeline = pipelineBodySchema.parse({
    ...(pipelineBodySchema.meta()?.example as object),
    runs: {
      producer: [run('2026-11-22T19:35:00.000Z'), run('2026-11-22T19:30:00.000Z')],
      aggregator: [run('2026-11-22T19:35:00.000Z'), run('2026-11-22T19:25:00.000Z')],
    },
  });

  it('lists the runs of all processes, newest first, up to the limit', () => {
    expect(latestRuns(pipeline, 3).map((one) => `${one.process} ${one.scheduled_at.slice(11, 16)}`)).toEqual([
      'aggregator 19:35',
      'producer 19:35',
      'producer 19:30',
    ]);
  });

  it('reports the progress of the import', () => {
    const share = (stores_imported: number, stores_total: number | null, complete = false) =>
      importShare({ stores_imported, stores_total, complete });
    expect([share(21, 54), share(0, null), share(0, 0), share(54, 54, true), share(60, 54)]).toEqual([
      21 / 54,
      null,
      null,
      1,
      1,
    ]);
  });
});
