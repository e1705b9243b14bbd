import { describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/champion-pointer.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { promote } from '../../../../../shared/artifacts/registry.ts';
import { holdChampion, releaseChampion } from '../../../../../workers/trainer/publish/champion-hold.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { createDatedStore } from '../../../../support/object-store/dated-store.ts';
import { AT, sampleDecision, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';
import { counting, interruptedAfter } from './interfering-stores.ts';
import { CONTRACT, contentOf, FIRST_NIGHT, fill, NEXT_NIGHT, OTHER_DATASET, publish } from './nights.ts';
import { askApi, whatPipelineFinds } from './what-readers-find.ts';

/** A store with `old` in service, and `overtaker` beside it, which somebody may promote. */
async function openStore(): Promise<ObjectStore> {
  const store = await fill(createDatedStore());
  const { model, manifest } = sampleManifest('overtaker', AT, CONTRACT.hash);
  await storeModel(store, model, manifest);
  return store;
}

const overtake = (store: ObjectStore) => promote(store, 'overtaker', CONTRACT, AT);
const inService = async (store: ObjectStore) => (await readPointer(store))?.champion.version;
const catalogOf = async (store: ObjectStore) => (await store.get(objectKeys.catalog))?.text();
/** All that a reader may find but models and their forecasts. */
const publishedIn = async (store: ObjectStore) =>
  new Map([...(await contentOf(store))].filter(([key]) => !/^(models|forecasts)\//.test(key)));

/** The changes of a publication whose race nobody runs. */
const { changes } = await (async () => {
  const store = counting(await openStore());
  await publish(store, 'new', OTHER_DATASET);
  return store;
})();
const numberOf = (key: string) => changes.indexOf(key) + 1;
/** The last change before the dataset is touched: who loses until then has lost nothing. */
const LAST_FREE = numberOf(objectKeys.history(3)) - 1;

describe('a publication that somebody overtakes', () => {
  it.each(['promote', 'refuse'] as const)(
    'touches nothing that is in service when it has lost before (%s)',
    async (action) => {
      const store = await openStore();
      const pointer = await readPointer(store);
      await overtake(store);
      const before = await publishedIn(store);
      const decision = sampleDecision('new', { action, champion: 'old' });
      await expect(publish(store, 'new', OTHER_DATASET, { decision, pointer })).rejects.toMatchObject({
        name: 'RegistryError',
        code: 'conflict',
      });
      expect(await publishedIn(store)).toEqual(before);
      expect(await inService(store)).toBe('overtaker');
    },
  );

  it('by a hold or a release does not promote, and says which it was', async () => {
    const store = await openStore();
    const free = await readPointer(store);
    const hold = { since: '2026-11-23T08:00:00.000Z', reason: 'promotions are wrong' };
    await holdChampion(store, hold);
    const held = await readPointer(store);
    const before = await publishedIn(store);
    await expect(publish(store, 'new', OTHER_DATASET, { pointer: free })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/held meanwhile \(promotions are wrong\): new is stored/),
    });
    await releaseChampion(store);
    await expect(publish(store, 'new', OTHER_DATASET, { pointer: held })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('released meanwhile: new is stored'),
    });
    expect(await publishedIn(store)).toEqual(before);
    expect(await inService(store)).toBe('old');
  });

  it('by a hold goes through all the same where it leaves the champion', async () => {
    const store = await openStore();
    const pointer = await readPointer(store);
    const hold = { since: '2026-11-23T08:00:00.000Z', reason: 'promotions are wrong' };
    await holdChampion(store, hold);
    const decision = sampleDecision('new', { action: 'refuse', champion: 'old' });
    const { dataset } = await publish(store, 'new', NEXT_NIGHT, { decision, pointer });
    expect(dataset?.written).toBeGreaterThan(0);
    expect((await readPointer(store))?.champion).toMatchObject({ version: 'old', hold });
  });

  it('between any two of its changes leaves the catalog of the model that has won, and its series', async () => {
    expect(changes.indexOf(objectKeys.champion)).toBeGreaterThan(15);
    for (let at = 1; at < numberOf(objectKeys.champion); at++) {
      const store = await openStore();
      const before = await publishedIn(store);
      const overtaken = interruptedAfter(store, at, () => overtake(store));
      await expect(publish(overtaken, 'new', OTHER_DATASET)).rejects.toMatchObject({ code: 'conflict' });
      expect(await inService(store)).toBe('overtaker');
      expect((await publishedIn(store)).get(objectKeys.catalog)).toBe(before.get(objectKeys.catalog));
      if (at <= LAST_FREE) expect(await publishedIn(store)).toEqual(before);
      expect(await whatPipelineFinds(store)).toMatchObject({
        missingSheets: [],
        imported: expect.arrayContaining(['1:A', '2:A']),
      });
      for (const { status, body } of (await askApi(store, FIRST_NIGHT.liveFrom, ['1:A', '2:A'])).values()) {
        expect(status).toBe(200);
        expect(body.model_version).toBe('overtaker');
      }
    }
  });

  it('by a whole publication between any two of its changes leaves the catalog of that', async () => {
    const rival = createDatedStore();
    await publish(await fill(rival), 'rival', NEXT_NIGHT);
    const catalog = await catalogOf(rival);
    for (let at = 1; at < numberOf(objectKeys.champion); at++) {
      const store = await openStore();
      const overtaken = interruptedAfter(store, at, () => publish(store, 'rival', NEXT_NIGHT));
      await expect(publish(overtaken, 'new', OTHER_DATASET)).rejects.toMatchObject({ code: 'conflict' });
      expect(await inService(store)).toBe('rival');
      expect(await catalogOf(store)).toBe(catalog);
    }
  });

  it('leaves no catalog where there was none', async () => {
    const store = createDatedStore();
    const { model, manifest } = sampleManifest('overtaker', AT, CONTRACT.hash);
    await storeModel(store, model, manifest);
    const put: ObjectStore['put'] = async (key, ...args) => {
      const etag = await store.put(key, ...args);
      if (key === objectKeys.catalog) await overtake(store);
      return etag;
    };
    await expect(publish({ ...store, put }, 'new', FIRST_NIGHT)).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.get(objectKeys.catalog)).toBeNull();
  });

  it('says so when the catalog before cannot be put back', async () => {
    const store = await openStore();
    let isLost = false;
    const put: ObjectStore['put'] = async (key, ...args) => {
      if (key === objectKeys.catalog && isLost) throw new Error('the store does not answer');
      if (key === objectKeys.champion && !isLost) {
        isLost = true;
        await overtake(store);
      }
      return store.put(key, ...args);
    };
    await expect(publish({ ...store, put }, 'new', OTHER_DATASET)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /dataset\/catalog.json could not be put back: the store does not answer$/,
      ),
    });
  });
});
