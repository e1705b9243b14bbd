import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { loadModel } from '../../../../../shared/artifacts/load-model.ts';
import { datasetNames, objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { FEATURE_FINGERPRINT, FEATURE_NAMES, HORIZON } from '../../../../../shared/features/index.ts';
import { catalogSchema } from '../../../../../shared/schemas/catalog.ts';
import { runTraining, type TrainingContext } from '../../../../../workers/trainer/cli/run-training.ts';
import type { TrainingFlags } from '../../../../../workers/trainer/cli/training-flags.ts';
import { TRAINING_DEFAULTS } from '../../../../../workers/trainer/model/parameters.ts';
import type { Xgboost } from '../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import type { TrainingRun } from '../../../../../workers/trainer/report/training-text.ts';
import type { Tracker } from '../../../../../workers/trainer/tracking/tracker.ts';
import { writeRetailer } from '../../../../support/datasets/retailer-files.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';
import { readPublished } from '../../../../support/object-store/read-published.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';

const NOW = new Date('2026-11-23T08:00:00Z');
const FLAGS: Omit<TrainingFlags, 'out'> = {
  ...TRAINING_DEFAULTS,
  windows: 4,
  dataset: 'synthetic',
  stores: 3,
  families: 6,
  timeTravel: true,
  rounds: 40,
  treesPerRound: 1,
  maxRows: 12_000,
};

let xgboost: Xgboost;

beforeEach(async (context) => {
  xgboost = await openXgboostOrSkip(context);
});

async function train(
  out: string,
  flags: Partial<TrainingFlags> = {},
  context: Partial<TrainingContext> = {},
): Promise<TrainingRun> {
  return runTraining(
    { ...FLAGS, ...flags, out },
    { now: NOW, today: '2026-11-23', onProgress: () => undefined, onNote: () => undefined, ...context },
  );
}

describe('a training run', () => {
  it('publishes a model that the edge can load, with history and replay around today', async () => {
    const out = await mkdtemp(join(tmpdir(), 'published-'));
    const { model, manifest } = await train(out);
    const store = createDirectorySink(out);

    const champion = (await readPointer(store))?.champion;
    expect(champion?.version).toBe(manifest.version);
    const contract = { names: FEATURE_NAMES, hash: FEATURE_FINGERPRINT, horizon: HORIZON };
    const loaded = await loadModel(store, await createEngine(), contract, manifest.version);
    expect(loaded.manifest).toEqual(manifest);

    const catalog = catalogSchema.parse(JSON.parse((await readPublished(store, datasetNames.catalog)) ?? ''));
    expect(catalog.live_from).toBe('2026-11-23');
    expect(manifest.training.last_day).toBe('2026-11-22');
    expect(await readPublished(store, datasetNames.daySheet('2026-11-23'))).not.toBeNull();
    expect(await readPublished(store, datasetNames.history('3'))).not.toBeNull();

    expect(manifest.backtest.windows).toHaveLength(4);
    expect(manifest.backtest.windows.at(-1)?.origin).toBe('2026-11-06');
    const { model: ours, ...baselines } = model.backtest.means;
    expect(Object.keys(baselines)).toEqual(['seasonal_naive', 'same_weekday_mean_4', 'naive_364']);
    for (const { rmsle } of Object.values(baselines)) expect(ours?.rmsle).toBeLessThan(rmsle);
  });

  it('yields the same model to the byte when repeated', async () => {
    const small = { stores: 2, families: 4, rounds: 20, maxRows: 5000 };
    const first = await train(await mkdtemp(join(tmpdir(), 'published-')), small);
    const second = await train(await mkdtemp(join(tmpdir(), 'published-')), small);
    expect(second.model.ubj).toEqual(first.model.ubj);
    expect(second.manifest).toEqual(first.manifest);
  });

  it('stops if data checks fail, publishes nothing, and continues if they are allowed to fail', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
    await writeRetailer(directory, {
      stores: [7, 8],
      families: ['TEA'],
      firstDate: '2026-07-06',
      days: 140,
      // Longer than a closure after which sales recover, and in all stores at once.
      isMissing: (_store, _family, day) => day >= 60 && day < 109,
    });
    const out = await mkdtemp(join(tmpdir(), 'published-'));
    const flags = { dataset: directory, timeTravel: false, skipBadRows: true, rounds: 10 } as const;
    const failures: string[] = [];
    const onChecks: TrainingContext['onChecks'] = ({ checks }) =>
      void failures.push(...checks.filter(({ severity }) => severity === 'failure').map(({ name }) => name));
    const logs: string[][] = [];
    const tracker: Tracker = {
      recordRun: async () => undefined,
      logMissing: async (store) => void logs.push([...(await store.list(''))]),
    };
    const attempt = train(out, flags, { onChecks, tracker });
    await expect(attempt).rejects.toThrow(
      /missing-days: 28 days have no value.*--allow-failed-checks missing-days/s,
    );
    expect(failures).toEqual(['missing-days']);
    expect(logs).toEqual([[objectKeys.lastDataChecks]]);
    expect(await createDirectorySink(out).list('')).toEqual([objectKeys.lastDataChecks]);

    const { checks, manifest } = await train(out, { ...flags, allowFailedChecks: ['missing-days'] });
    expect(await readJson(createDirectorySink(out), objectKeys.dataChecks(manifest.version))).toEqual(checks);
    expect(await readJson(createDirectorySink(out), objectKeys.dataProfile)).toMatchObject({
      last_date: '2026-11-22',
      series: ['7:TEA', '8:TEA'],
    });
  });

  it('is recorded for the tracking server before anything else is written, and its outcome is logged', async () => {
    const events: string[] = [];
    const tracker: Tracker = {
      recordRun: async (_, { decision }, failure) =>
        void events.push(failure === null ? decision.action : failure.message),
      logMissing: async () => void events.push('logged'),
    };
    const out = await mkdtemp(join(tmpdir(), 'published-'));
    const directory = createDirectorySink(out);
    const store: ObjectStore = {
      ...directory,
      put: async (key, ...args) => {
        if (key.startsWith(objectKeys.models)) throw new Error('the store is full');
        return directory.put(key, ...args);
      },
    };
    const small = { stores: 2, families: 4, rounds: 20, maxRows: 5000 };
    await expect(train(out, small, { store, tracker })).rejects.toThrow('the store is full');
    expect(events).toEqual(['promote', 'the store is full', 'logged']);
  });

  it('leaves the previous champion in service when it fails', async () => {
    const out = await mkdtemp(join(tmpdir(), 'published-'));
    const store = createDirectorySink(out);
    const before = await putPublication(store, 'before');
    const breaking = {
      ...xgboost,
      createMatrix: () => {
        throw new Error('out of memory');
      },
    };
    await expect(train(out, { stores: 2, families: 2 }, { xgboost: breaking })).rejects.toThrow(
      'out of memory',
    );
    expect(await readJson(store, objectKeys.current)).toEqual(before);
  });
});

async function readJson(store: ObjectStore, key: string): Promise<unknown> {
  return JSON.parse((await (await store.get(key))?.text()) ?? 'null');
}
