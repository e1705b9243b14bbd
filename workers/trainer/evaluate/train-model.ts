import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { FEATURE_FINGERPRINT, FEATURE_NAMES, HORIZON } from '../../../shared/features/index.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { type Dataset, lastDayOf } from '../data/dataset.ts';
import type { ReportProgress } from '../data/progress.ts';
import { packModel } from '../model/pack-model.ts';
import type { TrainingOptions } from '../model/parameters.ts';
import { fitRecipe, predictorOf, type TrainingLoss } from '../model/recipe.ts';
import type { RowLayout } from '../model/training-set/row-layout.ts';
import type { TrainingRows } from '../model/training-set/training-rows.ts';
import type { Booster, Xgboost } from '../model/xgboost/xgboost.ts';
import { type BacktestRun, backtestDataset } from './backtest-dataset.ts';
import { type BacktestSummary, treesRmsle } from './backtest-summary.ts';
import { forecastPanel } from './contenders.ts';
import type { ForecastsAhead } from './gate-rules/judge.ts';
import { runBacktest } from './run-backtest.ts';
import { treesFrom } from './windows.ts';

/** A model, its description, and its files. */
export interface TrainedModel {
  /** The manifest without the fields set by publishing: version, time and hashes of the files. */
  readonly description: Omit<Manifest, 'version' | 'created_at' | 'files'>;
  readonly backtest: BacktestSummary;
  /** The windows of the backtest, and the inputs of their forecasts. */
  readonly run: BacktestRun;
  /** RMSLE of the final model's trees on the last window, which they were trained on. */
  readonly seenRmsle: number;
  /** The final model's forecasts of all series for the days ahead. */
  readonly ahead: ForecastsAhead;
  /** The loss on the final model's rows, by round. */
  readonly curve: readonly TrainingLoss[];
  /** The model as XGBoost writes it. */
  readonly ubj: Uint8Array;
  /** The same model as the edge loads it. */
  readonly packed: Uint8Array;
}

/**
 * Backtests and fits a model on a dataset that ends with the last finished day. The model is refitted before each
 * window of the backtest on the days before it, as in the nightly run.
 *
 * @param alignTo an origin of an earlier backtest with which all windows of this one but the last are aligned
 * @throws {TooFewDaysError | NoTrainingRowsError | XgboostError | EngineMismatchError}
 */
export async function trainModel(
  dataset: Dataset,
  options: TrainingOptions,
  xgboost: Xgboost,
  onProgress: ReportProgress,
  alignTo?: DayNumber,
): Promise<TrainedModel> {
  const { panel } = dataset;
  const lastDay = lastDayOf(panel);
  const run = await backtestDataset({
    dataset,
    options,
    xgboost,
    onProgress,
    ...(alignTo !== undefined && { alignTo }),
  });
  const { fitContext, recipe, summary } = run;

  const curve: TrainingLoss[] = [];
  const { booster, rows, layout } = await fitRecipe(
    fitContext,
    recipe,
    lastDay,
    (part, done, total) => onProgress(`final model: ${part}`, done, total),
    undefined,
    (loss) => curve.push(loss),
  );
  using model = booster;
  const ubj = model.save();
  const packed = await packModel(ubj, rows.features, model, xgboost);
  return {
    backtest: summary,
    run,
    seenRmsle: await seenRmsle(run, model, layout),
    ahead: checkAhead(run, model, layout, lastDay),
    curve,
    ubj,
    packed,
    description: describeModel({ dataset, xgboost, run, rows, layout, lastDay }),
  };
}

/** Number of implausible forecasts that are named. */
const MOST_EXAMPLES = 3;

/** Forecasts every series from the last finished day, as they will be served, and finds those that had to be replaced. */
function checkAhead(
  { fitContext }: BacktestRun,
  model: Booster,
  layout: RowLayout,
  lastDay: DayNumber,
): ForecastsAhead {
  const { series } = fitContext;
  const predict = predictorOf(fitContext, model, layout.columns);
  const { implausible = [] } = forecastPanel(series, lastDay, layout, predict);
  const examples = implausible.slice(0, MOST_EXAMPLES).map(({ point, units, usual }) => {
    const member = series[Math.floor(point / HORIZON)];
    const date = toIsoDate(lastDay + 1 + (point % HORIZON));
    return `${member?.storeNbr}/${member?.family} on ${date}: ${Math.round(units)} units, where it usually sells ${Math.round(usual)}`;
  });
  return { points: series.length * HORIZON, implausible: implausible.length, examples };
}

async function seenRmsle(
  { fitContext, results }: BacktestRun,
  model: Booster,
  layout: RowLayout,
): Promise<number> {
  const { series } = fitContext;
  const forecast = async (origin: DayNumber) =>
    forecastPanel(series, origin, layout, predictorOf(fitContext, model, layout.columns));
  const origins = results.slice(-1).map(({ origin }) => origin);
  const [seen] = await runBacktest(series, origins, [{ name: MODEL, forecast }], () => undefined);
  return seen ? treesRmsle(seen) : Number.NaN;
}

function describeModel(facts: {
  readonly dataset: Dataset;
  readonly xgboost: Xgboost;
  readonly run: BacktestRun;
  readonly rows: TrainingRows;
  readonly layout: RowLayout;
  readonly lastDay: DayNumber;
}): TrainedModel['description'] {
  const { dataset, rows, layout } = facts;
  const { promotionResponse = null, peers = null, smoothingShare = 0 } = layout;
  const { categories, recipe, roundsChoice, summary } = facts.run;
  return {
    schema_version: 1,
    feature_names: [...FEATURE_NAMES],
    feature_hash: FEATURE_FINGERPRINT,
    categories: Object.fromEntries(Object.entries(categories).map(([name, values]) => [name, [...values]])),
    horizon: HORIZON,
    objective: String(recipe.params.objective),
    target: promotionResponse ? 'log1p_less_promotion_minus_anchor' : 'log1p_minus_anchor',
    ...(promotionResponse && { promotion_response: promotionResponse }),
    ...(peers && { peer_levels: peers }),
    ...(smoothingShare > 0 && { smoothing_share: smoothingShare }),
    conformal: summary.conformal,
    backtest: { windows: [...summary.windows], pooled: { ...summary.pooled } },
    training: {
      dataset: dataset.name,
      first_origin: toIsoDate(rows.firstOrigin),
      last_day: toIsoDate(facts.lastDay),
      rows: recipe.isSmoothing ? 0 : rows.count,
      series: dataset.panel.series.length,
      params: {
        ...recipe.params,
        max_rows: recipe.maxRows,
        origin_stride: recipe.originStride,
        training_days: recipe.trainingDays,
      },
      rounds: recipe.rounds,
      ...(recipe.isSmoothing && { trees_from: toIsoDate(treesFrom(dataset.panel.firstDay)) }),
      ...(roundsChoice && { rounds_choice: roundsChoice }),
      libraries: { xgboost: facts.xgboost.version, node: process.versions.node },
    },
  };
}
