import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { readPointer } from '../../../shared/models/champion-pointer.ts';
import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { planPruning } from '../../../shared/models/pruning/plan-pruning.ts';
import { pruneModels } from '../../../shared/models/pruning/prune-models.ts';
import { readBatchForecasts } from '../../../shared/models/read-batch-forecasts.ts';
import { promote, verifyStored } from '../../../shared/models/registry.ts';
import { historyOf } from '../../../workers/trainer/datasets/history-of.ts';
import { createDirectorySink } from '../../../workers/trainer/publish/directory-object-store.ts';
import { storeModel } from '../../../workers/trainer/publish/publish-model.ts';
import { publishTraining } from '../../../workers/trainer/publish/publish-training.ts';
import { createS3ObjectStore } from '../../../workers/trainer/publish/s3/s3-object-store.ts';
import { startBucketServer } from '../../stand-ins/bucket-server.ts';
import { createSampleEngine } from '../api/sample-model.ts';
import { AT, CONTRACT, sampleDecision, sampleManifest } from './sample-model.ts';
import { FIRST_DAY, smallDataset } from './small-dataset.ts';

const DAYS = 40;
const LIVE_FROM = toIsoDate(FIRST_DAY + DAYS - 4);

class Killed extends Error {}

/** A store whose process is killed at its `at`-th change, before or after it is made. */
function killedAt(store: ObjectStore, at: number, when: 'before' | 'after') {
  let changes = 0;
  const change = async <T>(make: () => Promise<T>): Promise<T> => {
    changes++;
    if (changes > at || (changes === at && when === 'before')) throw new Killed();
    const made = await make();
    if (changes >= at) throw new Killed();
    return made;
  };
  const put: ObjectStore['put'] = (...args) => change(() => store.put(...args));
  return { ...store, put, delete: (key: string) => change(() => store.delete(key)), changes: () => changes };
}

const DATASET = smallDataset(DAYS, ['A']);
const HISTORY = historyOf(DATASET, LIVE_FROM);
const ORIGIN = toIsoDate(FIRST_DAY + DAYS - 5);
const CONSTANTS = {
  history: HISTORY,
  liveFrom: LIVE_FROM,
  contract: CONTRACT,
  engine: createSampleEngine(),
  now: AT,
  onProgress: () => undefined,
  onNote: () => undefined,
};
/** Keeps nothing that it need not keep. */
const RULES = { keepVersions: 0, keepDays: 0, keepForecastDays: 10 };

/** What a training run does with a store once its model is made: publish, then prune. */
async function publishOver(store: ObjectStore, version: string, champion: string | null): Promise<void> {
  await publishTraining(store, {
    ...CONSTANTS,
    ...sampleManifest(version),
    decision: sampleDecision(version, { champion }),
    dataset: DATASET,
    pointer: await readPointer(store),
  });
  await pruneModels(store, await planPruning(store, RULES, new Date(Date.now() + 1000)));
}

async function fill(store: ObjectStore): Promise<ObjectStore> {
  for (const version of ['refused-1', 'refused-2', 'old']) {
    const { model, manifest } = sampleManifest(version);
    await storeModel(store, model, manifest);
  }
  await promote(store, 'old', CONTRACT, AT);
  // A day and a night of earlier publications, which this one removes.
  await store.put(objectKeys.daySheet('2031-01-01'), '{}');
  await store.put(objectKeys.batchForecasts('2015-01-01', 'old'), 'x');
  return store;
}

const openDirectory = () => createDirectorySink(mkdtempSync(join(tmpdir(), 'published-')));

const bucket = await startBucketServer();
afterAll(() => bucket[Symbol.asyncDispose]());
function openBucket(): ObjectStore {
  bucket.objects.clear();
  return createS3ObjectStore(bucket.configuration);
}

/** How many changes a whole publication makes, and the number of the one that moves the pointer. */
async function countChanges(store: ObjectStore): Promise<{ total: number; pointerAt: number }> {
  let pointerAt = 0;
  const counted = killedAt(await fill(store), Number.POSITIVE_INFINITY, 'after');
  const put: ObjectStore['put'] = (key, ...args) => {
    const written = counted.put(key, ...args);
    if (key === objectKeys.champion) pointerAt = counted.changes();
    return written;
  };
  await publishOver({ ...counted, put }, 'new', 'old');
  return { total: counted.changes(), pointerAt };
}

