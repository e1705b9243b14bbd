import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { createModelsCommand } from '../../../../../workers/trainer/cli/models-command.ts';
import { runTraining } from '../../../../../workers/trainer/cli/run-training.ts';
import { TRAINING_DEFAULTS } from '../../../../../workers/trainer/model/parameters.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { createTracker } from '../../../../../workers/trainer/tracking/tracker.ts';
import { type MlflowServer, startMlflowServer } from '../../../../support/stand-ins/mlflow-server.ts';
import {
  SAMPLE_FILES,
  sampleRecord,
  serve,
  storeOf,
  storeRun,
  storeSampleModel,
} from '../../../../support/tracking/stored-runs.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';
import { describeInterruptedLogging } from './describe-interrupted-logging.ts';
import { loadChampion } from './load-champion.ts';
import { environmentOf, log, newDirectory, newNames } from './logging-fixture.ts';
import { startProxy } from './proxy.ts';
import { call, readFileOf, readFiles, readHistory, readModel, readRuns } from './read-back.ts';

const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));
const runFile = promisify(execFile);

let server: MlflowServer | null = null;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server?.stop());

function urlOf(context: TestContext): string {
  if (!server) return context.skip('MLflow is not installed');
  return server.url;
}

describe('a training run in MLflow', () => {
  it('has params, metrics by step, nested runs, files and a champion, which follows a rollback', async (context) => {
    const url = urlOf(context);
    const xgboost = await openXgboostOrSkip(context);
    const out = await newDirectory();
    const target = newNames();
    const notes: string[] = [];
    const tracker = createTracker({
      environment: { ...environmentOf(url, target), GITHUB_SHA: 'c0ffee' },
      now: () => new Date('2026-11-24T09:00:00Z'),
      onProgress: () => undefined,
      onNote: (note) => notes.push(note),
    });
    const train = (today: string) =>
      runTraining(
        {
          ...TRAINING_DEFAULTS,
          windows: 4,
          ...{
            dataset: 'synthetic',
            stores: 2,
            families: 4,
            timeTravel: true,
            rounds: 20,
            treesPerRound: 1,
            maxRows: 5000,
          },
          out,
        },
        {
          ...{ now: new Date(`${today}T08:00:00Z`), today, xgboost, tracker },
          onProgress: () => undefined,
          onNote: () => undefined,
        },
      );
    const first = await train('2026-11-23');
    const second = await train('2026-11-24');
    expect(notes).toEqual([
      expect.stringContaining(`logged ${first.manifest.version} to ${url}`),
      expect.stringContaining(second.manifest.version),
    ]);

    const runs = await readRuns(url, target.experiment);
    const parents = runs.filter(({ tags }) => tags['mlflow.parentRunId'] === undefined);
    expect(parents.map(({ info }) => info.run_name).sort()).toEqual([
      first.manifest.version,
      second.manifest.version,
    ]);
    const run = parents.find(({ info }) => info.run_name === second.manifest.version);
    if (!run) throw new Error('the second run is missing');
    expect(run.info).toMatchObject({
      status: 'FINISHED',
      start_time: Date.parse('2026-11-24T08:00:00Z'),
      end_time: Date.parse('2026-11-24T09:00:00Z'),
    });
    const { training, feature_hash } = second.manifest;
    expect(run.params).toMatchObject({
      rounds: '20',
      max_rows: '5000',
      eta: '0.05',
      windows: '4',
      dataset: training.dataset,
      'gate.tie': '0.005',
      'library.xgboost': xgboost.version,
    });
    expect(run.tags).toMatchObject({
      version: second.manifest.version,
      dataset: training.dataset,
      feature_hash,
      decision: 'promoted',
      champion_before: first.manifest.version,
      'mlflow.source.git.commit': 'c0ffee',
    });
    const { backtest } = second.model;
    expect(run.metrics.rmsle).toBe(backtest.means.model?.rmsle);
    expect(run.metrics['seasonal_naive/wape']).toBe(backtest.means.seasonal_naive?.wape);
    for (const name of ['mase', 'bias', 'pinball', 'width80', 'coverage80', 'naive_364/mase']) {
      expect(run.metrics, name).toHaveProperty([name]);
    }
    expect(await readHistory(url, run.info.run_id, 'window/rmsle')).toEqual(
      backtest.windows.map(({ scores }, i) => [i, expect.closeTo(scores.model?.rmsle ?? 0, 12)]),
    );
    expect(await readHistory(url, run.info.run_id, 'window/champion/rmsle')).toHaveLength(4);
    expect(await readHistory(url, run.info.run_id, 'horizon/wape')).toHaveLength(16);
    const losses = await readHistory(url, run.info.run_id, 'train/rmse');
    expect(losses.map(([step]) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(losses.at(-1)?.[1]).toBeLessThan((losses[0]?.[1] ?? 0) / 1.3);

    const windows = runs.filter(({ tags }) => tags['mlflow.parentRunId'] === run.info.run_id);
    expect(windows.map(({ params }) => params.origin).sort()).toEqual(
      backtest.windows.map(({ origin }) => origin),
    );
    for (const window of windows) {
      const scores = backtest.windows.find(({ origin }) => origin === window.params.origin)?.scores;
      expect(window.metrics.rmsle).toBeCloseTo(scores?.model?.rmsle ?? 0, 12);
      expect(window.metrics['seasonal_naive/rmsle']).toBeCloseTo(scores?.seasonal_naive?.rmsle ?? 0, 12);
    }

    expect(await readFiles(url, run.info.run_id)).toEqual([
      'backtest.html',
      'backtest.json',
      'data-checks.json',
      'decision.json',
      'manifest.json',
      'model/MLmodel',
      'model/model.ubj',
    ]);
    const stored = await readFile(join(out, 'models', second.manifest.version, 'manifest.json'));
    expect(Buffer.from(await readFileOf(url, run.info.run_id, 'manifest.json'))).toEqual(stored);
    expect(await readFileOf(url, run.info.run_id, 'model/model.ubj')).toEqual(
      new Uint8Array(await readFile(join(out, 'models', second.manifest.version, 'model.ubj'))),
    );

    const model = await readModel(url, target.model);
    expect(model.versions).toHaveLength(2);
    expect(model.versions[1]).toMatchObject({
      run_id: run.info.run_id,
      source: `${run.info.artifact_uri}/model`,
      status: 'READY',
    });
    expect(model.champion).toBe(second.manifest.version);

    const columns = second.manifest.feature_names.length;
    const rows = Array.from({ length: 7 }, (_, row) =>
      Array.from({ length: columns }, (_, column) => Math.fround(Math.sin(row * columns + column) * 5)),
    );
    const engine = await createEngine();
    expect(await loadChampion(url, target.model, rows)).toEqual({
      kind: 'Booster',
      rounds: 20,
      predictions: [...engine.load(second.model.ubj).predict(Float32Array.from(rows.flat()))],
    });

    const command = createModelsCommand(new Date('2026-11-24T10:00:00Z'), () => undefined, tracker);
    await command.parseAsync(['rollback', '--in', out], { from: 'user' });
    expect((await readModel(url, target.model)).champion).toBe(first.manifest.version);
  });

  it('is logged without files to a server that does not accept them, with a note', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    await call(url, 'experiments/create', {
      name: target.experiment,
      artifact_location: 's3://bucket/mlflow',
    });
    const { logged, left, notes } = await log(await storeOf('without-files'), url, target);
    expect({ logged, left }).toEqual({ logged: ['without-files'], left: [] });
    expect(notes.join()).toContain('s3://bucket/mlflow');
    const run = (await readRuns(url, target.experiment)).find(({ tags }) => tags.part === 'run');
    expect(run?.tags.files).toContain('not sent');
    expect((await readModel(url, target.model)).champion).toBe('without-files');
  });
});

describe('a server without a model registry', () => {
  it('gets the run, with a note about what is left out', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    const proxy = await startProxy(url, { without: /registered-models|model-versions/ });
    const { left, notes } = await log(await storeOf('unregistered'), proxy.url, target);
    await proxy.stop();
    expect(left).toEqual([]);
    expect(notes.join()).toContain('no model registry');
    expect(await readRuns(url, target.experiment)).toHaveLength(3);
  });
});

