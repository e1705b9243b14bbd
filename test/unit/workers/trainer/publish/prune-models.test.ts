import { describe, expect, it } from 'vitest';
import { readPointer, readPublication } from '../../../../../shared/artifacts/current-publication.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { recordDecision, verifyStored } from '../../../../../shared/artifacts/registry.ts';
import { DAY_MS } from '../../../../../shared/calendar/day-number.ts';
import { promote } from '../../../../../workers/trainer/publish/change-champion.ts';
import { planPruning, pruneModels } from '../../../../../workers/trainer/publish/prune-models.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { createDatedStore } from '../../../../support/object-store/dated-store.ts';
import { putPublication } from '../../../../support/object-store/put-publication.ts';
import { publishedNames } from '../../../../support/object-store/read-published.ts';
import {
  AT,
  CONTRACT,
  sampleDecision,
  sampleManifest,
} from '../../../../support/trainer/sample-trained-model.ts';
import { fill, NEXT_NIGHT, RULES as NIGHT_RULES, OTHER_DATASET, publish } from './nights.ts';

const RULES = { keepVersions: 2, keepDays: 30, keepForecastDays: 60 };
const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n));

/** Stores a model on a day, with its decision. */
async function train(
  store: ReturnType<typeof createDatedStore>,
  version: string,
  at: number,
  isBetter = true,
) {
  store.now = day(at);
  const champion = (await readPointer(store))?.champion?.version ?? null;
  const { model, manifest } = sampleManifest(version, day(at));
  await storeModel(store, model, manifest);
  const action = isBetter ? 'promote' : 'refuse';
  const decided_at = day(at).toISOString();
  await recordDecision(store, sampleDecision(version, { action, champion, decided_at }));
  if (isBetter) await promote(store, version, CONTRACT, day(at));
}

const plan = (store: ObjectStore, at: number, rules = RULES) => planPruning(store, rules, day(at));
const removedVersions = async (store: ObjectStore, at: number, rules = RULES) =>
  (await plan(store, at, rules)).removed.map(({ version }) => version).sort();

