import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../../shared/artifacts/current-publication.ts';
import { FEATURE_CONTRACT } from '../../../../../../shared/artifacts/load-model.ts';
import { datasetNames, objectKeys } from '../../../../../../shared/artifacts/object-keys.ts';
import { readDecisions, verifyStored } from '../../../../../../shared/artifacts/registry.ts';
import { runTraining, type TrainingContext } from '../../../../../../workers/trainer/cli/run-training.ts';
import type { TrainingFlags } from '../../../../../../workers/trainer/cli/training-flags.ts';
import { CHECK_NAMES } from '../../../../../../workers/trainer/data/checks/data-check.ts';
import { TRAINING_DEFAULTS } from '../../../../../../workers/trainer/model/parameters.ts';
import type { Xgboost } from '../../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { promote } from '../../../../../../workers/trainer/publish/change-champion.ts';
import { createDirectorySink } from '../../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import type { TrainingRun } from '../../../../../../workers/trainer/report/training-text.ts';
import { writeRetailer } from '../../../../../support/datasets/retailer-files.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';
import { readPublished } from '../../../../../support/object-store/read-published.ts';
import { openXgboostOrSkip } from '../../../../../support/trainer/open-xgboost.ts';
import { negatingTargets, shufflingTargets } from './spoiled-targets.ts';

const FLAGS: Omit<TrainingFlags, 'out'> = {
  ...TRAINING_DEFAULTS,
  windows: 4,
  dataset: 'synthetic',
  stores: 2,
  families: 8,
  timeTravel: true,
  rounds: 40,
  treesPerRound: 1,
  maxRows: 12_000,
};

let xgboost: Xgboost;

beforeEach(async (context) => {
  xgboost = await openXgboostOrSkip(context);
});

/** A training run on the morning of `today`. */
function train(
  out: string,
  today: string,
  flags: Partial<TrainingFlags> = {},
  context: Partial<TrainingContext> = {},
): Promise<TrainingRun> {
  return runTraining(
    { ...FLAGS, ...flags, out },
    {
      now: new Date(`${today}T08:00:00Z`),
      today,
      xgboost,
      onProgress: () => undefined,
      onNote: () => undefined,
      ...context,
    },
  );
}

const newDirectory = () => mkdtemp(join(tmpdir(), 'gate-'));
const inService = async (out: string) => (await readPointer(createDirectorySink(out)))?.champion?.version;

const sourcesOf = ({ decision }: TrainingRun) => decision.evidence?.windows.map(({ source }) => source);