describe('the champion in MLflow', () => {
  it('is the model in service, in whatever order runs are logged', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    const store = await storeOf('newer');
    await log(store, url, target);
    await storeRun(store, sampleRecord('older'));
    await log(store, url, target);
    const model = await readModel(url, target.model);
    expect(model.versions).toHaveLength(2);
    expect(model.champion).toBe('newer');
  });

  it('is unset when a model goes into service that MLflow does not know', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    const store = await storeOf('known');
    await log(store, url, target);
    expect((await readModel(url, target.model)).champion).toBe('known');
    await storeSampleModel(store, 'unknown');
    await serve(store, 'unknown');
    const { left, notes } = await log(store, url, target);
    expect(left).toEqual([]);
    expect(notes.join()).toContain('unknown is in service');
    expect((await readModel(url, target.model)).champion).toBe(null);
  });
});

describeInterruptedLogging(urlOf);

describe('an unreachable server', () => {
  it('gets both runs, in order, once it is back: by the next run, or by npm run tracking', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    const gone = await startProxy(url);
    await gone.stop();
    const out = await newDirectory();
    const store = createDirectorySink(out);
    for (const version of ['a-first', 'b-second']) {
      await storeRun(store, sampleRecord(version));
      await serve(store, version);
      await expect(log(store, gone.url, target)).rejects.toThrow('ECONNREFUSED');
    }

    const env = { ...process.env, ...environmentOf(url, target) };
    const npmTracking = (...args: readonly string[]) =>
      runFile(process.execPath, [join(ROOT, 'workers/trainer/cli/tracking.ts'), '--in', out, ...args], {
        cwd: ROOT,
        env,
      });
    expect((await npmTracking('--dry-run')).stdout).toContain('missing or incomplete: a-first, b-second');
    expect((await npmTracking()).stdout).toContain('logged 2 runs');
    expect((await npmTracking('--dry-run')).stdout).toContain('has every run');
    expect((await npmTracking()).stdout).toContain('has every run');
    const model = await readModel(url, target.model);
    expect(model.versions).toHaveLength(2);
    expect(model.champion).toBe('b-second');
  });
});

