import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../../shared/artifacts/current-publication.ts';
import { objectKeys } from '../../../../../../shared/artifacts/object-keys.ts';
import { toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { runTraining } from '../../../../../../workers/trainer/cli/run-training.ts';
import type { TrainingFlags } from '../../../../../../workers/trainer/cli/training-flags.ts';
import { MIN_WINDOWS, TRAINING_DEFAULTS } from '../../../../../../workers/trainer/model/parameters.ts';
import { holdByHand, releaseByHand } from '../../../../../../workers/trainer/publish/change-champion.ts';
import { createDirectorySink } from '../../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import type { TrainingRun } from '../../../../../../workers/trainer/report/training-text.ts';
import { writeRetailer } from '../../../../../support/datasets/retailer-files.ts';
import { openXgboostOrSkip } from '../../../../../support/trainer/open-xgboost.ts';

const SHOP = { stores: [1, 2], families: ['BREAD', 'TEA'], firstDate: '2026-01-01' };
const HOLD = { since: '2026-05-10T08:00:00.000Z', reason: 'promotions are wrong' };

/** A training run on the morning after the last day of the files. */
async function train(out: string, days: number, flags: Partial<TrainingFlags> = {}): Promise<TrainingRun> {
  const dataset = await mkdtemp(join(tmpdir(), 'retailer-'));
  await writeRetailer(dataset, { ...SHOP, days });
  const today = toIsoDate(toDayNumber(SHOP.firstDate) + days);
  const { seed } = TRAINING_DEFAULTS;
  const size = { windows: MIN_WINDOWS, seed, threads: 1, rounds: 20, treesPerRound: 1 };
  return runTraining(
    { ...size, dataset, out, timeTravel: false, ...flags },
    {
      now: new Date(`${today}T08:00:00Z`),
      today,
      onProgress: () => undefined,
      onNote: () => undefined,
    },
  );
}

describe('a training run during a hold', () => {
  it('stores its model and keeps the champion until it is released or forced', async (context) => {
    await openXgboostOrSkip(context);
    const out = await mkdtemp(join(tmpdir(), 'published-'));
    const store = createDirectorySink(out);
    const inService = async () => (await readPointer(store))?.champion;
    const { version } = (await train(out, 130)).manifest;
    await holdByHand(store, { at: new Date(HOLD.since), reason: HOLD.reason });

    const { decision, isServing } = await train(out, 131);
    expect(isServing).toBe(true);
    expect(decision).toMatchObject({ action: 'refuse', by: 'gate', champion: version });
    expect(decision.reasons.join('\n')).toMatch(
      /promotions are wrong .*models -- release.* would go into service$/m,
    );
    expect(await inService()).toMatchObject({ version, hold: HOLD });

    const forced = await train(out, 132, { force: true });
    expect(forced.decision).toMatchObject({ action: 'promote', by: 'forced' });
    expect(await inService()).toMatchObject({ version: forced.manifest.version, hold: HOLD });

    // Nothing is served then, which a run must report.
    await store.delete(objectKeys.modelFile(forced.manifest.version, 'model.packed'));
    const unserved = await train(out, 133);
    expect(unserved).toMatchObject({ isServing: false, decision: { action: 'refuse', by: 'gate' } });
    expect(unserved.decision.reasons.join()).toContain('although it cannot be served');

    await releaseByHand(store, { at: new Date() });
    const free = await train(out, 134);
    expect(free).toMatchObject({ isServing: true, decision: { action: 'promote', by: 'gate' } });
    expect(await inService()).toMatchObject({ version: free.manifest.version });
  });
});
