import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../../shared/artifacts/current-publication.ts';
import { runTraining } from '../../../../../../workers/trainer/cli/run-training.ts';
import { TRAINING_DEFAULTS } from '../../../../../../workers/trainer/model/parameters.ts';
import type { Xgboost } from '../../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { createDirectorySink } from '../../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import type { TrainingRun } from '../../../../../../workers/trainer/report/training-text.ts';
import { writeRetailer } from '../../../../../support/datasets/retailer-files.ts';
import { openXgboostOrSkip } from '../../../../../support/trainer/open-xgboost.ts';
import { shufflingTargets } from './spoiled-targets.ts';

let xgboost: Xgboost;

beforeEach(async (context) => {
  xgboost = await openXgboostOrSkip(context);
});

/** The first run of a shop with one family, whose ninety days are too noisy for a good model. */
async function firstRun(seed: number, library: Xgboost): Promise<TrainingRun & { readonly out: string }> {
  const dataset = await mkdtemp(join(tmpdir(), 'retailer-'));
  const shop = { stores: [1205], families: ['TEA'], firstDate: '2026-08-25', days: 90 };
  await writeRetailer(dataset, { ...shop, noise: 0.4, seed });
  const out = await mkdtemp(join(tmpdir(), 'published-'));
  const { windows, seed: modelSeed, threads } = TRAINING_DEFAULTS;
  const model = { windows, seed: modelSeed, threads, rounds: 60, treesPerRound: 1 };
  const run = await runTraining(
    { ...model, dataset, out, timeTravel: false },
    {
      now: new Date('2026-11-23T08:00:00Z'),
      today: '2026-11-23',
      xgboost: library,
      onProgress: () => undefined,
      onNote: () => undefined,
    },
  );
  return { ...run, out };
}

describe('the first model of a small retailer', () => {
  it('goes into service with a warning although by chance it is worse than a baseline', async () => {
    const warned = [];
    for (const seed of [1, 2, 3, 4, 8, 9, 10]) {
      const { decision, manifest, out } = await firstRun(seed, xgboost);
      expect(decision.action).toBe('promote');
      expect((await readPointer(createDirectorySink(out)))?.champion?.version).toBe(manifest.version);
      const [baselines] = decision.evidence?.checks ?? [];
      if (baselines?.outcome !== 'warned') continue;
      warned.push(seed);
      expect(decision.reasons[0]).toMatch(/^warning: .*a forecast with a known error is better than none$/);
    }
    expect(warned.length).toBeGreaterThan(1);
  });

  it('is refused nevertheless if it has learned nothing', async () => {
    for (const seed of [1, 3, 5, 10]) {
      const { decision, out } = await firstRun(seed, shufflingTargets(xgboost));
      expect(decision).toMatchObject({ action: 'refuse', champion: null });
      expect((await readPointer(createDirectorySink(out)))?.champion).toBeNull();
    }
  });
});
