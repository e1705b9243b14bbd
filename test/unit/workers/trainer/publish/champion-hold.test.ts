import { beforeEach, describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/champion-pointer.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { promote, rollback } from '../../../../../shared/artifacts/registry.ts';
import { holdChampion, releaseChampion } from '../../../../../workers/trainer/publish/champion-hold.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { createDatedStore } from '../../../../support/object-store/dated-store.ts';
import { AT, CONTRACT, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';

const HOLD = { since: '2026-11-24T08:00:00.000Z', reason: 'promotions are wrong' };

let store: ObjectStore;

beforeEach(async () => {
  store = createDatedStore();
  for (const version of ['a', 'b', 'c']) {
    const { model, manifest } = sampleManifest(version);
    await storeModel(store, model, manifest);
  }
  for (const version of ['a', 'b']) await promote(store, version, CONTRACT, AT);
});

const pointer = async () => (await readPointer(store))?.champion;

describe('a hold', () => {
  it('is put on the champion and taken from it, and nothing else changes', async () => {
    const before = await pointer();
    expect(await holdChampion(store, HOLD)).toMatchObject({ before: null, champion: { hold: HOLD } });
    expect(await pointer()).toEqual({ ...before, hold: HOLD });
    expect((await releaseChampion(store)).before).toEqual(HOLD);
    expect(await pointer()).toEqual(before);
  });

  it('gives way to a newer one, and its end may come twice', async () => {
    await holdChampion(store, HOLD);
    const newer = { ...HOLD, reason: 'still wrong' };
    expect((await holdChampion(store, newer)).before).toEqual(HOLD);
    expect((await pointer())?.hold).toEqual(newer);
    await releaseChampion(store);
    expect((await releaseChampion(store)).before).toBeNull();
  });

  it('stays over what a person puts into service', async () => {
    await holdChampion(store, HOLD);
    await promote(store, 'c', CONTRACT, AT);
    expect(await pointer()).toMatchObject({ version: 'c', hold: HOLD });
    await rollback(store, undefined, CONTRACT, AT);
    expect(await pointer()).toMatchObject({ version: 'b', hold: HOLD });
  });

  it('comes with a rollback in one write', async () => {
    let writes = 0;
    const counting = {
      ...store,
      put: (...args: Parameters<ObjectStore['put']>) => {
        writes++;
        return store.put(...args);
      },
    };
    await rollback(counting, undefined, CONTRACT, AT, HOLD);
    expect(writes).toBe(1);
    expect(await pointer()).toMatchObject({ version: 'a', hold: HOLD });
  });

  it('needs something in service, and gives way to whoever was faster', async () => {
    const changed = { ...store, put: async () => null };
    await expect(holdChampion(changed, HOLD)).rejects.toMatchObject({ code: 'conflict' });
    await store.delete(objectKeys.champion);
    await expect(holdChampion(store, HOLD)).rejects.toMatchObject({ code: 'no-champion' });
    await expect(releaseChampion(store)).rejects.toMatchObject({ code: 'no-champion' });
  });
});
