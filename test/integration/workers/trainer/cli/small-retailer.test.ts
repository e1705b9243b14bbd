import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { FEATURE_CONTRACT, loadModel } from '../../../../../shared/artifacts/load-model.ts';
import { toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../../shared/features/index.ts';
import { runTraining } from '../../../../../workers/trainer/cli/run-training.ts';
import type { TrainingFlags } from '../../../../../workers/trainer/cli/training-flags.ts';
import { TooFewDaysError } from '../../../../../workers/trainer/evaluate/windows.ts';
import { TRAINING_DEFAULTS } from '../../../../../workers/trainer/model/parameters.ts';
import type { Xgboost } from '../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import type { TrainingRun } from '../../../../../workers/trainer/report/training-text.ts';
import { describeRun } from '../../../../../workers/trainer/tracking/describe-run.ts';
import { writeRetailer } from '../../../../support/datasets/retailer-files.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';
import { readBatchForecasts } from '../../../../support/trainer/read-batch-forecasts.ts';

const FIRST_DATE = '2026-09-01';
const NEW_FROM = 15;
let xgboost: Xgboost;
let out: string;
let directory: string;

beforeEach(async (context) => {
  xgboost = await openXgboostOrSkip(context);
  out = await mkdtemp(join(tmpdir(), 'published-'));
  directory = await mkdtemp(join(tmpdir(), 'retailer-'));
});

/** The nightly run of a shop with that many days, whose HAM is new. */
async function trainAfter(days: number, notes: string[] = []): Promise<TrainingRun> {
  await writeRetailer(directory, {
    stores: [1],
    families: ['BREAD', 'TEA', 'HAM'],
    firstDate: FIRST_DATE,
    days,
    isMissing: (_, family, day) => family === 'HAM' && day < NEW_FROM,
  });
  const today = toIsoDate(toDayNumber(FIRST_DATE) + days);
  const flags: TrainingFlags = {
    ...TRAINING_DEFAULTS,
    dataset: directory,
    out,
    windows: 4,
    rounds: 20,
    treesPerRound: 1,
    timeTravel: false,
    missing: 'unknown',
  };
  const now = new Date(`${today}T08:00:00Z`);
  return runTraining(flags, {
    ...{ now, today, xgboost, onProgress: () => undefined },
    onNote: (note) => void notes.push(note),
  });
}

it('trains a model that serves the smoothed week of a shop with 20 days, and its new product by peers', async () => {
  const notes: string[] = [];
  const run = await trainAfter(20, notes);
  const { manifest, decision } = run;
  expect(decision.action).toBe('promote');
  expect(notes.join('\n')).toContain('exponential smoothing until the sales of 2026-11-11 are known');
  expect(manifest.smoothing_share).toBe(1);
  expect(manifest.training).toMatchObject({ trees_from: '2026-11-11', rows: 0 });
  expect(manifest.backtest.windows).toHaveLength(1);
  expect(run.model.backtest.windowDays).toBe(10);

  const store = createDirectorySink(out);
  const loaded = await loadModel(store, await createEngine(), FEATURE_CONTRACT, manifest.version);
  expect(loaded.manifest).toEqual(manifest);
  const forecasts = await readBatchForecasts(store, '2026-09-20', manifest.version);
  const unitsOf = (family: string) => forecasts?.series.find((own) => own.family === family)?.points ?? [];
  for (const [family, level] of [
    ['BREAD', 20],
    ['TEA', 40],
    ['HAM', 60],
  ] as const) {
    const points = unitsOf(family);
    expect(points).toHaveLength(HORIZON);
    for (const { p10, p50, p90, mean, source } of points) {
      expect(p10).toBeGreaterThanOrEqual(0);
      expect(p10).toBeLessThan(p50);
      expect(p90).toBeGreaterThan(p50);
      expect(mean / level).toBeGreaterThan(0.6);
      expect(mean / level).toBeLessThan(2);
      expect(source).toBe(family === 'HAM' ? 'peers' : 'model');
    }
  }

  const record = describeRun({
    ...{ model: run.model, manifest, decision, startedAt: new Date(0), endedAt: new Date(1) },
    ...{ environment: {}, failure: null },
  });
  expect(record.windows.map(({ name }) => name)).toEqual(['2026-09-11..2026-09-20']);
});

it('is replaced by trees that are better on the same window, as soon as the history is long enough', async () => {
  const smoothed = await trainAfter(71);
  expect(smoothed.manifest.training.trees_from).toBeDefined();
  const { manifest, decision } = await trainAfter(72);
  expect(manifest.training.trees_from).toBeUndefined();
  expect(manifest.smoothing_share).toBeLessThan(1);
  expect(decision.champion).toBe(smoothed.manifest.version);
  const [pair] = decision.evidence?.windows ?? [];
  expect(pair?.source).toBe('refitted');
  expect(pair?.champion).toBeGreaterThan(0);
  const isBetter = (pair?.challenger ?? 0) < (pair?.champion ?? 0);
  expect(decision.action).toBe(isBetter ? 'promote' : 'refuse');
  const champion = (await readPointer(createDirectorySink(out)))?.champion?.version;
  expect(champion).toBe((isBetter ? manifest : smoothed.manifest).version);
});

it('asks a shop with 13 days for one more', async () => {
  await expect(trainAfter(13)).rejects.toThrow(TooFewDaysError);
  await expect(trainAfter(13)).rejects.toThrow(/has 13 days; a forecast needs 14/);
});
