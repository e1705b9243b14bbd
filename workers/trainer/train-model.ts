import { type DayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import {
  type Categories,
  createCategories,
  FEATURE_NAMES,
  featureDefinitionHash,
  HORIZON,
} from '../../shared/features/index.ts';
import { CONFORMAL_DEFAULTS } from '../../shared/forecast/intervals.ts';
import type { Manifest } from '../../shared/schemas/manifest.ts';
import { forecastWindow } from './backtest/forecast-window.ts';
import { type BacktestSummary, summarizeBacktest } from './backtest/summarize.ts';
import type { WindowResult } from './backtest/window-result.ts';
import { backtestOrigins } from './backtest/windows.ts';
import type { Dataset } from './datasets/dataset.ts';
import { fitBooster } from './fit.ts';
import { packModel } from './pack-model.ts';
import { boosterParams, type TrainingOptions } from './training-options.ts';
import { openPanelSeries, type PanelSeries } from './training-set/panel-series.ts';
import { buildTrainingRows, type TrainingRows } from './training-set/training-rows.ts';
import type { Booster, Xgboost } from './xgboost/xgboost.ts';

/** Told what is being done and how far it is. */
export type ReportProgress = (step: string, done: number, total: number) => void;

/** A model, everything known about it, and its files. */
export interface TrainedModel {
  /** The manifest without what only publishing knows: version, time and hashes of the files. */
  readonly description: Omit<Manifest, 'version' | 'created_at' | 'files'>;
  readonly backtest: BacktestSummary;
  /** The model as XGBoost writes it. */
  readonly ubj: Uint8Array;
  /** The same model as the edge loads it. */
  readonly packed: Uint8Array;
}

/**
 * Backtests and fits a model on a dataset that ends with the last closed day. Before each window of the backtest the
 * model is fitted anew on the days before it, as the nightly run does.
 *
 * @throws {TooFewDaysError | NoTrainingRowsError | XgboostError | EngineMismatchError}
 */
export async function trainModel(
  dataset: Dataset,
  options: TrainingOptions,
  xgboost: Xgboost,
  onProgress: ReportProgress,
): Promise<TrainedModel> {
  const { panel } = dataset;
  const lastDay = panel.firstDay + panel.dayCount - 1;
  const categories = createCategories(dataset.stores, dataset.families);
  const series = openPanelSeries(dataset, categories);
  const origins = backtestOrigins(panel.firstDay, lastDay, options.windows);

  const results: WindowResult[] = [];
  for (const [i, origin] of origins.entries()) {
    const label = `window ${i + 1} of ${origins.length}`;
    const rows = selectRows(series, options, origin, (part) => onProgress(`${label}: rows`, part, 1));
    using booster = await fitOn(xgboost, rows, options, (round) =>
      onProgress(`${label}: fitting`, round, options.rounds),
    );
    results.push(forecastWindow(xgboost, booster, series, origin, options.threads));
  }
  const backtest = summarizeBacktest(results, CONFORMAL_DEFAULTS);

  const rows = selectRows(series, options, lastDay, (part) => onProgress('final model: rows', part, 1));
  using booster = await fitOn(xgboost, rows, options, (round) =>
    onProgress('final model: fitting', round, options.rounds),
  );
  const ubj = booster.save();
  const packed = await packModel(ubj, rows.features, booster, xgboost);
  return {
    backtest,
    ubj,
    packed,
    description: await describeModel({ dataset, options, xgboost, categories, backtest, rows, lastDay }),
  };
}

function selectRows(
  series: readonly PanelSeries[],
  options: TrainingOptions,
  lastDay: DayNumber,
  onProgress: (fraction: number) => void,
): TrainingRows {
  const { originStride, trainingDays, maxRows, seed } = options;
  return buildTrainingRows(series, { lastDay, originStride, trainingDays, maxRows, seed }, onProgress);
}

function fitOn(
  xgboost: Xgboost,
  rows: TrainingRows,
  options: TrainingOptions,
  onRound: (round: number) => void,
): Promise<Booster> {
  const { rounds, threads } = options;
  return fitBooster(xgboost, rows, { params: boosterParams(options), rounds, threads }, onRound);
}

async function describeModel(facts: {
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly xgboost: Xgboost;
  readonly categories: Categories;
  readonly backtest: BacktestSummary;
  readonly rows: TrainingRows;
  readonly lastDay: DayNumber;
}): Promise<TrainedModel['description']> {
  const { dataset, options, backtest, rows } = facts;
  const params = boosterParams(options);
  return {
    schema_version: 1,
    feature_names: [...FEATURE_NAMES],
    feature_hash: await featureDefinitionHash(),
    categories: Object.fromEntries(
      Object.entries(facts.categories).map(([name, values]) => [name, [...values]]),
    ),
    horizon: HORIZON,
    objective: String(params.objective),
    target: 'log1p_minus_anchor',
    conformal: backtest.conformal,
    backtest: { windows: [...backtest.windows], pooled: { ...backtest.pooled } },
    training: {
      dataset: dataset.name,
      first_origin: toIsoDate(rows.firstOrigin),
      last_day: toIsoDate(facts.lastDay),
      rows: rows.count,
      series: dataset.panel.series.length,
      params: {
        ...params,
        max_rows: options.maxRows,
        origin_stride: options.originStride,
        training_days: options.trainingDays,
      },
      rounds: options.rounds,
      libraries: { xgboost: facts.xgboost.version, node: process.versions.node },
    },
  };
}