describe.each([
  ['a directory', openDirectory, ['before', 'after']],
  // Slower, and before the one change is after the other.
  ['a bucket', openBucket, ['after']],
] as const)('a publication to %s that is interrupted', (_, open, moments) => {
  it('never leaves a champion that points to something incomplete, and goes through when it is repeated', async () => {
    const { total, pointerAt } = await countChanges(open());
    // Models, forecasts and a sheet are removed after the pointer has moved.
    expect(pointerAt).toBeGreaterThan(15);
    expect(total).toBe(pointerAt + 2 * 3 + 1);
    for (let at = 1; at <= total; at++) {
      for (const when of moments) {
        const store = await fill(open());
        await expect(publishOver(killedAt(store, at, when), 'new', 'old')).rejects.toThrow(Killed);
        const champion = (await readPointer(store))?.champion.version ?? '';
        expect(champion).toBe(at > pointerAt || (at === pointerAt && when === 'after') ? 'new' : 'old');
        await expect(verifyStored(store, champion, CONTRACT)).resolves.toBeDefined();
        await expect(verifyStored(store, 'old', CONTRACT)).resolves.toBeDefined();
        if (champion === 'new') {
          expect(await readBatchForecasts(store, ORIGIN, 'new')).toMatchObject({ series: ['1:A', '2:A'] });
        }
        await publishOver(store, 'new', 'old');
        expect((await readPointer(store))?.champion.version).toBe('new');
        expect(await store.get(objectKeys.daySheet('2031-01-01'))).toBeNull();
        expect(await store.list('models/refused')).toEqual([]);
        expect(await store.list('forecasts/')).toEqual([objectKeys.batchForecasts(ORIGIN, 'new')]);
      }
    }
  }, 120_000);

  it('leaves nothing in service when it is the first', async () => {
    const store = open();
    await expect(publishOver(killedAt(store, 6, 'after'), 'new', null)).rejects.toThrow(Killed);
    expect(await readPointer(store)).toBeNull();
  });
});

describe('a publication', () => {
  it('stores a refused model beside the champion, and the dataset if it is to', async () => {
    const store = await fill(openDirectory());
    const before = await readPointer(store);
    const publication = {
      ...CONSTANTS,
      ...sampleManifest('worse'),
      decision: sampleDecision('worse', { action: 'refuse', champion: 'old' }),
      dataset: null,
      pointer: before,
    };
    await publishTraining(store, publication);
    expect(await readPointer(store)).toEqual(before);
    await expect(verifyStored(store, 'worse', CONTRACT)).resolves.toBeDefined();
    expect(await store.get(objectKeys.catalog)).toBeNull();
    await publishTraining(store, { ...publication, dataset: DATASET });
    expect(await store.get(objectKeys.catalog)).not.toBeNull();
  });

  it('forecasts with the model that is in service afterwards, also where another was refused', async () => {
    const store = await fill(openDirectory());
    const refused = {
      ...CONSTANTS,
      ...sampleManifest('worse'),
      decision: sampleDecision('worse', { action: 'refuse', champion: 'old' }),
      dataset: DATASET,
      pointer: await readPointer(store),
    };
    const { forecasts } = await publishTraining(store, refused);
    expect(forecasts).toMatchObject({ key: objectKeys.batchForecasts(ORIGIN, 'old'), series: 2 });
    expect(await readBatchForecasts(store, ORIGIN, 'old')).toMatchObject({
      modelVersion: 'old',
      origin: ORIGIN,
    });

    const nothingInService = openDirectory();
    const first = await publishTraining(nothingInService, { ...refused, pointer: null });
    expect(first).toMatchObject({ forecasts: null, dataset: { removed: 0 } });
    expect(await nothingInService.list('forecasts/')).toEqual([]);
  });

  it('goes on without forecasts when the champion that stays is damaged, and says so', async () => {
    const store = await fill(openDirectory());
    await store.delete(objectKeys.modelFile('old', 'model.packed'));
    const notes: string[] = [];
    const { forecasts, dataset } = await publishTraining(store, {
      ...CONSTANTS,
      ...sampleManifest('worse'),
      decision: sampleDecision('worse', { action: 'refuse', champion: 'old' }),
      dataset: DATASET,
      pointer: await readPointer(store),
      onNote: (note) => notes.push(note),
    });
    expect(forecasts).toBeNull();
    expect(dataset?.written).toBeGreaterThan(5);
    expect(notes.join()).toContain('There are no batch forecasts of this night: model old cannot be served');
  });

  it('does not promote over a champion that the model was not compared with', async () => {
    const store = await fill(openDirectory());
    const pointer = await readPointer(store);
    const { model, manifest } = sampleManifest('overtaker');
    await storeModel(store, model, manifest);
    await promote(store, 'overtaker', CONTRACT, AT);
    await expect(
      publishTraining(store, {
        ...CONSTANTS,
        ...sampleManifest('new'),
        decision: sampleDecision('new', { champion: 'old' }),
        dataset: null,
        pointer,
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect((await readPointer(store))?.champion.version).toBe('overtaker');
  });
});
