import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../shared/artifacts/champion-pointer.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { verifyStored } from '../../../../../shared/artifacts/registry.ts';
import { seriesKey } from '../../../../../shared/schemas/series.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { createS3ObjectStore } from '../../../../../workers/trainer/publish/object-store/s3-object-store.ts';
import { startBucketServer } from '../../../../support/stand-ins/bucket-server.ts';
import { readBatchForecasts } from '../../../../support/trainer/read-batch-forecasts.ts';
import { counting, Killed, killedAt } from './interfering-stores.ts';
import {
  CONTRACT,
  contentOf,
  FIRST_NIGHT,
  fill,
  NEXT_NIGHT,
  type Night,
  OTHER_DATASET,
  originOf,
  publishAndPrune,
} from './nights.ts';
import { askApi, whatPipelineFinds } from './what-readers-find.ts';

const openDirectory = () => createDirectorySink(mkdtempSync(join(tmpdir(), 'published-')));
const bucket = await startBucketServer();
afterAll(() => bucket[Symbol.asyncDispose]());
function openBucket(): ObjectStore {
  bucket.objects.clear();
  return createS3ObjectStore(bucket.configuration);
}

const FIRST_SERIES = ['1:A', '2:A'];
const OTHER_SERIES = ['1:A', '1:B', '3:A', '3:B'];
const NO_PROBLEM = { status: 200, body: expect.objectContaining({ model_version: expect.any(String) }) };

/** A publication that nobody interrupts: the numbers of its changes, and what it leaves. */
async function uninterrupted(store: ObjectStore, night: Night) {
  const counted = counting(await fill(store));
  await publishAndPrune(counted, 'new', night);
  const { changes } = counted;
  const numberOf = (key: string) => changes.indexOf(key) + 1;
  return {
    changes,
    catalogAt: numberOf(objectKeys.catalog),
    pointerAt: numberOf(objectKeys.champion),
    /** The first change of an object that readers know. */
    inPlaceAt: numberOf(objectKeys.intraday),
    left: await contentOf(store),
  };
}

/** Kills publications at every change, and hands over what each leaves. */
async function forEachKill(
  {
    open,
    night,
    moments,
  }: { open: () => ObjectStore; night: Night; moments: readonly ('before' | 'after')[] },
  whole: Awaited<ReturnType<typeof uninterrupted>>,
  check: (
    store: ObjectStore,
    state: { champion: string; isDone: (change: number) => boolean },
  ) => Promise<void>,
): Promise<void> {
  for (let at = 1; at <= whole.changes.length; at++) {
    for (const when of moments) {
      const store = await fill(open());
      await expect(publishAndPrune(killedAt(store, at, when), 'new', night)).rejects.toThrow(Killed);
      const isDone = (change: number) => (when === 'after' ? at >= change : at > change);
      const champion = (await readPointer(store))?.champion.version ?? '';
      expect(champion, `killed ${when} change ${at}`).toBe(isDone(whole.pointerAt) ? 'new' : 'old');
      await expect(verifyStored(store, champion, CONTRACT)).resolves.toBeDefined();
      await expect(verifyStored(store, 'old', CONTRACT)).resolves.toBeDefined();
      await check(store, { champion, isDone });
      // The next run goes through, and leaves what one leaves that nobody interrupts.
      await publishAndPrune(store, 'new', night);
      expect(await contentOf(store)).toEqual(whole.left);
    }
  }
}

describe.each([
  ['a directory', openDirectory, ['before', 'after']],
  // Slower, and before the one change is after the other.
  ['a bucket', openBucket, ['after']],
] as const)('a publication to %s the night after', (_, open, moments) => {
  it('that is killed at any change leaves everything right, by the old catalog or by the new', async () => {
    const whole = await uninterrupted(open(), NEXT_NIGHT);
    const expected = await askApi(await fill(open()), FIRST_NIGHT.liveFrom, FIRST_SERIES);
    expect([...expected.values()]).toEqual([NO_PROBLEM, NO_PROBLEM]);
    // Slots, history of two stores, a week's plan, catalog, pointer; then models and a sheet are removed.
    expect(whole.pointerAt - whole.inPlaceAt).toBe(5);
    expect(whole.changes.length - whole.pointerAt).toBe(2 * 3 + 1);
    await forEachKill({ open, night: NEXT_NIGHT, moments }, whole, async (store, { champion, isDone }) => {
      const { liveFrom } = isDone(whole.catalogAt) ? NEXT_NIGHT : FIRST_NIGHT;
      expect(await whatPipelineFinds(store)).toEqual({
        liveFrom,
        missingSheets: [],
        replayed: FIRST_SERIES,
        imported: FIRST_SERIES,
      });
      // A feature store that is open stays where it is, so its forecasts stay the same, plans included.
      const answers = await askApi(store, FIRST_NIGHT.liveFrom, FIRST_SERIES);
      for (const [key, { status, body }] of answers) {
        expect(status).toBe(200);
        expect(body).toEqual({ ...expected.get(key)?.body, model_version: champion });
      }
      const batch = await readBatchForecasts(
        store,
        originOf(isDone(whole.pointerAt) ? NEXT_NIGHT : FIRST_NIGHT),
        champion,
      );
      expect(batch?.series.map(({ storeNbr, family }) => seriesKey(storeNbr, family))).toEqual(FIRST_SERIES);
    });
  }, 120_000);
});

