import { describe, expect, it } from 'vitest';
import { readManifest, readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { datasetNames, objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { verifyStored } from '../../../../../shared/artifacts/registry.ts';
import {
  holdByHand,
  promote,
  type Rollback,
  releaseByHand,
  rollBackByHand,
} from '../../../../../workers/trainer/publish/change-champion.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { createDatedStore } from '../../../../support/object-store/dated-store.ts';
import { readPublished } from '../../../../support/object-store/read-published.ts';
import { AT, CONTRACT, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';
import { CONTRACT as BUILD, fill, NEXT_NIGHT, OTHER_DATASET, publish } from './nights.ts';

async function storeWith(...versions: readonly string[]): Promise<ObjectStore> {
  const store = createDatedStore();
  for (const version of versions) {
    const { model, manifest } = sampleManifest(version);
    await storeModel(store, model, manifest);
  }
  return store;
}

async function serving(...versions: readonly string[]): Promise<ObjectStore> {
  const store = await storeWith(...versions, 'c');
  for (const version of versions) await promote(store, version, CONTRACT, AT);
  return store;
}

const rollback = (store: ObjectStore, target: Partial<Rollback> = {}, contract = CONTRACT) =>
  rollBackByHand(store, { isHeld: false, ...target }, contract, { at: AT });
const championIn = async (store: ObjectStore) => (await readPointer(store))?.champion;
const inService = async (store: ObjectStore) => (await championIn(store))?.version ?? null;

describe('promoting a model', () => {
  it('puts it into service and remembers earlier champions, newest first', async () => {
    const store = await storeWith('a', 'b', 'c');
    for (const version of ['a', 'b', 'c']) await promote(store, version, CONTRACT, AT);
    const { champion } = (await readPointer(store)) ?? {};
    expect(champion?.version).toBe('c');
    expect(champion?.previous.map(({ version }) => version)).toEqual(['b', 'a']);
  });

  it('remembers no champion twice', async () => {
    const store = await storeWith('a', 'b');
    for (const version of ['a', 'b', 'a']) await promote(store, version, CONTRACT, AT);
    expect((await readPointer(store))?.champion).toMatchObject({
      version: 'a',
      previous: [{ version: 'b' }],
    });
  });

  it('changes nothing if it is already in service', async () => {
    const store = await storeWith('a', 'b');
    await promote(store, 'b', CONTRACT, AT);
    await promote(store, 'a', CONTRACT, AT);
    const before = await readPointer(store);
    await promote(store, 'a', CONTRACT, new Date('2027-01-01T00:00:00Z'));
    expect(await readPointer(store)).toEqual(before);
  });

  it.each([
    ['is not stored', 'nowhere', async () => undefined, /there is no complete model nowhere/],
    [
      'lacks a file',
      'b',
      (store: ObjectStore) => store.delete(objectKeys.modelFile('b', 'model.packed')),
      /model.packed is missing/,
    ],
    [
      'has a damaged file',
      'b',
      async (store: ObjectStore) => {
        await store.put(objectKeys.modelFile('b', 'model.ubj'), 'trees of x');
      },
      /model.ubj has the sha256/,
    ],
    [
      'has a manifest that cannot be read',
      'b',
      async (store: ObjectStore) => {
        await store.put(objectKeys.modelFile('b', 'manifest.json'), '{');
      },
      /its manifest is not valid/,
    ],
  ])('is refused if it %s', async (_, version, damage, message) => {
    const store = await storeWith('a', 'b');
    await promote(store, 'a', CONTRACT, AT);
    await damage(store);
    await expect(promote(store, version, CONTRACT, AT)).rejects.toThrow(message);
    expect(await inService(store)).toBe('a');
  });

  it('is refused if it was made for other features', async () => {
    const store = await storeWith('a');
    const other = { ...CONTRACT, hash: 'other' };
    await expect(promote(store, 'a', other, AT)).rejects.toMatchObject({ code: 'incomplete' });
    await expect(verifyStored(store, 'a', other)).rejects.toThrow(/train it again/);
  });

  it('does not overwrite a pointer that has changed meanwhile', async () => {
    const store = await storeWith('a', 'b', 'c');
    await promote(store, 'a', CONTRACT, AT);
    const before = await readPointer(store);
    await promote(store, 'b', CONTRACT, AT);
    await expect(promote(store, 'c', CONTRACT, AT, before)).rejects.toMatchObject({ code: 'conflict' });
    expect(await inService(store)).toBe('b');
  });

  it('does not overwrite a first champion promoted meanwhile', async () => {
    const store = await storeWith('a', 'b');
    await promote(store, 'a', CONTRACT, AT);
    await expect(promote(store, 'b', CONTRACT, AT, null)).rejects.toMatchObject({ code: 'conflict' });
    expect(await inService(store)).toBe('a');
  });

  it('says how to fix an unreadable pointer', async () => {
    const store = await storeWith('a');
    await store.put(objectKeys.current, '{"version":"a"}');
    await expect(promote(store, 'a', CONTRACT, AT)).rejects.toThrow(
      /restore it, or delete it and publish again/,
    );
  });
});

describe('rolling back', () => {
  it('puts the previous champion back into service and forgets the one that failed', async () => {
    const store = await storeWith('a', 'b', 'c');
    for (const version of ['a', 'b', 'c']) await promote(store, version, CONTRACT, AT);
    expect((await rollback(store)).from).toBe('c');
    expect((await readPointer(store))?.champion).toMatchObject({
      version: 'b',
      previous: [{ version: 'a' }],
    });
    await rollback(store);
    expect((await readPointer(store))?.champion).toMatchObject({ version: 'a', previous: [] });
    await expect(rollback(store)).rejects.toMatchObject({ code: 'nothing-before' });
  });

  it('returns to a given earlier champion', async () => {
    const store = await storeWith('a', 'b', 'c', 'd');
    for (const version of ['a', 'b', 'c', 'd']) await promote(store, version, CONTRACT, AT);
    await rollback(store, { to: 'b' });
    expect((await readPointer(store))?.champion).toMatchObject({
      version: 'b',
      previous: [{ version: 'a' }],
    });
    await expect(rollback(store, { to: 'd' })).rejects.toThrow(/no earlier champion d .*known: a/);
  });

  it('keeps the champion if the previous one is damaged', async () => {
    const store = await storeWith('a', 'b');
    for (const version of ['a', 'b']) await promote(store, version, CONTRACT, AT);
    await store.delete(objectKeys.modelFile('a', 'model.packed'));
    await expect(rollback(store)).rejects.toMatchObject({ code: 'incomplete' });
    expect(await inService(store)).toBe('b');
  });

  it('requires a model in service', async () => {
    await expect(rollback(await storeWith('a'))).rejects.toMatchObject({
      code: 'no-champion',
    });
  });
});

describe('rolling back the data', () => {
  const catalogOf = (store: ObjectStore) => readPublished(store, datasetNames.catalog);
  /** Three nights: `old` and `new` with one dataset, `newest` with another. */
  async function threeNights() {
    const store = await fill(createDatedStore());
    const first = await catalogOf(store);
    await publish(store, 'new', NEXT_NIGHT);
    const second = await catalogOf(store);
    await publish(store, 'newest', OTHER_DATASET);
    return { store, first, second };
  }

  it('alone keeps the model, and later publications are forgotten', async () => {
    const { store, second } = await threeNights();
    const change = await rollback(store, { part: 'data' }, BUILD);
    expect(change).toMatchObject({ champion: { version: 'newest' }, from: 'newest' });
    expect(await catalogOf(store)).toBe(second);
    expect((await championIn(store))?.previous.map(({ version }) => version)).toEqual(['old']);
  });

  it('and the model restores the previous publication, byte for byte', async () => {
    const { store, first, second } = await threeNights();
    await rollback(store, { part: 'both' }, BUILD);
    expect(await inService(store)).toBe('new');
    expect(await catalogOf(store)).toBe(second);
    const { previous } = (await readPointer(store))?.pointer ?? { previous: [] };
    await rollback(store, { part: 'both', to: previous[0]?.id }, BUILD);
    expect(await inService(store)).toBe('old');
    expect(await catalogOf(store)).toBe(first);
    await expect(rollback(store, { part: 'both' }, BUILD)).rejects.toMatchObject({ code: 'nothing-before' });
  });

  it('is not part of rolling back the model', async () => {
    const { store } = await threeNights();
    const newest = await catalogOf(store);
    await rollback(store, { to: 'old' }, BUILD);
    expect(await inService(store)).toBe('old');
    expect(await catalogOf(store)).toBe(newest);
    const read = await readPointer(store);
    // Its forecasts were made with the model that was replaced.
    expect(read && (await readManifest(store, read.pointer.current)).forecasts).toBeNull();
  });

  it('lists the known publications if none has the given id', async () => {
    const { store } = await threeNights();
    const ids = (await readPointer(store))?.pointer.previous.map(({ id }) => id) ?? [];
    await expect(rollback(store, { part: 'both', to: 'x' }, BUILD)).rejects.toThrow(
      `there is no earlier publication x to roll back to (known: ${ids.join(', ')})`,
    );
  });
});

const HOLD = { since: '2026-11-24T08:00:00.000Z', reason: 'promotions are wrong' };
const hold = (store: ObjectStore, { since, reason } = HOLD) =>
  holdByHand(store, { at: new Date(since), reason });
const release = (store: ObjectStore) => releaseByHand(store, { at: new Date('2026-11-25T08:00:00Z') });

describe('a hold', () => {
  it('is set on the champion and released, and nothing else changes', async () => {
    const store = await serving('a', 'b');
    const before = await championIn(store);
    expect(await hold(store)).toMatchObject({ before: null, champion: { hold: HOLD } });
    expect(await championIn(store)).toEqual({ ...before, hold: HOLD });
    expect((await release(store)).before).toEqual(HOLD);
    expect(await championIn(store)).toEqual(before);
  });

  it('gives way to a newer one, and may be released twice', async () => {
    const store = await serving('a', 'b');
    await hold(store);
    const newer = { ...HOLD, reason: 'still wrong' };
    expect((await hold(store, newer)).before).toEqual(HOLD);
    expect((await championIn(store))?.hold).toEqual(newer);
    await release(store);
    expect((await release(store)).before).toBeNull();
  });

  it('stays over a promotion by hand', async () => {
    const store = await serving('a', 'b');
    await hold(store);
    await promote(store, 'c', CONTRACT, AT);
    expect(await championIn(store)).toMatchObject({ version: 'c', hold: HOLD });
    await rollback(store);
    expect(await championIn(store)).toMatchObject({ version: 'b', hold: HOLD });
  });

  it('is written together with a rollback', async () => {
    const store = await serving('a', 'b');
    let writes = 0;
    const counting: ObjectStore = {
      ...store,
      put: (key, ...args) => {
        if (key === objectKeys.current) writes++;
        return store.put(key, ...args);
      },
    };
    const hand = { at: new Date(HOLD.since), reason: HOLD.reason };
    await rollBackByHand(counting, { isHeld: true }, CONTRACT, hand);
    expect(writes).toBe(1);
    expect(await championIn(store)).toMatchObject({ version: 'a', hold: HOLD });
  });

  it('requires a model in service, and fails on a concurrent change', async () => {
    const store = await serving('a', 'b');
    const changed = { ...store, put: async () => null };
    await expect(hold(changed)).rejects.toMatchObject({ code: 'conflict' });
    await store.delete(objectKeys.current);
    await expect(hold(store)).rejects.toMatchObject({ code: 'no-champion' });
    await expect(release(store)).rejects.toMatchObject({ code: 'no-champion' });
  });
});