describe('the gate of a training run', () => {
  it('refuses a challenger trained on shuffled targets, stores it, and leaves the champion in service', async () => {
    const out = await newDirectory();
    const store = createDirectorySink(out);
    const champion = await train(out, '2026-11-23');
    expect(champion.decision).toMatchObject({ action: 'promote', champion: null });
    const pointer = await readPointer(store);

    const challenger = await train(out, '2026-11-24', {}, { xgboost: shufflingTargets(xgboost) });
    expect(challenger.decision).toMatchObject({
      action: 'refuse',
      by: 'gate',
      champion: champion.manifest.version,
    });
    expect(challenger.decision.evidence?.checks).toContainEqual(
      expect.objectContaining({ name: 'mean', outcome: 'failed' }),
    );
    expect(sourcesOf(challenger)).toEqual(['recorded', 'recorded', 'recorded', 'refitted']);
    expect((await readPointer(store))?.champion).toEqual(pointer?.champion);

    const { version } = challenger.manifest;
    await expect(verifyStored(store, version, FEATURE_CONTRACT)).resolves.toEqual(challenger.manifest);
    expect(await readDecisions(store, version)).toEqual([challenger.decision]);
    // The day has gone on all the same.
    expect(await readPublished(store, datasetNames.catalog)).toContain('"live_from":"2026-11-24"');

    const forced = await train(out, '2026-11-25', { force: true }, { xgboost: shufflingTargets(xgboost) });
    expect(forced.decision).toMatchObject({ action: 'promote', by: 'forced' });
    expect(await inService(out)).toBe(forced.manifest.version);
  });

  it('puts the same recipe into service again once it knows newer days, and not before', async () => {
    const out = await newDirectory();
    const first = await train(out, '2026-11-23');
    const again = await train(out, '2026-11-23', {}, { now: new Date('2026-11-23T09:00:00Z') });
    expect(again.decision.action).toBe('refuse');
    expect(again.decision.reasons.join()).toContain('knows no newer days');

    const nextDay = await train(out, '2026-11-24');
    expect(nextDay.decision).toMatchObject({ action: 'promote', champion: first.manifest.version });
    // The same windows as the champion's, one day later, give the same errors; the last ends on the last day.
    const windows = nextDay.decision.evidence?.windows ?? [];
    const before = first.manifest.backtest.windows.map(({ origin }) => origin);
    expect(windows.map(({ origin }) => origin)).toEqual([...before.slice(0, 3), '2026-11-07']);
    expect(before[3]).toBe('2026-11-06');
    for (const { challenger, champion } of windows) expect(challenger).toBeCloseTo(champion, 9);
    expect(sourcesOf(nextDay)).toEqual(['recorded', 'recorded', 'recorded', 'refitted']);
    expect(nextDay.decision.reasons.at(-1)).toContain('1 of 4 windows newly measured');
    expect(await inService(out)).toBe(nextDay.manifest.version);
  });

  it('measures the newest days, and does not call it a tie when they are an export that went wrong', async () => {
    const out = await newDirectory();
    const dataset = await newDirectory();
    const shop = { stores: [1, 2, 3], families: ['BREAD', 'TEA'], firstDate: '2026-01-01' };
    const flags = { dataset, timeTravel: false, allowFailedChecks: CHECK_NAMES };
    await writeRetailer(dataset, { ...shop, days: 240 });
    const clean = await train(out, '2026-08-29', flags);
    expect(clean.decision.action).toBe('promote');

    const random = sequence(3);
    const distort = (day: number) => (day < 226 ? 1 : 0.1 + 5.9 * random());
    await writeRetailer(dataset, { ...shop, days: 241, distort });
    const wrong = await train(out, '2026-08-30', flags);
    // What is published tells of these days, too.
    const [newest, ...before] = [...wrong.manifest.backtest.windows].reverse();
    expect(newest?.origin).toBe('2026-08-13');
    for (const { scores } of before) {
      expect(newest?.scores.model?.rmsle).toBeGreaterThan(3 * (scores.model?.rmsle ?? 0));
    }
    expect(sourcesOf(wrong)).toEqual(['recorded', 'recorded', 'recorded', 'refitted']);
    expect(wrong.decision).toMatchObject({ action: 'refuse', champion: clean.manifest.version });
    expect(wrong.decision.reasons.join()).toContain('the newest days are unlike those before');
    expect(await inService(out)).toBe(clean.manifest.version);
  });

  it('compares with the champion whatever folder the sales come from, and not with that of another retailer', async () => {
    const out = await newDirectory();
    const shop = { stores: [1, 2], families: ['BREAD', 'TEA'], firstDate: '2026-01-01' };
    const [monday, tuesday] = ['export-2026-08-29', 'export-2026-08-30'].map((name) => join(out, name));
    await writeRetailer(String(monday), { ...shop, days: 240 });
    await writeRetailer(String(tuesday), { ...shop, days: 241 });
    const published = join(out, 'published');
    const flags = { dataset: String(monday), timeTravel: false };
    const champion = await train(published, '2026-08-29', flags);
    const next = await train(
      published,
      '2026-08-30',
      { ...flags, dataset: String(tuesday) },
      { xgboost: shufflingTargets(xgboost) },
    );
    expect(next.decision).toMatchObject({ action: 'refuse', champion: champion.manifest.version });
    expect(sourcesOf(next)).toEqual(['recorded', 'recorded', 'recorded', 'refitted']);
    expect(next.decision.reasons[0]).toContain('"export-2026-08-30" is the dataset of champion');

    const other = join(out, 'elsewhere', 'export-2026-08-29');
    await writeRetailer(other, { ...shop, stores: [8, 9], days: 240, seed: 2 });
    const allowed = { allowFailedChecks: CHECK_NAMES };
    const stranger = await train(published, '2026-08-30', { ...flags, ...allowed, dataset: other });
    expect(sourcesOf(stranger)).toEqual([]);
    expect(stranger.decision.reasons[0]).toContain('0 of its 4 series are in "export-2026-08-29"');
  });

  it('measures a champion that has grown old by its own forecasts of the days since', async () => {
    const out = await newDirectory();
    await train(out, '2026-02-02');
    const later = await train(out, '2026-06-08');
    expect(sourcesOf(later)).toEqual(Array(4).fill('stored'));
    // It forecasts better than repeating last week, so it was given the right rows.
    const weekBefore = later.manifest.backtest.windows.map(({ scores }) => scores.seasonal_naive?.rmsle ?? 0);
    const pairs = later.decision.evidence?.windows ?? [];
    for (const [i, { champion }] of pairs.entries()) expect(champion).toBeLessThan(weekBefore[i] ?? 0);
  });

  it('replaces a champion that has learned from the days ahead, when dates have been moved on since', async () => {
    const out = await newDirectory();
    // From the second of these days on, the twin has to be moved by another year to have a horizon left.
    const before = await train(out, '2026-08-01');
    const later = await train(out, '2026-08-02');
    expect(later.decision.evidence?.shift_days).toBe((before.decision.evidence?.shift_days ?? 0) + 364);
    expect(later.decision.reasons.join()).toContain('which lie ahead');
    expect(later.decision.action).toBe('promote');
  });

  it('refits the recipe of a champion where its own backtest tells nothing of a window', async () => {
    const out = await newDirectory();
    await train(out, '2026-11-23', { rounds: 5 });
    const challenger = await train(out, '2026-11-24', { windows: 6 });
    expect(sourcesOf(challenger)).toEqual([
      'refitted',
      'refitted',
      'recorded',
      'recorded',
      'recorded',
      'refitted',
    ]);
    const newest = challenger.decision.evidence?.windows.at(-1);
    expect(newest?.challenger).toBeLessThan(newest?.champion ?? 0);
    expect(challenger.decision.action).toBe('promote');
  });

  it('does not trust what a backtest recorded on other sales', async () => {
    const out = await newDirectory();
    await train(out, '2026-11-23');
    const other = await train(out, '2026-11-24', { families: 7 });
    expect(sourcesOf(other)).toEqual(Array(4).fill('refitted'));
  });

  it('lets a model go into service in place of a champion that this build cannot serve', async () => {
    const out = await newDirectory();
    const store = createDirectorySink(out);
    const first = await train(out, '2026-11-23');
    const key = objectKeys.modelFile(first.manifest.version, 'model.packed');
    await store.delete(key);
    const second = await train(out, '2026-11-23', {}, { now: new Date('2026-11-23T09:00:00Z') });
    expect(second.decision.action).toBe('promote');
    expect(second.decision.reasons.join()).toContain('model.packed is not there');
    expect(await inService(out)).toBe(second.manifest.version);
  });

  it('stores a first model that is refused, and it can be promoted by hand', async () => {
    const out = await newDirectory();
    const { decision, manifest } = await train(out, '2026-11-23', {}, { xgboost: negatingTargets(xgboost) });
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
    await expect(train(out, '2026-11-23', { rules, dataset })).rejects.toThrow(message);
  });
});
