import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { readPointer } from '../../../shared/models/champion-pointer.ts';
import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { promote, verifyStored } from '../../../shared/models/registry.ts';
import { createDirectorySink } from '../../../workers/trainer/publish/directory-object-store.ts';
import { storeModel } from '../../../workers/trainer/publish/publish-model.ts';
import { publishTraining } from '../../../workers/trainer/publish/publish-training.ts';
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

async function publishOver(store: ObjectStore, version: string, champion: string | null): Promise<void> {
  await publishTraining(store, {
    ...sampleManifest(version),
    decision: sampleDecision(version, { champion }),
    dataset: smallDataset(DAYS, ['A']),
    liveFrom: LIVE_FROM,
    contract: CONTRACT,
    pointer: await readPointer(store),
    now: AT,
    onProgress: () => undefined,
  });
}

async function freshStore(): Promise<ObjectStore> {
  const store = createDirectorySink(mkdtempSync(join(tmpdir(), 'published-')));
  const { model, manifest } = sampleManifest('old');
  await storeModel(store, model, manifest);
  await promote(store, 'old', CONTRACT, AT);
  // A day of an earlier publication, which this one removes.
  await store.put(objectKeys.daySheet('2031-01-01'), '{}');
  return store;
}

/** How many changes a whole publication makes. */
async function countChanges(): Promise<number> {
  const counted = killedAt(await freshStore(), Number.POSITIVE_INFINITY, 'after');
  await publishOver(counted, 'new', 'old');
  return counted.changes();
}

describe('a publication that is interrupted', () => {
  it('never leaves a champion that points to something incomplete, and goes through when it is repeated', async () => {
    const total = await countChanges();
    expect(total).toBeGreaterThan(10);
    for (let at = 1; at <= total; at++) {
      for (const when of ['before', 'after'] as const) {
        const store = await freshStore();
        await expect(publishOver(killedAt(store, at, when), 'new', 'old')).rejects.toThrow(Killed);
        const champion = (await readPointer(store))?.champion.version ?? '';
        // The pointer is the last change of all.
        expect(champion).toBe(at === total && when === 'after' ? 'new' : 'old');
        await expect(verifyStored(store, champion, CONTRACT)).resolves.toBeDefined();
        await publishOver(store, 'new', 'old');
        expect((await readPointer(store))?.champion.version).toBe('new');
        expect(await store.get(objectKeys.daySheet('2031-01-01'))).toBeNull();
      }
    }
  });

  it('leaves nothing in service when it is the first', async () => {
    const store = createDirectorySink(mkdtempSync(join(tmpdir(), 'published-')));
    await expect(publishOver(killedAt(store, 6, 'after'), 'new', null)).rejects.toThrow(Killed);
    expect(await readPointer(store)).toBeNull();
  });
});

describe('a publication', () => {
  it('stores a refused model beside the champion, and the dataset if it is to', async () => {
    const store = await freshStore();
    const before = await readPointer(store);
    const publication = {
      ...sampleManifest('worse'),
      decision: sampleDecision('worse', { action: 'refuse', champion: 'old' }),
      dataset: null,
      liveFrom: LIVE_FROM,
      contract: CONTRACT,
      pointer: before,
      now: AT,
      onProgress: () => undefined,
    };
    await publishTraining(store, publication);
    expect(await readPointer(store)).toEqual(before);
    await expect(verifyStored(store, 'worse', CONTRACT)).resolves.toBeDefined();
    expect(await store.get(objectKeys.catalog)).toBeNull();
    await publishTraining(store, { ...publication, dataset: smallDataset(DAYS, ['A']) });
    expect(await store.get(objectKeys.catalog)).not.toBeNull();
  });

  it('does not promote over a champion that the model was not compared with', async () => {
    const store = await freshStore();
    const pointer = await readPointer(store);
    const { model, manifest } = sampleManifest('overtaker');
    await storeModel(store, model, manifest);
    await promote(store, 'overtaker', CONTRACT, AT);
    await expect(
      publishTraining(store, {
        ...sampleManifest('new'),
        decision: sampleDecision('new', { champion: 'old' }),
        dataset: null,
        liveFrom: LIVE_FROM,
        contract: CONTRACT,
        pointer,
        now: AT,
        onProgress: () => undefined,
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect((await readPointer(store))?.champion.version).toBe('overtaker');
  });
});
