import { readdir } from 'node:fs/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { sampleRecord } from '../../../../support/tracking/sample-record.ts';
import { type Plan, startProxy } from './proxy.ts';
import { readFiles, readHistory, readModel, readRuns } from './read-back.ts';
import { add, type Names, newNames, newSpool, send } from './sending-fixture.ts';

/** @param urlOf the server of the suite */
export function describeInterruptedSending(urlOf: (context: TestContext) => string): void {
  describe('sending that is broken off', () => {
    /** One window and one file are as many requests of every kind as can go wrong. */
    const short = () => {
      const { windows, artifacts, ...record } = sampleRecord('run-a');
      return { ...record, windows: windows.slice(0, 1), artifacts: artifacts.slice(0, 1) };
    };

    /** Everything that must hold once a run has arrived, however often it was tried. */
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
      expect(await readFiles(url, parent)).toEqual(['manifest.json']);
      const registered = await readModel(url, model);
      expect(registered.versions.map(({ run_id }) => run_id)).toEqual([parent]);
      expect(registered.champion).toBe('run-a');
    }

    const KINDS: readonly (readonly [string, number, (at: number) => Plan])[] = [
      // What it leaves is what a lost reply leaves, but for the reply: some of them will do.
      ['killed before a request', 3, (at) => (i) => (i < at ? 'pass' : 'refuse')],
      ['killed before a reply', 1, (at) => (i) => (i < at ? 'pass' : i === at ? 'lose' : 'refuse')],
      ['one reply lost, the rest arrives', 1, (at) => (i) => (i === at ? 'lose' : 'pass')],
    ];

    it.for(KINDS)('yields one run: %s, at every request by %i', async ([, stride, planAt], context) => {
      const url = urlOf(context);
      const proxy = await startProxy(url);
      for (let at = 0; ; at += stride) {
        const target = newNames();
        const spool = await newSpool();
        await add(spool, short(), '2026-11-23T03:00:00Z');
        proxy.plan(planAt(at));
        await send(spool, proxy.url, target);
        const requests = proxy.requests();
        const isThrough = requests.length <= at;
        // What a killed process leaves is its folder; a second one goes on from there.
        proxy.plan(() => 'pass');
        expect(await send(spool, proxy.url, target)).toMatchObject({ left: [] });
        // Deleted ones too: nothing is made twice.
        await expectOneRun(url, target, 'ALL');
        const arrived = requests.filter((name, i) => planAt(at)(i, name) !== 'refuse');
        const batches = [...arrived, ...proxy.requests()].filter((name) => name.endsWith('log-batch'));
        expect(batches.length, 'what is done is not done again').toBeLessThanOrEqual(3);
        expect(await readdir(spool.directory)).toEqual([]);
        if (isThrough) {
          expect(at).toBeGreaterThan(15);
          break;
        }
      }
      await proxy.stop();
    });

    it('yields one run when a request arrives after it was looked for in vain', async (context) => {
      const url = urlOf(context);
      const proxy = await startProxy(url);
      const target = newNames();
      const spool = await newSpool();
      await add(spool, short(), '2026-11-23T03:00:00Z');
      let isFirst = true;
      proxy.plan((_, name) => {
        if (!isFirst || !name.endsWith('runs/create')) return 'pass';
        isFirst = false;
        return 'delay';
      });
      expect(await send(spool, proxy.url, target)).toMatchObject({ left: [] });
      expect(proxy.requests().filter((name) => name.endsWith('runs/create'))).toHaveLength(3);
      await expectOneRun(url, target);
      await proxy.stop();
    });

    it('begins anew, and finds what is there, when what was noted is lost or of a server that has lost its data', async (context) => {
      const url = urlOf(context);
      const target = newNames();
      const spool = await newSpool();
      const progress = {
        target: `${url} ${target.experiment} ${target.model}`,
        experiment_id: '987654321',
        runs: { run: { run_id: '0123456789abcdef0123456789abcdef', artifact_uri: 'mlflow-artifacts:/1/2' } },
        done: ['run: batch 1'],
      };
      for (const found of [1, 2]) {
        await add(spool, short(), '2026-11-23T03:00:00Z');
        const [entry] = await spool.list();
        await entry?.writeProgress(progress);
        expect(await send(spool, url, target), `time ${found}`).toMatchObject({ left: [] });
        await expectOneRun(url, target);
      }
    });
  });
}