describe('a publication of another dataset', () => {
  it('that is killed at any change leaves the champion its series, but for the moment between catalog and pointer', async () => {
    const whole = await uninterrupted(openDirectory(), OTHER_DATASET);
    expect(whole.pointerAt).toBe(whole.catalogAt + 1);
    const request = { open: openDirectory, night: OTHER_DATASET, moments: ['before', 'after'] } as const;
    await forEachKill(request, whole, async (store, { champion, isDone }) => {
      const isNew = isDone(whole.catalogAt);
      const found = await whatPipelineFinds(store);
      expect(found).toMatchObject({
        liveFrom: (isNew ? OTHER_DATASET : FIRST_NIGHT).liveFrom,
        missingSheets: [],
        imported: expect.arrayContaining(isNew ? OTHER_SERIES : FIRST_SERIES),
      });
      // From the first object in place to the catalog, the days may be of either dataset.
      if (isNew) expect(found).toMatchObject({ replayed: OTHER_SERIES, imported: OTHER_SERIES });
      if (!isDone(whole.inPlaceAt)) {
        expect(found).toMatchObject({ replayed: FIRST_SERIES, imported: FIRST_SERIES });
      }

      const series = champion === 'new' ? OTHER_SERIES : FIRST_SERIES;
      const answers = await askApi(store, FIRST_NIGHT.liveFrom, series);
      const isBetween = isNew && champion === 'old';
      expect(isBetween).toBe(isDone(whole.catalogAt) && !isDone(whole.pointerAt));
      for (const [key, { status, body }] of answers) {
        const isFound = !isBetween || OTHER_SERIES.includes(key);
        expect(status).toBe(isFound ? 200 : 404);
        if (isFound) expect(body.model_version).toBe(champion);
      }
    });
  }, 120_000);

  it('removes what only the dataset before had, days that would be replayed first, once it is in service', async () => {
    const store = openDirectory();
    const { changes, pointerAt } = await uninterrupted(store, OTHER_DATASET);
    const removed = changes.slice(pointerAt);
    expect(removed.slice(0, 4)).toEqual([
      'replay/2016-01-28.json',
      'replay/2016-02-07.json',
      'replay/2016-02-08.json',
      'replay/2016-02-09.json',
    ]);
    expect(removed).toContain(objectKeys.history(2));
    expect(await store.list('replay/')).not.toContain('replay/2016-02-09.json');
  });
});

describe('a first publication', () => {
  it('that is killed at any change leaves a champion with all that it needs, or none', async () => {
    const counted = counting(openDirectory());
    await publishAndPrune(counted, 'new', FIRST_NIGHT);
    expect(counted.changes.at(-1)).toBe(objectKeys.champion);
    for (let at = 1; at <= counted.changes.length; at++) {
      const store = openDirectory();
      await expect(publishAndPrune(killedAt(store, at, 'after'), 'new', FIRST_NIGHT)).rejects.toThrow(Killed);
      const pointer = await readPointer(store);
      expect(pointer === null).toBe(at < counted.changes.length);
      if (pointer === null && (await store.get(objectKeys.catalog)) === null) continue;
      expect(await whatPipelineFinds(store)).toMatchObject({ missingSheets: [], imported: FIRST_SERIES });
      const { status } = (await askApi(store, FIRST_NIGHT.liveFrom, ['1:A'])).get('1:A') ?? {};
      expect(status).toBe(pointer === null ? 503 : 200);
    }
  });
});
