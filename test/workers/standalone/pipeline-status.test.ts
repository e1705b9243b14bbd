/// <reference types="@cloudflare/vitest-plugin/types" />
import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { PipelineRun } from '../../../shared/pipeline-status/pipeline-status.ts';
import { createPipelineStatus } from '../../../workers/standalone/pipeline-status.ts';
import { bindings } from '../bindings.ts';

const status = createPipelineStatus(bindings.PIPELINE_STATUS);

function run(scheduledTime: number, change: Partial<PipelineRun> = {}): PipelineRun {
  return { scheduledTime, outcome: 'aggregated', counts: { entries: 1 }, error: null, ...change };
}

describe('the status of the pipeline', () => {
  it('gives back the runs of each process, the one recorded last first', async () => {
    expect(await status.readRuns('producer')).toEqual([]);
    await status.recordRun('producer', run(1));
    await status.recordRun('producer', run(3));
    await status.recordRun('producer', run(2));
    await status.recordRun('aggregator', run(9));
    expect((await status.readRuns('producer')).map(({ scheduledTime }) => scheduledTime)).toEqual([2, 3, 1]);
    expect(await status.readRuns('aggregator')).toEqual([run(9)]);
  });

  it('keeps them when the object leaves memory', async () => {
    await status.recordRun('aggregator', run(5));
    await evictDurableObject(bindings.PIPELINE_STATUS.getByName('pipeline'));
    expect(await status.readRuns('aggregator')).toContainEqual(run(5));
  });

  it('keeps the last fifty, and of a repeated run the last record', async () => {
    for (let n = 1; n <= 60; n++) await status.recordRun('producer', run(n));
    await status.recordRun('producer', run(60, { outcome: 'idle' }));
    const runs = await status.readRuns('producer');
    expect(runs).toHaveLength(50);
    expect(runs[0]).toEqual(run(60, { outcome: 'idle' }));
    expect(runs.at(-1)?.scheduledTime).toBe(11);
  });

  it('takes any error text', async () => {
    const error = `línea "1"\n🛒 \u0000 ${'x'.repeat(100_000)}`;
    await status.recordRun('aggregator', run(99, { outcome: 'failed', error }));
    const [last] = await status.readRuns('aggregator');
    expect(last?.error).toMatch(/^l\?nea "1"\n\?\? \? x+$/);
    expect(last?.error?.length).toBe(500);
  });

  it('that cannot be written fails no run, but is heard of', async () => {
    const heard: unknown[] = [];
    const broken = { ...bindings.PIPELINE_STATUS, idFromName: () => 'x', get: () => ({ fetch: refuse }) };
    const deaf = createPipelineStatus(broken as unknown as DurableObjectNamespace, (error) =>
      heard.push(error),
    );
    await deaf.recordRun('producer', run(1));
    expect(heard).toEqual([new Error('out of order')]);
  });
});

async function refuse(): Promise<Response> {
  throw new Error('out of order');
}
