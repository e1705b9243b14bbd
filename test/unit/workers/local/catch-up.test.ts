import { describe, expect, it } from 'vitest';
import { type PipelineBody, pipelineBodySchema } from '../../../../shared/schemas/api/pipeline.ts';
import { catchUp } from '../../../../workers/local/catch-up.ts';
import type { LocalSystem } from '../../../../workers/local/system/local-system.ts';

const DUE = Date.parse('2026-11-22T19:35:00Z');
const example = pipelineBodySchema.parse(pipelineBodySchema.meta()?.example);

/** A pipeline that is at `DUE` already, and counts so many of the waiting entries in each run. */
function createSystem(waiting: number, perRun: number) {
  const state = { waiting, runs: 0, counted: 0 };
  const body = (): PipelineBody => ({
    ...example,
    partitions: example.partitions.map((partition) => ({
      ...partition,
      watermark: `${DUE}-${state.counted}`,
    })),
    as_of: new Date(DUE).toISOString(),
    waiting_entries: state.waiting,
    waiting_rows: state.waiting * 250,
  });
  const system = {
    fetch: async () => Response.json(body()),
    scheduled: async () => {
      state.runs++;
      state.counted += Math.min(state.waiting, perRun);
      state.waiting = Math.max(0, state.waiting - perRun);
    },
  } as unknown as LocalSystem;
  return { state, system };
}

describe('catching up at start', () => {
  it('goes on while entries wait, though the newest tick is counted', async () => {
    const { state, system } = createSystem(40, 12);
    const shown: [number, number][] = [];
    await catchUp(system, '*/5 * * * *', DUE, (done, total) => shown.push([done, total]));
    expect(state).toMatchObject({ waiting: 0, runs: 4 });
    expect(shown).toEqual([
      [12, 40],
      [24, 40],
      [36, 40],
    ]);
  });

  it('runs nothing when nothing is due and nothing waits', async () => {
    const { state, system } = createSystem(0, 12);
    await catchUp(system, '*/5 * * * *', DUE, () => undefined);
    expect(state.runs).toBe(0);
  });

  it('does not claim to have caught up when runs no longer count what waits', async () => {
    const { system } = createSystem(40, 0);
    await expect(catchUp(system, '*/5 * * * *', DUE, () => undefined)).rejects.toThrow(
      '10000 rows in 40 entries wait, and a run counts none of them; GET /v1/health says why',
    );
  });

  it('goes on where as many entries wait as before because a till has sent one meanwhile', async () => {
    const { state, system } = createSystem(1, 1);
    const scheduled = system.scheduled.bind(system);
    system.scheduled = async (...args) => {
      await scheduled(...args);
      if (state.runs < 3) state.waiting++;
    };
    await catchUp(system, '*/5 * * * *', DUE, () => undefined);
    expect(state).toMatchObject({ waiting: 0, runs: 3 });
  });
});