describe('credentials', () => {
  const CASES = [
    ['basic', { MLFLOW_TRACKING_USERNAME: 'ana', MLFLOW_TRACKING_PASSWORD: 'très secret' }],
    ['bearer', { MLFLOW_TRACKING_TOKEN: 'a-secret-token' }],
  ] as const;
  const headerOf = {
    basic: `Basic ${Buffer.from('ana:très secret').toString('base64')}`,
    bearer: 'Bearer a-secret-token',
  };

  it.for(CASES)(
    'give access to a server below a path with %s authentication',
    async ([kind, credentials], context) => {
      const url = urlOf(context);
      const target = newNames();
      const store = await storeOf('with-credentials');
      const proxy = await startProxy(url, {
        prefix: '/user/repo.mlflow',
        authorization: headerOf[kind],
      });
      const wrong = { MLFLOW_TRACKING_USERNAME: 'ana', MLFLOW_TRACKING_PASSWORD: 'not-this-one' };
      const denied = await log(store, proxy.url, target, wrong).catch(String);
      expect(denied).toContain('MLFLOW_TRACKING_PASSWORD');
      expect(denied).not.toMatch(/not-this-one|Basic \w/);
      expect(proxy.requests()).toHaveLength(1);

      const { left } = await log(store, `${proxy.url}/`, target, credentials);
      await proxy.stop();
      expect(left).toEqual([]);
      const parent = (await readRuns(url, target.experiment)).find(({ tags }) => tags.part === 'run');
      expect(await readFiles(url, parent?.info.run_id ?? '')).toEqual(SAMPLE_FILES);
    },
  );
});
