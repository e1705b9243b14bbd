import type { Decision } from '../../../shared/artifacts/decision.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { Environment } from '../data/notes.ts';
import { windowSpan } from '../evaluate/backtest-dataset.ts';
import { backtestPage } from '../evaluate/backtest-report/backtest-page.ts';
import { backtestJson, backtestSubtitle } from '../evaluate/backtest-report/backtest-table.ts';
import { breakdownJson } from '../evaluate/backtest-report/breakdown-tables.ts';
import type { BacktestSummary } from '../evaluate/backtest-summary.ts';
import { type Breakdown, breakDown, type Segment } from '../evaluate/breakdown.ts';
import type { IntervalScores, PointScores } from '../evaluate/point-errors.ts';
import type { TrainedModel } from '../evaluate/train-model.ts';
import type { TrainingLoss } from '../model/recipe.ts';
import type { Metric, RunPart } from './mlflow/runs.ts';
import { PART_TAG, RUN_KEY_TAG, type RunRecord, VERSION_TAG } from './run-record.ts';

/** A training run whose model is made but not yet published. */
export interface FinishedTraining {
  readonly model: Pick<TrainedModel, 'backtest' | 'run' | 'curve'>;
  readonly manifest: Manifest;
  readonly decision: Decision;
  readonly startedAt: Date;
}

interface RunFacts extends FinishedTraining {
  readonly endedAt: Date;
  readonly environment: Environment;
  /** Why publishing failed; null if it did not fail or has not started. */
  readonly failure: string | null;
}

/**
 * A training run in MLflow: one run with everything that determined the model, a nested run for each window of the
 * backtest, and the backtest as a page and as JSON.
 */
export function describeRun(facts: RunFacts): RunRecord {
  const { model, manifest, decision, failure } = facts;
  const { backtest: summary, run: backtestRun, curve } = model;
  const breakdown = breakDown(
    backtestRun.results,
    summary,
    backtestRun.fitContext.series.map(({ family }) => family),
  );
  const { version, training, feature_hash } = manifest;
  const times = { start_time: facts.startedAt.getTime(), end_time: facts.endedAt.getTime() };
  const isPromoted = decision.action === 'promote';
  const about = {
    [VERSION_TAG]: version,
    dataset: training.dataset,
    last_day: training.last_day,
    feature_hash,
    decision: isPromoted ? 'promoted' : 'refused',
    decided_by: decision.by,
  };
  const reasons = decision.reasons.map((reason) => `- ${reason}`).join('\n');
  const ending = failure === null ? '' : `\n\nPublishing it failed: ${failure}`;
  const note = `${isPromoted ? 'Promoted' : 'Refused'} (${decision.by}):\n\n${reasons}${ending}`;
  const title = `Backtest of ${version}: ${training.dataset}`;
  return {
    schema_version: 1,
    version,
    run: {
      part: 'run',
      name: version,
      ...times,
      params: paramsOf(manifest, decision, summary),
      tags: {
        ...sourceTags(facts.environment),
        ...about,
        ...(decision.champion !== null && { champion_before: decision.champion }),
        [RUN_KEY_TAG]: version,
        [PART_TAG]: 'run',
        'mlflow.runName': version,
        'mlflow.note.content': note,
      },
      metrics: runMetrics({ summary, breakdown, decision, curve }, times.end_time),
    },
    windows: breakdown.window.map((segment): RunPart => {
      const part = `window ${segment.name}`;
      const span = windowSpan(toDayNumber(segment.name), summary.windowDays);
      return {
        part,
        name: span,
        ...times,
        params: { origin: segment.name, days: span, horizon: String(HORIZON) },
        tags: { [RUN_KEY_TAG]: version, [PART_TAG]: part, 'mlflow.runName': span, [VERSION_TAG]: version },
        metrics: metricsOf({ ...segmentScores(segment), count: segment.scores.model?.count }, times.end_time),
      };
    }),
    model: { description: note, tags: { ...about, publication: `${objectKeys.models}${version}/` } },
    reports: {
      'backtest.json': `${JSON.stringify({ ...backtestJson(summary), ...breakdownJson(breakdown) }, null, 1)}\n`,
      'backtest.html': backtestPage({ title, subtitle: backtestSubtitle(backtestRun), summary, breakdown }),
    },
  };
}

