import { describe, expect, it, type TestContext } from 'vitest';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { newStore, sampleRecord, serve, storeRun } from '../../../../support/tracking/stored-runs.ts';
import { log, missing, type Names, newNames } from './logging-fixture.ts';
import { type Plan, startProxy } from './proxy.ts';
import { readFiles, readHistory, readModel, readRuns } from './read-back.ts';

/** Every third request; all of them in `npm run test:extended`. */
const STRIDE = process.env.ALL_RUNS === '1' ? 1 : 3;

/** @param urlOf the server of the suite */
export function describeInterruptedLogging(urlOf: (context: TestContext) => string): void {
  describe('interrupted logging', () => {
    /** One window, and no files except the model's, cover every kind of request that can fail. */
    const storeOfShortRun = async (): Promise<ObjectStore> => {
      const store = newStore();
      const { windows, ...record } = sampleRecord('run-a');
      await storeRun(store, { ...record, windows: windows.slice(0, 1), reports: {} });
      await serve(store, 'run-a');
      return store;
    };

    /** Everything that must hold once a run is logged, however many attempts it took. */
    async function expectOneRun(url: string, { experiment, model }: Names, view?: 'ALL') {
      const runs = await readRuns(url, experiment, view);
      expect(runs.map(({ tags }) => tags.part).sort()).toEqual(['run', 'window 2026-11-01']);
      expect(runs.map(({ info }) => info.status)).toEqual(['FINISHED', 'FINISHED']);
      const parent = runs.find(({ tags }) => tags.part === 'run')?.info.run_id ?? '';
      expect(runs.flatMap(({ tags }) => tags['mlflow.parentRunId'] ?? [])).toEqual([parent]);
      expect(await readHistory(url, parent, 'rmsle')).toEqual([
        [0, 0.5],
        [1, 0.75],
      ]);
      expect(await readFiles(url, parent)).toEqual(['manifest.json', 'model/MLmodel', 'model/model.ubj']);
      const registered = await readModel(url, model);
      expect(registered.versions.map(({ run_id }) => run_id)).toEqual([parent]);
      expect(registered.champion).toBe('run-a');
    }

    const KINDS: readonly (readonly [string, number, (at: number) => Plan])[] = [
      // It leaves what a lost reply leaves, except for the reply, so a sample is enough.
      ['killed before a request', 3, (at) => (i) => (i < at ? 'pass' : 'refuse')],
      ['killed before a reply', STRIDE, (at) => (i) => (i < at ? 'pass' : i === at ? 'lose' : 'refuse')],
      ['one reply lost, the rest arrives', STRIDE, (at) => (i) => (i === at ? 'lose' : 'pass')],
    ];

    it.for(KINDS)('yields one run: %s, at every request by %i', async ([, stride, planAt], context) => {
      const url = urlOf(context);
      const proxy = await startProxy(url);
      for (let at = 0; ; at += stride) {
        const target = newNames();
        const store = await storeOfShortRun();
        proxy.plan(planAt(at));
        await log(store, proxy.url, target).catch(() => undefined);
        const requests = proxy.requests();
        const isThrough = requests.length <= at;
        // What a killed process leaves is on the server; a second one continues from there.
        proxy.plan(() => 'pass');
        expect(await log(store, proxy.url, target)).toMatchObject({ left: [] });
        // Including deleted ones: nothing is created twice.
        await expectOneRun(url, target, 'ALL');
        const arrived = requests.filter((name, i) => planAt(at)(i, name) !== 'refuse');
        const batches = [...arrived, ...proxy.requests()].filter((name) => name.endsWith('log-batch'));
        expect(batches.length, 'what is done is not done again').toBeLessThanOrEqual(3);
        expect(await missing(store, url, target)).toEqual([]);
        if (isThrough) {
          expect(at).toBeGreaterThan(15);
          break;
        }
      }
      await proxy.stop();
    });

    it('yields one run if a request arrives after a search has not found it', async (context) => {
      const url = urlOf(context);
      const proxy = await startProxy(url);
      const target = newNames();
      const store = await storeOfShortRun();
      let isFirst = true;
      proxy.plan((_, name) => {
        if (!isFirst || !name.endsWith('runs/create')) return 'pass';
        isFirst = false;
        return 'delay';
      });
      expect(await log(store, proxy.url, target)).toMatchObject({ left: [] });
      expect(proxy.requests().filter((name) => name.endsWith('runs/create'))).toHaveLength(3);
      await expectOneRun(url, target);
      await proxy.stop();
    });

    it('starts again on a server that has lost its data, and finds the existing run on one that has not', async (context) => {
      const url = urlOf(context);
      const store = await storeOfShortRun();
      const targets = [newNames(), newNames()] as const;
      for (const target of targets) {
        expect(await log(store, url, target)).toMatchObject({ logged: ['run-a'], left: [] });
      }
      for (const target of targets) {
        expect(await log(store, url, target)).toMatchObject({ logged: [], left: [] });
        await expectOneRun(url, target, 'ALL');
      }
    });
  });
}
