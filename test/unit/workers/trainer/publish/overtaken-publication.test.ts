import { describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { datasetNames, objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import {
  holdByHand,
  promote,
  releaseByHand,
} from '../../../../../workers/trainer/publish/change-champion.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { createDatedStore } from '../../../../support/object-store/dated-store.ts';
import { readPublished } from '../../../../support/object-store/read-published.ts';
import { AT, sampleDecision, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';
import { counting, interruptedAfter } from './interfering-stores.ts';
import { CONTRACT, FIRST_NIGHT, fill, NEXT_NIGHT, OTHER_DATASET, publish } from './nights.ts';
import { askApi, whatPipelineFinds } from './what-readers-find.ts';

/** A store with `old` in service, and `overtaker` ready to be promoted. */
async function openStore(): Promise<ObjectStore> {
  const store = await fill(createDatedStore());
  const { model, manifest } = sampleManifest('overtaker', AT, CONTRACT.hash);
  await storeModel(store, model, manifest);
  return store;
}

const overtake = (store: ObjectStore) => promote(store, 'overtaker', CONTRACT, AT);
const inService = async (store: ObjectStore) => (await readPointer(store))?.champion?.version;
const hold = (store: ObjectStore) =>
  holdByHand(store, { at: new Date('2026-11-23T08:00:00.000Z'), reason: 'promotions are wrong' });
const release = (store: ObjectStore) => releaseByHand(store, { at: new Date('2026-11-23T09:00:00.000Z') });

/** The number of the change that puts an undisturbed publication into service. */
const pointerAt = await (async () => {
  const store = counting(await openStore());
  await publish(store, 'new', OTHER_DATASET);
  return store.changes.indexOf(objectKeys.current) + 1;
})();

describe('a publication overtaken', () => {
  it.each(['promote', 'refuse'] as const)('does not go into service (%s)', async (action) => {
    const store = await openStore();
    const pointer = await readPointer(store);
    await overtake(store);
    const before = await readPointer(store);
    const decision = sampleDecision('new', { action, champion: 'old' });
    await expect(publish(store, 'new', OTHER_DATASET, { decision, pointer })).rejects.toMatchObject({
      name: 'RegistryError',
      code: 'conflict',
    });
    expect(await readPointer(store)).toEqual(before);
  });

  it('by a hold or a release promotes nothing, and says which it was', async () => {
    const store = await openStore();
    const free = await readPointer(store);
    await hold(store);
    const held = await readPointer(store);
    await expect(publish(store, 'new', OTHER_DATASET, { pointer: free })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/held meanwhile \(promotions are wrong\): new is stored/),
    });
    expect(await readPointer(store)).toEqual(held);
    await release(store);
    await expect(publish(store, 'new', OTHER_DATASET, { pointer: held })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('released meanwhile: new is stored'),
    });
    expect(await inService(store)).toBe('old');
  });

  it('by a hold goes into service if it keeps the champion, and the hold stays', async () => {
    const store = await openStore();
    const pointer = await readPointer(store);
    await hold(store);
    const decision = sampleDecision('new', { action: 'refuse', champion: 'old' });
    const { dataset } = await publish(store, 'new', NEXT_NIGHT, { decision, pointer });
    expect(dataset?.written).toBeGreaterThan(0);
    expect((await readPointer(store))?.champion).toMatchObject({
      version: 'old',
      hold: { reason: 'promotions are wrong' },
    });
    expect(await whatPipelineFinds(store)).toMatchObject({ liveFrom: NEXT_NIGHT.liveFrom });
  });

  it('by a promotion between any two of its changes leaves the promoted model in service, whole', async () => {
    expect(pointerAt).toBeGreaterThan(15);
    for (let at = 1; at < pointerAt; at++) {
      const store = await openStore();
      const overtaken = interruptedAfter(store, at, () => overtake(store));
      await expect(publish(overtaken, 'new', OTHER_DATASET)).rejects.toMatchObject({ code: 'conflict' });
      expect(await inService(store)).toBe('overtaker');
      expect(await whatPipelineFinds(store)).toMatchObject({
        liveFrom: FIRST_NIGHT.liveFrom,
        missingSheets: [],
        replayed: ['1:A', '2:A'],
        imported: ['1:A', '2:A'],
      });
      for (const { status, body } of (await askApi(store, FIRST_NIGHT.liveFrom, ['1:A', '2:A'])).values()) {
        expect(status).toBe(200);
        expect(body.model_version).toBe('overtaker');
      }
    }
  });

  it('by a whole publication between any two of its changes leaves that in service', async () => {
    for (let at = 1; at < pointerAt; at++) {
      const store = await openStore();
      const overtaken = interruptedAfter(store, at, () => publish(store, 'challenger', NEXT_NIGHT));
      await expect(publish(overtaken, 'new', OTHER_DATASET)).rejects.toMatchObject({ code: 'conflict' });
      expect(await inService(store)).toBe('challenger');
      expect(await whatPipelineFinds(store)).toMatchObject({
        liveFrom: NEXT_NIGHT.liveFrom,
        missingSheets: [],
        replayed: ['1:A', '2:A'],
        imported: ['1:A', '2:A'],
      });
    }
  });

  it('before there was any leaves the first one in service', async () => {
    const store = createDatedStore();
    const { model, manifest } = sampleManifest('overtaker', AT, CONTRACT.hash);
    await storeModel(store, model, manifest);
    const overtaken = interruptedAfter(store, 5, () => overtake(store));
    await expect(publish(overtaken, 'new', FIRST_NIGHT)).rejects.toMatchObject({ code: 'conflict' });
    expect(await inService(store)).toBe('overtaker');
    expect(await readPublished(store, datasetNames.catalog)).toBeNull();
  });
});
