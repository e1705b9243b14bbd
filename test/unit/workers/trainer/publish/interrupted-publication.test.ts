import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  readManifest,
  readPointer,
  readPublication,
} from '../../../../../shared/artifacts/current-publication.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { verifyStored } from '../../../../../shared/artifacts/registry.ts';
import { DAY_MS } from '../../../../../shared/calendar/day-number.ts';
import { seriesKey } from '../../../../../shared/schemas/series.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { createS3ObjectStore } from '../../../../../workers/trainer/publish/object-store/s3-object-store.ts';
import { planPruning, pruneModels } from '../../../../../workers/trainer/publish/prune-models.ts';
import { startBucketServer } from '../../../../support/stand-ins/bucket-server.ts';
import { readBatchForecasts } from '../../../../support/trainer/read-batch-forecasts.ts';
import { counting, Killed, killedAt } from './interfering-stores.ts';
import {
  CONTRACT,
  FIRST_NIGHT,
  fill,
  NEXT_NIGHT,
  type Night,
  OTHER_DATASET,
  originOf,
  publishAndPrune,
  RULES,
} from './nights.ts';
import { askApi, whatPipelineFinds } from './what-readers-find.ts';

const bucket = await startBucketServer();
afterAll(() => bucket[Symbol.asyncDispose]());

const makeDirectory = () => mkdtempSync(join(tmpdir(), 'published-'));
const openDirectory = () => createDirectorySink(makeDirectory());

/** Opens stores in which all is as the first night left it: that is published once, and copied. */
async function filledDirectories(): Promise<() => ObjectStore> {
  const first = makeDirectory();
  await fill(createDirectorySink(first));
  return () => {
    const directory = makeDirectory();
    cpSync(first, directory, { recursive: true, preserveTimestamps: true });
    return createDirectorySink(directory);
  };
}

/** The same in the one bucket, which is that of the store opened last. */
async function filledBuckets(): Promise<() => ObjectStore> {
  const store = createS3ObjectStore(bucket.configuration);
  await fill(store);
  const first = [...bucket.objects];
  return () => {
    bucket.objects.clear();
    for (const [key, object] of first) bucket.objects.set(key, object);
    return store;
  };
}

const FIRST_SERIES = ['1:A', '2:A'];
const OTHER_SERIES = ['1:A', '1:B', '3:A', '3:B'];
const SERIES = new Map([
  [FIRST_NIGHT, FIRST_SERIES],
  [NEXT_NIGHT, FIRST_SERIES],
  [OTHER_DATASET, OTHER_SERIES],
]);

/** An uninterrupted publication: the number of its changes, and its result. */
async function uninterrupted(store: ObjectStore, night: Night) {
  const counted = counting(store);
  await publishAndPrune(counted, 'new', night);
  const { changes } = counted;
  return { changes, pointerAt: changes.indexOf(objectKeys.current) + 1, left: await leftOf(store) };
}

/** The keys that remain once the objects of an interrupted publication are old enough to be removed. */
async function leftOf(store: ObjectStore): Promise<string[]> {
  const later = new Date(Date.now() + 2 * DAY_MS);
  await pruneModels(store, await planPruning(store, RULES, later));
  return [...(await store.list(''))].sort();
}

/** Every object of the dataset in service, as read by a reader that opens it now. */
async function openReader(store: ObjectStore) {
  const read = await readPointer(store);
  if (!read) throw new Error('nothing is in service');
  const { current } = read.pointer;
  const names = Object.keys((await readManifest(store, current)).dataset?.objects ?? {});
  const { dataset } = await readPublication(store, current);
  return async () =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await (await dataset.get(name))?.text()] as const)),
    );
}

/** Everything that pipeline and API find of one night. */
async function expectWhole(store: ObjectStore, night: Night, version: string): Promise<void> {
  const series = SERIES.get(night) ?? [];
  expect(await whatPipelineFinds(store)).toEqual({
    liveFrom: night.liveFrom,
    missingSheets: [],
    replayed: series,
    imported: series,
  });
  for (const { status, body } of (await askApi(store, FIRST_NIGHT.liveFrom, series)).values()) {
    expect(status).toBe(200);
    expect(body).toMatchObject({ model_version: version });
    expect(body).not.toHaveProperty('stale');
  }
  const batch = await readBatchForecasts(store, originOf(night), version);
  expect(batch?.series.map(({ storeNbr, family }) => seriesKey(storeNbr, family))).toEqual(series);
}

describe.each([
  ['to a directory, the night after', filledDirectories, NEXT_NIGHT],
  ['to a directory, of another dataset', filledDirectories, OTHER_DATASET],
  ['to a bucket, the night after', filledBuckets, NEXT_NIGHT],
] as const)('a publication %s', (_, filledStores, night) => {
  it('killed at any change leaves one whole publication, the old or the new', async () => {
    const open = await filledStores();
    const whole = await uninterrupted(open(), night);
    // Then models are removed, after a mark in the pointer.
    const afterwards = whole.changes.slice(whole.pointerAt);
    expect(afterwards[0]).toBe(objectKeys.current);
    expect(afterwards.slice(1).every((key) => key.startsWith('models/refused-'))).toBe(true);
    expect(afterwards).toHaveLength(1 + 2 * 3);
    for (let at = 1; at <= whole.changes.length; at++) {
      const store = open();
      const held = await openReader(store);
      const before = await held();
      // Killed after this change and before the next.
      await expect(publishAndPrune(killedAt(store, at), 'new', night)).rejects.toThrow(Killed);
      const isNew = at >= whole.pointerAt;
      await expectWhole(store, isNew ? night : FIRST_NIGHT, isNew ? 'new' : 'old');
      // A reader that opened the previous publication still has all of it, and it can be rolled back to.
      expect(await held()).toEqual(before);
      await expect(verifyStored(store, 'old', CONTRACT)).resolves.toBeDefined();
      // The next run completes with the result of an uninterrupted one.
      await publishAndPrune(store, 'new', night);
      const left = await leftOf(store);
      if (filledStores === filledDirectories) expect(left).toEqual(whole.left);
      await expectWhole(store, night, 'new');
    }
  }, 240_000);
});

describe('a first publication', () => {
  it('killed at any change leaves a complete champion, or nothing', async () => {
    const counted = counting(openDirectory());
    await publishAndPrune(counted, 'new', FIRST_NIGHT);
    expect(counted.changes.at(-1)).toBe(objectKeys.current);
    for (let at = 1; at <= counted.changes.length; at++) {
      const store = openDirectory();
      await expect(publishAndPrune(killedAt(store, at), 'new', FIRST_NIGHT)).rejects.toThrow(Killed);
      if (at === counted.changes.length) await expectWhole(store, FIRST_NIGHT, 'new');
      else expect(await readPointer(store)).toBeNull();
    }
  });
});