describe('pruning', () => {
  it('keeps the champion, its predecessors, the newest and the recent models', async () => {
    const store = createDatedStore();
    await train(store, 'first', 0);
    await train(store, 'refused-old', 1, false);
    await train(store, 'second', 2);
    await train(store, 'refused-recent', 70, false);
    await train(store, 'refused-newest', 99, false);
    expect(await plan(store, 100, { ...RULES, keepVersions: 1 })).toMatchObject({
      champion: 'second',
      kept: [
        { version: 'first', reason: 'may be rolled back to' },
        { version: 'second', reason: 'in service' },
        { version: 'refused-recent', reason: 'recent' },
        { version: 'refused-newest', reason: 'newest' },
      ],
      removed: [
        {
          version: 'refused-old',
          keys: [
            'models/refused-old/model.ubj',
            'models/refused-old/model.packed',
            'models/refused-old/manifest.json',
            'models/refused-old/decisions/2026-01-02T000000.000Z.json',
          ],
        },
      ],
      forecasts: [],
      contents: [],
    });
    const one = { ...RULES, keepVersions: 1 };
    expect(await removedVersions(store, 101, one)).toEqual(['refused-old', 'refused-recent']);
    expect(await removedVersions(store, 101, { ...one, keepDays: 99 })).toEqual(['refused-old']);
    expect(await removedVersions(store, 101, { ...RULES, keepVersions: 9 })).toEqual([]);
  });

  it('removes whole versions, and leaves the rest unchanged', async () => {
    const store = createDatedStore();
    await train(store, 'champion', 0);
    for (const n of [1, 2, 3]) await train(store, `refused-${n}`, n, false);
    const before = await readPointer(store);
    const gone = await pruneModels(store, await plan(store, 100));
    expect(gone).toEqual(['refused-1']);
    const versions = new Set((await store.list('models/')).map((key) => key.split('/')[1]));
    expect([...versions].sort()).toEqual(['champion', 'refused-2', 'refused-3']);
    expect((await readPointer(store))?.champion).toEqual(before?.champion);
    await expect(verifyStored(store, 'champion', CONTRACT)).resolves.toBeDefined();
    expect(await removedVersions(store, 100)).toEqual([]);
  });

  it('keeps what a rollback has replaced recently: an isolate may still be loading it', async () => {
    const store = createDatedStore();
    await train(store, 'old', 0);
    await train(store, 'bad', 1);
    for (const n of [2, 3]) await train(store, `refused-${n}`, n, false);
    store.now = day(80);
    await putPublication(store, 'old');
    const decided_at = day(80).toISOString();
    await recordDecision(store, sampleDecision('old', { action: 'rollback', champion: 'bad', decided_at }));
    expect((await plan(store, 100)).kept).toContainEqual({ version: 'bad', reason: 'in service recently' });
    expect(await removedVersions(store, 100)).toEqual(['refused-2']);
    expect(await removedVersions(store, 111)).toEqual(['bad', 'refused-2']);
  });

  it('keeps what is being written, and removes what was never finished', async () => {
    const store = createDatedStore();
    for (const n of [0, 1, 2]) await train(store, `champion-${n}`, n);
    store.now = day(50);
    await store.put(objectKeys.modelFile('half', 'model.ubj'), 'trees');
    expect(await removedVersions(store, 60, { ...RULES, keepVersions: 0 })).toEqual([]);
    expect(await removedVersions(store, 81, { ...RULES, keepVersions: 0 })).toEqual(['half']);
  });

  it('removes no model while nothing is in service', async () => {
    const store = createDatedStore();
    for (const n of [0, 1, 2]) await train(store, `refused-${n}`, n, false);
    expect(await plan(store, 1000, { ...RULES, keepVersions: 0 })).toMatchObject({
      champion: null,
      removed: [],
    });
  });

  it('ignores an unreadable decision', async () => {
    const store = createDatedStore();
    await train(store, 'champion', 0);
    await store.put(objectKeys.decision('champion', day(0).toISOString()), 'no JSON');
    await expect(plan(store, 1)).resolves.toMatchObject({ removed: [] });
  });

  describe('of batch forecasts', () => {
    const key = (origin: string, version: string) =>
      objectKeys.batchForecasts(origin, version, 'f'.repeat(64));
    const forecast = async (store: ObjectStore, ...batches: readonly (readonly [string, string])[]) => {
      for (const [origin, version] of batches) await store.put(key(origin, version), 'x');
    };

    it('counts the days from the newest origin', async () => {
      const store = createDatedStore();
      await forecast(store, ['2026-01-01', 'v'], ['2026-01-02', 'v'], ['2026-03-03', 'v']);
      await store.put('forecasts/README.md', 'x');
      const planned = await plan(store, 100);
      expect(planned.forecasts).toEqual([key('2026-01-01', 'v')]);
      await pruneModels(store, planned);
      expect(await store.list('forecasts/')).toHaveLength(3);
    });

    it('removes those of earlier releases in the old format by the same rules', async () => {
      const store = createDatedStore();
      await train(store, 'champion', 0);
      await forecast(store, ['2026-04-01', 'champion']);
      const earlier = ['2025-12-01/v', '2026-01-06/champion', '2026-03-03/v'].map(
        (path) => `forecasts/${path}.bin.gz`,
      );
      for (const path of earlier) await store.put(path, 'x');
      expect((await plan(store, 100)).forecasts).toEqual(earlier.slice(0, 2));
    });

    it('counts from the newest origin of an old dataset that is not moved in time, not from today', async () => {
      const store = createDatedStore();
      await forecast(store, ['2017-08-14', 'v'], ['2017-08-15', 'v']);
      expect((await plan(store, 100)).forecasts).toEqual([]);
    });

    it('does not count from an origin ahead, so that no night loses what it has just written', async () => {
      const store = createDatedStore();
      await train(store, 'champion', 0);
      const nights = [
        ['2026-01-30', 'champion'],
        ['2026-01-31', 'champion'],
      ] as const;
      await forecast(store, ...nights, ['2025-10-01', 'champion'], ['2031-05-05', 'stray']);
      const tonight = [key('2026-01-31', 'champion')];
      const removed = [key('2025-10-01', 'champion')];
      expect((await planPruning(store, RULES, day(31), tonight)).forecasts).toEqual(removed);
      // Nor does pruning by hand in the months after it.
      expect((await plan(store, 31)).forecasts).toEqual(removed);
      // Nor does the run ahead of its day itself.
      expect((await planPruning(store, RULES, day(31), [key('2031-05-05', 'stray')])).forecasts).toEqual(
        removed,
      );
    });

    it('counts from what the run has written, if that is older than the newest', async () => {
      const store = createDatedStore();
      await forecast(store, ['2025-12-01', 'v'], ['2025-12-20', 'v'], ['2026-03-20', 'v']);
      const written = [key('2025-12-20', 'v')];
      expect((await planPruning(store, RULES, day(100), written)).forecasts).toEqual([]);
      expect((await plan(store, 100)).forecasts).toHaveLength(2);
    });

    it("keeps the champion's latest, however old it is, and no earlier one", async () => {
      const store = createDatedStore();
      await train(store, 'champion', 0);
      await forecast(store, ['2026-01-05', 'champion'], ['2026-01-06', 'champion'], ['2026-01-07', 'before']);
      await forecast(store, ['2026-06-01', 'refused']);
      expect((await plan(store, 200)).forecasts).toEqual([
        key('2026-01-05', 'champion'),
        key('2026-01-07', 'before'),
      ]);
    });
  });
});

