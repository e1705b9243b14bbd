import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { createModelsCommand } from '../../../../../workers/trainer/cli/models-command.ts';
import { runTraining } from '../../../../../workers/trainer/cli/run-training.ts';
import { TRAINING_DEFAULTS } from '../../../../../workers/trainer/model/parameters.ts';
import { createTracker } from '../../../../../workers/trainer/tracking/tracker.ts';
import { type MlflowServer, startMlflowServer } from '../../../../support/stand-ins/mlflow-server.ts';
import { SAMPLE_FILES, sampleRecord } from '../../../../support/tracking/sample-record.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';
import { describeInterruptedSending } from './describe-interrupted-sending.ts';
import { loadChampion } from './load-champion.ts';
import { startProxy } from './proxy.ts';
import { call, readFileOf, readFiles, readHistory, readModel, readRuns } from './read-back.ts';
import { add, environmentOf, newDirectory, newNames, newSpool, send } from './sending-fixture.ts';

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
  it('is there with params, metrics by step, nested runs, files and a champion, which goes back on a rollback', async (context) => {
    const url = urlOf(context);
    const xgboost = await openXgboostOrSkip(context);
    const out = await newDirectory();
    const spool = await newDirectory();
    const target = newNames();
    const notes: string[] = [];
    const tracker = createTracker({
      environment: { ...environmentOf(url, target, spool), GITHUB_SHA: 'c0ffee' },
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
      expect.stringContaining(`sent 20261123T080000000Z-${first.manifest.version} to ${url}`),
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
    expect(await readdir(spool)).toEqual([]);
  });

  it('goes without its files to a server that does not pass them on, and says so', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    await call(url, 'experiments/create', {
      name: target.experiment,
      artifact_location: 's3://bucket/mlflow',
    });
    const spool = await newSpool();
    await add(spool, sampleRecord('without-files'), '2026-11-23T03:00:00Z');
    const { sent, left, notes } = await send(spool, url, target);
    expect({ sent: sent.length, left }).toEqual({ sent: 1, left: [] });
    expect(notes.join()).toContain('s3://bucket/mlflow');
    const run = (await readRuns(url, target.experiment)).find(({ tags }) => tags.part === 'run');
    expect(run?.tags.files).toContain('not sent');
    expect((await readModel(url, target.model)).champion).toBe('without-files');
  });
});

describe('a server without a model registry', () => {
  it('gets the run, and a note says what is left out', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    const spool = await newSpool();
    await add(spool, sampleRecord('unregistered'), '2026-11-23T03:00:00Z');
    const proxy = await startProxy(url, { without: /registered-models|model-versions/ });
    const { left, notes } = await send(spool, proxy.url, target);
    await proxy.stop();
    expect(left).toEqual([]);
    expect(notes.join()).toContain('no model registry');
    expect(await readRuns(url, target.experiment)).toHaveLength(3);
  });
});

describe('the champion in MLflow', () => {
  it('is what was decided last, in whatever order it is told', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    const spool = await newSpool();
    const newer = sampleRecord('newer', { champion_since: '2026-11-24T03:00:00.000Z' });
    await add(spool, newer, '2026-11-24T03:00:00Z');
    await send(spool, url, target);
    await add(spool, sampleRecord('older'), '2026-11-23T03:00:00Z');
    await send(spool, url, target);
    const model = await readModel(url, target.model);
    expect(model.versions).toHaveLength(2);
    expect(model.champion).toBe('newer');
  });

  it('is nobody when a model goes into service that MLflow has never heard of', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    const spool = await newSpool();
    await add(spool, sampleRecord('known'), '2026-11-23T03:00:00Z');
    const champion_since = '2026-11-24T03:00:00.000Z';
    await add(
      spool,
      { schema_version: 1, kind: 'champion', key: 'unknown', champion_since },
      '2026-11-24T03:00:00Z',
    );
    const { left, notes } = await send(spool, url, target);
    expect(left).toEqual([]);
    expect(notes.join()).toContain('unknown is in service');
    expect((await readModel(url, target.model)).champion).toBe(null);
  });
});

describeInterruptedSending(urlOf);

describe('a server that is away', () => {
  it('gets both runs, in their order, once it is back: by the next run, or by npm run tracking', async (context) => {
    const url = urlOf(context);
    const target = newNames();
    const spool = await newSpool();
    const gone = await startProxy(url);
    await gone.stop();
    await add(spool, sampleRecord('first'), '2026-11-23T03:00:00Z');
    const later = { champion_since: '2026-11-24T03:00:00.000Z' };
    await add(spool, sampleRecord('second', later), '2026-11-24T03:00:00Z');
    const { sent, left } = await send(spool, gone.url, target);
    expect(sent).toEqual([]);
    expect(left.map(({ reason }) => reason)).toEqual(Array(2).fill(expect.stringContaining('ECONNREFUSED')));

    const env = { ...process.env, ...environmentOf(url, target, spool.directory) };
    const npmTracking = (command: string) =>
      runFile(process.execPath, [join(ROOT, 'workers/trainer/cli/tracking.ts'), command], { cwd: ROOT, env });
    expect((await npmTracking('list')).stdout).toMatch(/training run of first[\s\S]*training run of second/);
    expect((await npmTracking('send')).stdout).toContain('sent 2 entries');
    expect((await npmTracking('list')).stdout).toContain('nothing waits');
    const model = await readModel(url, target.model);
    expect(model.versions).toHaveLength(2);
    expect(model.champion).toBe('second');
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

  it.for(CASES)('open a server below a path with %s authentication', async ([kind, credentials], context) => {
    const url = urlOf(context);
    const target = newNames();
    const spool = await newSpool();
    await add(spool, sampleRecord('with-credentials'), '2026-11-23T03:00:00Z');
    const proxy = await startProxy(url, {
      prefix: '/user/repo.mlflow',
      authorization: headerOf[kind],
    });
    const wrong = { MLFLOW_TRACKING_USERNAME: 'ana', MLFLOW_TRACKING_PASSWORD: 'not-this-one' };
    const denied = await send(spool, proxy.url, target, wrong);
    expect(denied.left[0]?.reason).toContain('MLFLOW_TRACKING_PASSWORD');
    expect(JSON.stringify(denied)).not.toMatch(/not-this-one|Basic \w/);
    expect(proxy.requests()).toHaveLength(1);

    const { left } = await send(spool, `${proxy.url}/`, target, credentials);
    await proxy.stop();
    expect(left).toEqual([]);
    const parent = (await readRuns(url, target.experiment)).find(({ tags }) => tags.part === 'run');
    expect(await readFiles(url, parent?.info.run_id ?? '')).toEqual([...SAMPLE_FILES.keys()]);
  });
});
