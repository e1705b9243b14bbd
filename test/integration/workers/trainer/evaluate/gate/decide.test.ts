import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../../shared/artifacts/current-publication.ts';
import { FEATURE_CONTRACT } from '../../../../../../shared/artifacts/load-model.ts';
import { datasetNames } from '../../../../../../shared/artifacts/object-keys.ts';
import { readDecisions, verifyStored } from '../../../../../../shared/artifacts/registry.ts';
import { runTraining } from '../../../../../../workers/trainer/cli/run-training.ts';
import type { TrainingFlags } from '../../../../../../workers/trainer/cli/training-flags.ts';
import { TRAINING_DEFAULTS } from '../../../../../../workers/trainer/model/parameters.ts';
import type { Xgboost } from '../../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { promote } from '../../../../../../workers/trainer/publish/change-champion.ts';
import { createDirectorySink } from '../../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import type { TrainingRun } from '../../../../../../workers/trainer/report/training-text.ts';
import { readPublished } from '../../../../../support/object-store/read-published.ts';
import { openXgboostOrSkip } from '../../../../../support/trainer/open-xgboost.ts';
import { negatingTargets, shufflingTargets } from './spoiled-targets.ts';

const FLAGS: Omit<TrainingFlags, 'out'> = {
  ...TRAINING_DEFAULTS,
  windows: 4,
  dataset: 'synthetic',
  stores: 2,
  families: 4,
  timeTravel: true,
  rounds: 20,
  treesPerRound: 1,
  maxRows: 5000,
  threads: 1,
};

let xgboost: Xgboost;

beforeEach(async (context) => {
  xgboost = await openXgboostOrSkip(context);
});

/** A training run on the morning of `today`. */
function train(
  out: string,
  today: string,
  library: Xgboost,
  flags: Partial<TrainingFlags> = {},
): Promise<TrainingRun> {
  return runTraining(
    { ...FLAGS, ...flags, out },
    {
      now: new Date(`${today}T08:00:00Z`),
      today,
      xgboost: library,
      onProgress: () => undefined,
      onNote: () => undefined,
    },
  );
}

const newDirectory = () => mkdtemp(join(tmpdir(), 'gate-'));
const inService = async (out: string) => (await readPointer(createDirectorySink(out)))?.champion?.version;
const sourcesOf = ({ decision }: TrainingRun) => decision.evidence?.windows.map(({ source }) => source);

let firstNight: Promise<{ readonly run: TrainingRun; readonly out: string }> | undefined;

/** Output of the first night, in its own directory; trained once for all tests. */
async function afterFirstNight(): Promise<{ readonly first: TrainingRun; readonly out: string }> {
  firstNight ??= newDirectory().then(async (out) => ({ run: await train(out, '2026-11-23', xgboost), out }));
  const { run: first, out: published } = await firstNight;
  const out = await newDirectory();
  await cp(published, out, { recursive: true });
  return { first, out };
}

// The decisions by errors are in the unit tests of the gate.
describe('the gate of a training run', () => {
  it('refuses a challenger trained on shuffled targets, stores it, and leaves the champion in service', async () => {
    const { first, out } = await afterFirstNight();
    expect(first.decision).toMatchObject({ action: 'promote', champion: null });
    const store = createDirectorySink(out);
    const pointer = await readPointer(store);

    const challenger = await train(out, '2026-11-24', shufflingTargets(xgboost));
    expect(challenger.decision).toMatchObject({
      action: 'refuse',
      by: 'gate',
      champion: first.manifest.version,
    });
    expect(challenger.decision.evidence?.checks).toContainEqual(
      expect.objectContaining({ name: 'mean', outcome: 'failed' }),
    );
    expect(sourcesOf(challenger)).toEqual(['recorded', 'recorded', 'recorded', 'refitted']);
    expect((await readPointer(store))?.champion).toEqual(pointer?.champion);

    const { version } = challenger.manifest;
    await expect(verifyStored(store, version, FEATURE_CONTRACT)).resolves.toEqual(challenger.manifest);
    expect(await readDecisions(store, version)).toEqual([challenger.decision]);
    // The dataset is published nevertheless.
    expect(await readPublished(store, datasetNames.catalog)).toContain('"live_from":"2026-11-24"');
  });

  it('promotes the same recipe the day after, with the same errors on the same windows', async () => {
    const { first, out } = await afterFirstNight();
    const nextDay = await train(out, '2026-11-24', xgboost);
    expect(nextDay.decision).toMatchObject({ action: 'promote', champion: first.manifest.version });
    // The windows are the champion's, except for the last, which ends on the last day.
    const windows = nextDay.decision.evidence?.windows ?? [];
    const before = first.manifest.backtest.windows.map(({ origin }) => origin);
    expect(windows.map(({ origin }) => origin)).toEqual([...before.slice(0, 3), '2026-11-07']);
    expect(before[3]).toBe('2026-11-06');
    for (const { challenger, champion } of windows) expect(challenger).toBeCloseTo(champion, 9);
    expect(sourcesOf(nextDay)).toEqual(['recorded', 'recorded', 'recorded', 'refitted']);
    expect(nextDay.decision.reasons.at(-1)).toContain('1 of 4 windows newly measured');
    expect(await inService(out)).toBe(nextDay.manifest.version);
  });

  it('stores a refused first model, which can be promoted by hand', async () => {
    const out = await newDirectory();
    const { decision, manifest } = await train(out, '2026-11-23', negatingTargets(xgboost));
    expect(decision).toMatchObject({ action: 'refuse', champion: null });
    expect(await inService(out)).toBeUndefined();
    const store = createDirectorySink(out);
    expect(await readPublished(store, datasetNames.catalog)).not.toBeNull();
    await promote(store, manifest.version, FEATURE_CONTRACT, new Date('2026-11-23T10:00:00Z'));
    expect(await inService(out)).toBe(manifest.version);
  });

  it.for([
    ['names a rule that does not exist', '{"max_wrost_ratio":2}', /max_wrost_ratio.*max_worst_ratio/],
    [
      'says what to do about more windows than it measures',
      '{"min_windows":12}',
      /--windows 12 or more, or lower min_windows/,
    ],
  ] as const)('%s, before anything is read', async ([, text, message]) => {
    const out = await newDirectory();
    const rules = join(out, 'rules.json');
    await writeFile(rules, text);
    const dataset = join(out, 'nowhere');
    await expect(train(out, '2026-11-23', xgboost, { rules, dataset })).rejects.toThrow(message);
  });
});
