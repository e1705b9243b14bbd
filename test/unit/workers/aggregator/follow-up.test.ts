import { describe, expect, it } from 'vitest';
import {
  addRun,
  type PipelineRun,
  type PipelineStatus,
} from '../../../../shared/pipeline-status/pipeline-status.ts';
import type { PartitionMark } from '../../../../shared/pipeline-status/store-loss.ts';
import { type AggregatorReport, NOTHING_AGGREGATED } from '../../../../workers/aggregator/aggregate-store.ts';
import { aggregateFollowed } from '../../../../workers/aggregator/follow-up.ts';

const TICK = 300_000;
const NOW = 12 * TICK * 1000;

/** A store with entries to count, two in each run. */
function createSystem(waiting: number, followUpsPerHour = 24) {
  let runs: PipelineRun[] = [];
  const records: PipelineRun[] = [];
  const status: PipelineStatus = {
    recordRun: async (_, run) => {
      records.push(run);
      runs = addRun(runs, run);
    },
    readRuns: async () => runs,
  };
  const system = {
    waiting,
    watermark: 1,
    records,
    followUp: async (): Promise<AggregatorReport> => count(),
    readRuns: status.readRuns,
    latest: () => runs[0],
    tick: (n: number) =>
      aggregateFollowed({
        status: { ...status, readRuns: (process) => system.readRuns(process) },
        scheduledTime: NOW + n * TICK,
        now: () => NOW + n * TICK + 500,
        followUpsPerHour,
        run: async () => count(),
        followUp: () => system.followUp(),
      }),
  };
  const count = (): AggregatorReport => {
    const mark = (): PartitionMark => ({ watermark: `${system.watermark}-0`, identity: 'a' });
    const before = [mark()];
    const entries = Math.min(2, system.waiting);
    system.waiting -= entries;
    system.watermark += entries;
    return {
      ...NOTHING_AGGREGATED,
      outcome: entries > 0 ? 'aggregated' : 'idle',
      entries,
      rows: entries * 250,
      more: system.waiting > 0,
      before,
      after: [mark()],
    };
  };
  return system;
}

describe('runs that follow each other', () => {
  it('count until nothing waits, and are one record with the sums of all', async () => {
    const system = createSystem(41);
    await system.tick(0);
    expect(system.waiting).toBe(0);
    expect(system.latest()).toMatchObject({
      outcome: 'aggregated',
      counts: { entries: 41, rows: 41 * 250, followUps: 20 },
      finishedAt: NOW + 500,
      store: [{ watermark: '42-0', identity: 'a' }],
    });
    await system.tick(1);
    expect(system.latest()).toMatchObject({ outcome: 'idle', counts: { entries: 0, followUps: 0 } });
  });

  it('record the first run before another follows, as the platform may end the invocation', async () => {
    const system = createSystem(5);
    await system.tick(0);
    expect(system.records.map(({ counts }) => counts.entries)).toEqual([2, 5]);
  });

  it('stay within the budget of an hour, which comes back run by run', async () => {
    const system = createSystem(1_000_000, 27);
    for (let n = 0; n < 24; n++) await system.tick(n);
    const followUps = system.records.map(({ counts }) => counts.followUps ?? 0).filter((count) => count > 0);
    expect(followUps).toEqual([20, 7, 20, 7]);
  });

  it('take an even share where nobody knows what the last hour took', async () => {
    const system = createSystem(1000);
    system.readRuns = () => Promise.reject(new Error('the bucket does not answer'));
    await system.tick(0);
    expect(system.records.at(-1)?.counts.followUps).toBe(2);
  });

  it('end where a run makes no progress, for example because another one counts', async () => {
    const system = createSystem(9);
    system.followUp = async () => ({ ...NOTHING_AGGREGATED, outcome: 'lost-race', more: true });
    await system.tick(0);
    expect(system.latest()).toMatchObject({ outcome: 'lost-race', counts: { entries: 2, followUps: 1 } });
  });

  it('that fail are recorded with what was done before', async () => {
    const system = createSystem(9);
    system.followUp = () => Promise.reject(new Error('CPU time limit exceeded'));
    await expect(system.tick(0)).rejects.toThrow('follow-up 1 failed: CPU time limit exceeded');
    expect(system.latest()).toMatchObject({ outcome: 'failed', counts: { entries: 2, rows: 500 } });
  });
});

describe('a store that is another than the one of the last run', () => {
  it('is noticed, and reported for as long as it matters, through failed runs as well', async () => {
    const system = createSystem(10);
    await system.tick(0);
    expect(system.latest()?.loss).toBeUndefined();
    system.watermark = 4;
    await system.tick(1);
    const loss = { noticedAt: NOW + TICK + 500, from: 4, to: 11 };
    expect(system.latest()?.loss).toEqual(loss);
    system.waiting = 4;
    const { followUp } = system;
    system.followUp = () => Promise.reject(new Error('away'));
    await expect(system.tick(2)).rejects.toThrow('away');
    expect(system.latest()).toMatchObject({ outcome: 'failed', loss });
    system.followUp = followUp;
    await system.tick(3);
    expect(system.latest()?.loss).toEqual(loss);
    await system.tick(1 + 7 * 288);
    expect(system.latest()?.loss).toBeUndefined();
  });
});