describe('pruning during changes of the pointer', () => {
  /** A store in which something happens right after the n-th change by pruning. */
  const happenAfter = (store: ObjectStore, n: number, happen: () => Promise<unknown>): ObjectStore => {
    let changes = 0;
    return {
      ...store,
      delete: async (key) => {
        await store.delete(key);
        if (++changes === n) await happen();
      },
    };
  };

  const withRefused = async () => {
    const store = createDatedStore();
    await train(store, 'champion', 0);
    for (const n of [1, 2, 3]) await train(store, `refused-${n}`, n, false);
    return store;
  };

  it('removes nothing that is promoted between plan and removal', async () => {
    const store = await withRefused();
    const planned = await plan(store, 100);
    await promote(store, 'refused-1', CONTRACT, day(100));
    await expect(pruneModels(store, planned)).rejects.toMatchObject({ code: 'conflict' });
    await expect(verifyStored(store, 'refused-1', CONTRACT)).resolves.toBeDefined();
  });

  it("prevents the promotion of a model that it removes between the promotion's check and write", async () => {
    const store = await withRefused();
    const planned = await plan(store, 100);
    const prunedMeanwhile: ObjectStore = {
      ...store,
      put: async (...args) => {
        if (args[0] === objectKeys.current && (await store.list('models/refused-1/')).length > 0) {
          await pruneModels(store, planned);
        }
        return store.put(...args);
      },
    };
    await expect(promote(prunedMeanwhile, 'refused-1', CONTRACT, day(100))).rejects.toThrow(
      'refused-1 is being removed by pruning',
    );
    await expect(promote(store, 'refused-1', CONTRACT, day(100))).rejects.toThrow('is being removed');
    expect((await readPointer(store))?.champion).toMatchObject({ version: 'champion', previous: [] });
  });

  it('marks models before it removes their first file', async () => {
    const store = await withRefused();
    const killed = happenAfter(store, 1, () => Promise.reject(new Error('killed')));
    await expect(pruneModels(killed, await plan(store, 100))).rejects.toThrow('killed');
    expect((await readPointer(store))?.pointer.removing).toEqual(['refused-1']);
  });

  it('leaves every remaining version whole if killed at any change, and resumes the next time', async () => {
    for (let at = 1; at <= 8; at++) {
      const store = createDatedStore();
      await train(store, 'old', 0);
      await train(store, 'champion', 1);
      for (const n of [2, 3, 4, 5]) await train(store, `refused-${n}`, n, false);
      const killed = happenAfter(store, at, () => Promise.reject(new Error('killed')));
      await expect(pruneModels(killed, await plan(store, 100))).rejects.toThrow('killed');
      for (const version of ['old', 'champion']) {
        await expect(verifyStored(store, version, CONTRACT)).resolves.toBeDefined();
      }
      await pruneModels(store, await plan(store, 100));
      const versions = new Set((await store.list('models/')).map((key) => key.split('/')[1]));
      expect([...versions].sort()).toEqual(['champion', 'old', 'refused-4', 'refused-5']);
    }
  });
});

describe('pruning of publications', () => {
  const later = (days: number) => new Date(AT.getTime() + days * DAY_MS);
  const openStore = async () => {
    const store = createDatedStore();
    store.now = AT;
    return fill(store);
  };

  it('removes what no remembered publication names, and nothing younger than a day', async () => {
    const store = await openStore();
    const stray = objectKeys.content('0'.repeat(64));
    await store.put(stray, '{}');
    const [first] = await store.list(objectKeys.publications);
    expect((await planPruning(store, NIGHT_RULES, later(0.9))).contents).toEqual([]);
    expect((await planPruning(store, NIGHT_RULES, later(1))).contents).toEqual([stray]);

    // Eight more nights: the first can no longer be rolled back to, but the objects that it shares stay.
    for (let night = 1; night <= 8; night++) {
      await publish(store, `night-${night}`, NEXT_NIGHT, {
        now: later(night),
        decision: sampleDecision(`night-${night}`, { action: 'refuse', champion: 'old' }),
      });
    }
    const remembered = (await readPointer(store))?.pointer.previous ?? [];
    expect(remembered).toHaveLength(7);
    const planned = await planPruning(store, NIGHT_RULES, later(10));
    expect(planned.contents).toContain(first);
    expect(planned.contents).toContain(stray);
    await pruneModels(store, planned);
    for (const entry of remembered) {
      const { dataset } = await readPublication(store, entry);
      for (const name of await publishedNames(store)) expect(await dataset.get(name)).not.toBeNull();
    }
  });

  it('keeps what the publication of a challenger names', async () => {
    const store = await openStore();
    const read = await readPointer(store);
    if (!read) throw new Error('nothing is in service');
    const { current, ...pointer } = read.pointer;
    await publish(store, 'new', OTHER_DATASET, { now: later(1) });
    const now = await readPointer(store);
    const { id, sha256 } = current;
    const challenged = { ...now?.pointer, previous: [], challenger: { id, sha256, share: 0.1 } };
    await store.put(objectKeys.current, JSON.stringify({ ...pointer, ...challenged }));
    expect((await planPruning(store, NIGHT_RULES, later(10))).contents).toEqual([]);
    await store.put(objectKeys.current, JSON.stringify({ ...pointer, ...challenged, challenger: undefined }));
    expect((await planPruning(store, NIGHT_RULES, later(10))).contents).toContain(objectKeys.publication(id));
  });
});