/** The recipe, the training data, and the gate's rules. */
function paramsOf(manifest: Manifest, decision: Decision, summary: BacktestSummary): Record<string, string> {
  const { training, feature_names, horizon, objective, target } = manifest;
  const { params, libraries, rounds, dataset, first_origin, last_day, rows, series } = training;
  const prefixed = (prefix: string, values: Readonly<Record<string, string | number>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
  const all = {
    ...params,
    rounds,
    objective,
    target,
    features: feature_names.length,
    horizon,
    dataset,
    first_origin,
    last_day,
    rows,
    series,
    windows: summary.windows.length,
    ...prefixed('gate', decision.evidence?.rules ?? {}),
    ...prefixed('library', libraries),
  };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

/**
 * `rmsle`, `wape` and those of every baseline: means over the windows, as the backtest reports them. MASE, bias and the
 * quality of the intervals: over all points. `window/...`: step = window, `horizon/...`: step = days ahead.
 * `train/...`: the loss of the final model on its training rows, step = trees.
 */
function runMetrics(
  {
    summary,
    breakdown,
    decision,
    curve,
  }: {
    readonly summary: BacktestSummary;
    readonly breakdown: Breakdown;
    readonly decision: Decision;
    /** The final model's loss on its training rows, by trees. */
    readonly curve: readonly TrainingLoss[];
  },
  at: number,
): Metric[] {
  const { baselines, windows_won, coverage80 } = backtestJson(summary);
  const means = Object.entries(summary.means).flatMap(([contender, { rmsle, wape }]) =>
    metricsOf({ rmsle, wape }, at, 0, contender in baselines ? `${contender}/` : ''),
  );
  const named = new Set(means.map(({ key }) => key));
  const all = metricsOf({ ...segmentScores(breakdown.all), windows_won, coverage80 }, at);
  return [
    ...means,
    ...all.filter(({ key }) => !named.has(key)),
    ...breakdown.window.flatMap((segment, i) => metricsOf(segmentScores(segment), at, i, 'window/')),
    ...breakdown.horizon.flatMap((segment) =>
      metricsOf(segmentScores(segment), at, Number(segment.name), 'horizon/'),
    ),
    ...curve.flatMap(({ metric, value, round }) =>
      // MLflow rejects "@", as in tweedie-nloglik@1.5.
      metricsOf({ [metric.replaceAll(/[^\w.-]/g, '-')]: value }, at, round, 'train/'),
    ),
    ...(decision.evidence?.windows ?? []).flatMap(({ origin, champion }) =>
      metricsOf({ rmsle: champion }, at, windowIndex(breakdown, origin), 'window/champion/'),
    ),
  ];
}

function windowIndex({ window }: Breakdown, origin: string): number {
  return window.findIndex(({ name }) => name === origin);
}

/** Scores by name, without those that are NaN. */
type Scores = Readonly<Record<string, number | undefined>>;

/** @param prefix of the names, such as `window/` */
function metricsOf(scores: Scores, timestamp: number, step = 0, prefix = ''): Metric[] {
  return Object.entries(scores).flatMap(([name, value]) =>
    value !== undefined && Number.isFinite(value) ? [{ key: prefix + name, value, step, timestamp }] : [],
  );
}

/**
 * The scores of a segment of the backtest: `rmsle`, ... of the model, `seasonal_naive/rmsle`, ... of every baseline,
 * `coverage80`, ... of the daily intervals, `cumulative/coverage80`, ... of those of cumulative demand.
 */
function segmentScores({ scores, interval, cumulative }: Segment): Record<string, number> {
  const entries = Object.entries(scores).flatMap(([contender, errors]) =>
    Object.entries(pointScores(errors)).map(
      ([name, value]) => [contender === MODEL ? name : `${contender}/${name}`, value] as const,
    ),
  );
  return {
    ...Object.fromEntries(entries),
    ...intervalScores(interval, ''),
    ...intervalScores(cumulative, 'cumulative/'),
  };
}

function pointScores({ rmsle, wape, mase, bias, mean_ratio, sum_wape }: PointScores): Record<string, number> {
  return { rmsle, wape, mase, bias, mean_ratio, sum_wape };
}

function intervalScores(scores: IntervalScores | null, prefix: string): Record<string, number> {
  if (!scores) return {};
  const { coverage80, width80, width80_share, pinball } = scores;
  const named = Object.entries({ coverage80, width80, width80_share, pinball });
  return Object.fromEntries(named.map(([name, value]) => [prefix + name, value]));
}

/**
 * The origin of a run, in the tags that MLflow's pages show: the command, and on GitHub the commit, the branch, who
 * started it and the address of the workflow run.
 */
function sourceTags(environment: Environment): Record<string, string> {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SHA, GITHUB_REF_NAME, GITHUB_ACTOR } =
    environment;
  const repository =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined;
  const tags = {
    'mlflow.source.name': 'npm run train',
    'mlflow.source.type': environment.CI ? 'JOB' : 'LOCAL',
    'mlflow.source.git.commit': GITHUB_SHA,
    'mlflow.source.git.branch': GITHUB_REF_NAME,
    'mlflow.source.git.repoURL': repository,
    'mlflow.user': GITHUB_ACTOR,
    workflow_run: repository && GITHUB_RUN_ID ? `${repository}/actions/runs/${GITHUB_RUN_ID}` : undefined,
  };
  return Object.fromEntries(
    Object.entries(tags).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
