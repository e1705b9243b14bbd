import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPointer } from '../../../../shared/artifacts/champion-pointer.ts';
import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import {
  promote,
  readDecisions,
  recordDecision,
  rollback,
  verifyStored,
} from '../../../../shared/artifacts/registry.ts';
import { createDirectorySink } from '../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { storeModel } from '../../../../workers/trainer/publish/publish-model.ts';
import {
  AT,
  CONTRACT,
  sampleDecision,
  sampleManifest,
} from '../../../support/trainer/sample-trained-model.ts';

async function storeWith(...versions: readonly string[]): Promise<ObjectStore> {
  const store = createDirectorySink(mkdtempSync(join(tmpdir(), 'models-')));
  for (const version of versions) {
    const { model, manifest } = sampleManifest(version);
    await storeModel(store, model, manifest);
  }
  return store;
}

/** A store of which nothing can be read any more once the pointer has been written. */
function silentAfterPointer(store: ObjectStore): ObjectStore {
  let isSilent = false;
  return {
    ...store,
    get: async (key) => {
      if (isSilent) throw new Error('the store does not answer');
      return store.get(key);
    },
    put: async (key, ...args) => {
      const etag = await store.put(key, ...args);
      isSilent ||= key === objectKeys.champion;
      return etag;
    },
  };
}

const inService = async (store: ObjectStore) => (await readPointer(store))?.champion.version ?? null;

describe('promoting a model', () => {
  it('puts it into service and remembers the champions before, newest first', async () => {
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

  it('changes nothing when it is in service already', async () => {
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
      /model.packed is not there/,
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
  ])('is refused when it %s', async (_, version, damage, message) => {
    const store = await storeWith('a', 'b');
    await promote(store, 'a', CONTRACT, AT);
    await damage(store);
    await expect(promote(store, version, CONTRACT, AT)).rejects.toThrow(message);
    expect(await inService(store)).toBe('a');
  });

  it('is refused when it was made for other features', async () => {
    const store = await storeWith('a');
    const other = { ...CONTRACT, hash: 'other' };
    await expect(promote(store, 'a', other, AT)).rejects.toMatchObject({ code: 'incomplete' });
    await expect(verifyStored(store, 'a', other)).rejects.toThrow(/train it again/);
  });

  it('does not overwrite a pointer that somebody else has moved', async () => {
    const store = await storeWith('a', 'b', 'c');
    await promote(store, 'a', CONTRACT, AT);
    const before = await readPointer(store);
    await promote(store, 'b', CONTRACT, AT);
    await expect(promote(store, 'c', CONTRACT, AT, before)).rejects.toMatchObject({ code: 'conflict' });
    expect(await inService(store)).toBe('b');
  });

  it('does not overwrite a first champion that somebody else has promoted', async () => {
    const store = await storeWith('a', 'b');
    await promote(store, 'a', CONTRACT, AT);
    await expect(promote(store, 'b', CONTRACT, AT, null)).rejects.toMatchObject({ code: 'conflict' });
    expect(await inService(store)).toBe('a');
  });

  it('has happened although it cannot be checked any more, and says what is not known', async () => {
    const store = await storeWith('a', 'b');
    expect(await promote(store, 'a', CONTRACT, AT)).toMatchObject({ unverified: null });
    const promotion = await promote(silentAfterPointer(store), 'b', CONTRACT, AT);
    expect(promotion).toMatchObject({
      champion: { version: 'b' },
      unverified: 'whether b was pruned while it went into service is not known: the store does not answer',
    });
    expect((await readPointer(store))?.champion).toEqual(promotion.champion);
  });

  it('says what to do about a pointer that cannot be read', async () => {
    const store = await storeWith('a');
    await store.put(objectKeys.champion, '{"version":"a"}');
    await expect(promote(store, 'a', CONTRACT, AT)).rejects.toThrow(/delete it, then promote a model/);
  });
});

describe('rolling back', () => {
  it('puts the champion before back into service and forgets the one that failed', async () => {
    const store = await storeWith('a', 'b', 'c');
    for (const version of ['a', 'b', 'c']) await promote(store, version, CONTRACT, AT);
    expect((await rollback(store, undefined, CONTRACT, AT)).from).toBe('c');
    expect((await readPointer(store))?.champion).toMatchObject({
      version: 'b',
      previous: [{ version: 'a' }],
    });
    await rollback(store, undefined, CONTRACT, AT);
    expect((await readPointer(store))?.champion).toMatchObject({ version: 'a', previous: [] });
    await expect(rollback(store, undefined, CONTRACT, AT)).rejects.toMatchObject({ code: 'nothing-before' });
  });

  it('goes back further when it is told to', async () => {
    const store = await storeWith('a', 'b', 'c', 'd');
    for (const version of ['a', 'b', 'c', 'd']) await promote(store, version, CONTRACT, AT);
    await rollback(store, 'b', CONTRACT, AT);
    expect((await readPointer(store))?.champion).toMatchObject({
      version: 'b',
      previous: [{ version: 'a' }],
    });
    await expect(rollback(store, 'd', CONTRACT, AT)).rejects.toThrow(/no earlier champion d .*known: a/);
  });

  it('leaves the champion when the one before is no longer whole', async () => {
    const store = await storeWith('a', 'b');
    for (const version of ['a', 'b']) await promote(store, version, CONTRACT, AT);
    await store.delete(objectKeys.modelFile('a', 'model.packed'));
    await expect(rollback(store, undefined, CONTRACT, AT)).rejects.toMatchObject({ code: 'incomplete' });
    expect(await inService(store)).toBe('b');
  });

  it('has happened although it cannot be checked any more', async () => {
    const store = await storeWith('a', 'b');
    for (const version of ['a', 'b']) await promote(store, version, CONTRACT, AT);
    expect(await rollback(silentAfterPointer(store), undefined, CONTRACT, AT)).toMatchObject({
      from: 'b',
      champion: { version: 'a' },
      unverified: expect.stringContaining('the store does not answer'),
    });
    expect(await inService(store)).toBe('a');
  });

  it('needs something in service', async () => {
    await expect(rollback(await storeWith('a'), undefined, CONTRACT, AT)).rejects.toMatchObject({
      code: 'no-champion',
    });
  });
});

describe('decisions', () => {
  it('are kept, oldest first, and never overwritten', async () => {
    const store = await storeWith();
    const first = sampleDecision('a', { action: 'refuse' });
    const second = sampleDecision('a', { by: 'manual', decided_at: '2026-11-24T03:00:00.000Z' });
    await recordDecision(store, second);
    await recordDecision(store, first);
    await recordDecision(store, { ...first, reasons: ['another story'] });
    await recordDecision(store, sampleDecision('ab'));
    expect(await readDecisions(store, 'a')).toEqual([first, second]);
  });
});
