import { describe, expect, it } from 'vitest';
import { summarizeBacktest } from '../../../../../workers/trainer/evaluate/backtest-summary.ts';
import { breakDown } from '../../../../../workers/trainer/evaluate/breakdown.ts';
import { GATE_DEFAULTS } from '../../../../../workers/trainer/evaluate/gate-rules/rules.ts';
import { CONFORMAL_DEFAULTS } from '../../../../../workers/trainer/evaluate/intervals/fit-intervals.ts';
import { describeRun, type FinishedTraining } from '../../../../../workers/trainer/tracking/describe-run.ts';
import { runRecordSchema } from '../../../../../workers/trainer/tracking/run-record.ts';
import { sampleDecision, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';
import { simulatedWindow } from '../../../../support/trainer/simulated-window.ts';

const VERSION = '2026-11-23T030000Z-abcdef12';
const windows = [1, 2, 3].map((seed, i) => simulatedWindow(seed, 17_000 + 16 * i, 0.2));
const summary = summarizeBacktest(windows, ['seasonal_naive', 'same_weekday_mean_4'], CONFORMAL_DEFAULTS);
const breakdown = breakDown(windows, summary, Array(200).fill('BREAD'));
const origins = breakdown.window.map(({ name }) => name);
const fitContext = {
  series: Array.from({ length: 200 }, () => ({ family: 'BREAD' })),
  xgboost: { version: '3' },
};
const backtestRun = {
  fitContext,
  results: windows,
  summary,
  recipe: { rounds: 1, params: { max_depth: 6 } },
};
const curve = [
  { round: 12, metric: 'tweedie-nloglik@1.5', value: 9 },
  { round: 24, metric: 'tweedie-nloglik@1.5', value: 7 },
];
const facts = {
  model: { backtest: summary, run: backtestRun, curve } as unknown as FinishedTraining['model'],
  manifest: sampleManifest(VERSION).manifest,
  decision: sampleDecision(VERSION, {
    champion: 'before',
    evidence: {
      rules: GATE_DEFAULTS,
      checks: [],
      windows: [{ origin: origins[1] ?? '', challenger: 0.2, champion: 0.3, source: 'recorded' }],
      means: {},
      dataset: 'small',
      last_day: '2016-12-31',
      shift_days: 0,
    },
  }),
  startedAt: new Date('2026-11-23T03:00:00Z'),
  endedAt: new Date('2026-11-23T03:05:00Z'),
  environment: {},
  failure: null,
};
const valuesOf = (metrics: readonly { key: string; value: number; step: number }[], name: string) =>
  metrics.filter(({ key }) => key === name).map(({ step, value }) => [step, value]);

describe('a training run in MLflow', () => {
  const { run, ...record } = describeRun(facts);

  it('has means over the windows, as the backtest reports them, and the rest over all points', () => {
    expect(valuesOf(run.metrics, 'rmsle')).toEqual([[0, summary.means.model?.rmsle]]);
    expect(valuesOf(run.metrics, 'seasonal_naive/wape')).toEqual([[0, summary.means.seasonal_naive?.wape]]);
    expect(valuesOf(run.metrics, 'mase')).toEqual([[0, breakdown.all.scores.model?.mase]]);
    expect(valuesOf(run.metrics, 'pinball')).toEqual([[0, breakdown.all.interval?.pinball]]);
    expect(valuesOf(run.metrics, 'windows_won')).toEqual([[0, 3]]);
    const steps = run.metrics.map(({ key, step }) => `${key} ${step}`);
    expect(new Set(steps).size).toBe(steps.length);
  });

  it('has curves by window and by days ahead, with the previous champion in the compared windows', () => {
    expect(valuesOf(run.metrics, 'window/rmsle')).toEqual(
      breakdown.window.map(({ scores }, i) => [i, scores.model?.rmsle]),
    );
    expect(valuesOf(run.metrics, 'horizon/same_weekday_mean_4/wape').map(([step]) => step)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
    expect(valuesOf(run.metrics, 'window/champion/rmsle')).toEqual([[1, 0.3]]);
    expect(valuesOf(run.metrics, 'train/tweedie-nloglik-1.5')).toEqual([
      [12, 9],
      [24, 7],
    ]);
  });

  it('has a nested run for each window, with every contender', () => {
    expect(record.windows.map(({ params }) => params.origin)).toEqual(origins);
    const [first] = record.windows;
    expect(valuesOf(first?.metrics ?? [], 'seasonal_naive/rmsle')).toEqual([
      [0, breakdown.window[0]?.scores.seasonal_naive?.rmsle],
    ]);
    expect(new Set([run, ...record.windows].map(({ part }) => part)).size).toBe(4);
  });

  it('records the decision and the rules', () => {
    expect(run.params).toMatchObject({ dataset: 'small', windows: '3', 'gate.max_worst_ratio': '1.1' });
    expect(run.tags).toMatchObject({ decision: 'promoted', champion_before: 'before', run_key: VERSION });
    expect(run.tags['mlflow.note.content']).toContain('it is better');
    const refused = { ...facts, decision: sampleDecision(VERSION, { action: 'refuse' }) };
    expect(describeRun(refused)).toMatchObject({ model: { tags: { decision: 'refused' } } });
    const failed = describeRun({ ...facts, failure: 'RangeError: the disk is full' });
    for (const note of [failed.run.tags['mlflow.note.content'], failed.model.description]) {
      expect(note).toContain('Publishing it failed: RangeError: the disk is full');
    }
  });

  it('has the backtest as a page and as JSON', () => {
    expect(Object.keys(record.reports)).toEqual(['backtest.json', 'backtest.html']);
    expect(JSON.parse(record.reports['backtest.json'] ?? '')).toMatchObject({
      rmsle: expect.closeTo(summary.means.model?.rmsle ?? 0, 4),
    });
    expect(record.reports['backtest.html']).toContain(`Backtest of ${VERSION}`);
  });

  it('survives serialisation, without metrics that are not a number', () => {
    const unknown = windows.map((window) => ({ ...window, scale: window.scale.map(() => Number.NaN) }));
    const model = {
      ...facts.model,
      run: { ...backtestRun, results: unknown },
    } as unknown as FinishedTraining['model'];
    const written = JSON.parse(JSON.stringify(describeRun({ ...facts, model })));
    expect(runRecordSchema.parse(written)).toEqual(written);
    expect(JSON.stringify([written.run, written.windows])).not.toMatch(/mase/);
  });

  it('names the commit and the workflow run on GitHub', () => {
    const environment = {
      CI: 'true',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'user/repo',
      GITHUB_RUN_ID: '42',
      GITHUB_SHA: 'c0ffee',
      MLFLOW_TRACKING_TOKEN: 'hidden',
    };
    const tracked = describeRun({ ...facts, environment });
    expect(tracked.run.tags).toMatchObject({
      'mlflow.source.type': 'JOB',
      'mlflow.source.git.commit': 'c0ffee',
      'mlflow.source.git.repoURL': 'https://github.com/user/repo',
      workflow_run: 'https://github.com/user/repo/actions/runs/42',
    });
    expect(JSON.stringify(tracked)).not.toContain('hidden');
  });
});
