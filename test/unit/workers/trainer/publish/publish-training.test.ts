import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { datasetNames, objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { verifyStored } from '../../../../../shared/artifacts/registry.ts';
import { promote } from '../../../../../workers/trainer/publish/change-champion.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { readPublished } from '../../../../support/object-store/read-published.ts';
import { readBatchForecasts } from '../../../../support/trainer/read-batch-forecasts.ts';
import { AT, sampleDecision, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';
import { CONTRACT, FIRST_NIGHT, fill, NEXT_NIGHT, originOf, publish } from './nights.ts';

const openDirectory = () => createDirectorySink(mkdtempSync(join(tmpdir(), 'published-')));
const REFUSED = { decision: sampleDecision('worse', { action: 'refuse', champion: 'old' }) };

/** A directory with `old` in service and no dataset. */
async function openWithChampion(): Promise<ObjectStore> {
  const store = openDirectory();
  const { model, manifest } = sampleManifest('old', AT, CONTRACT.hash);
  await storeModel(store, model, manifest);
  await promote(store, 'old', CONTRACT, AT);
  return store;
}

describe('publishTraining', () => {
  it('stores a refused model next to the champion, with the dataset if requested', async () => {
    const store = await openWithChampion();
    const before = await readPointer(store);
    await publish(store, 'worse', NEXT_NIGHT, { ...REFUSED, dataset: null });
    expect(await readPointer(store)).toEqual(before);
    await expect(verifyStored(store, 'worse', CONTRACT)).resolves.toBeDefined();
    expect(await readPublished(store, datasetNames.catalog)).toBeNull();
    await publish(store, 'worse', NEXT_NIGHT, REFUSED);
    expect(await readPublished(store, datasetNames.catalog)).not.toBeNull();
    expect((await readPointer(store))?.champion).toEqual(before?.champion);
  });

  it('forecasts with the model in service afterwards, even if another was refused', async () => {
    const store = await fill(openDirectory());
    const { forecasts } = await publish(store, 'worse', NEXT_NIGHT, REFUSED);
    const origin = originOf(NEXT_NIGHT);
    expect(forecasts).toMatchObject({
      key: expect.stringMatching(`^forecasts/${origin}/old-[0-9a-f]{8}\\.csv\\.gz$`),
      series: 2,
    });
    expect(await readBatchForecasts(store, origin, 'old')).toMatchObject({ modelVersion: 'old', origin });

    const nothingInService = openDirectory();
    const first = await publish(nothingInService, 'worse', FIRST_NIGHT, REFUSED);
    expect(first).toMatchObject({ forecasts: null, dataset: { unchanged: 0 } });
    expect(await nothingInService.list('forecasts/')).toEqual([]);
  });

  it('continues without forecasts if the remaining champion is damaged, and says so', async () => {
    const store = await openWithChampion();
    await store.delete(objectKeys.modelFile('old', 'model.packed'));
    const notes: string[] = [];
    const { forecasts, dataset } = await publish(store, 'worse', FIRST_NIGHT, {
      ...REFUSED,
      onNote: (note) => notes.push(note),
    });
    expect(forecasts).toBeNull();
    expect(dataset?.written).toBeGreaterThan(5);
    expect(notes.join()).toContain('There are no batch forecasts of this night: model old cannot be served');
  });

  it('does not promote a model that is not stored as it was made, and leaves the dataset', async () => {
    const store = await fill(openDirectory());
    const catalog = await readPublished(store, datasetNames.catalog);
    const damaged: ObjectStore = {
      ...store,
      put: (key, body, ...args) =>
        store.put(key, key.endsWith('new/model.ubj') ? 'trees of x' : body, ...args),
    };
    await expect(publish(damaged, 'new', NEXT_NIGHT)).rejects.toMatchObject({ code: 'incomplete' });
    expect((await readPointer(store))?.champion?.version).toBe('old');
    expect(await readPublished(store, datasetNames.catalog)).toBe(catalog);
  });

  it('does not promote over a champion that the model was not compared with, even without a dataset', async () => {
    const store = await openWithChampion();
    const pointer = await readPointer(store);
    const { model, manifest } = sampleManifest('overtaker', AT, CONTRACT.hash);
    await storeModel(store, model, manifest);
    await promote(store, 'overtaker', CONTRACT, AT);
    await expect(publish(store, 'new', NEXT_NIGHT, { dataset: null, pointer })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await readPointer(store))?.champion?.version).toBe('overtaker');
  });
});
