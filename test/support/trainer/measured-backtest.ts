import { at } from '../../../shared/at.ts';
import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { type Dataset, lastDayOf } from '../../../workers/trainer/data/dataset.ts';
import type { BacktestRun } from '../../../workers/trainer/evaluate/backtest-dataset.ts';
import { summarizeBacktest } from '../../../workers/trainer/evaluate/backtest-summary.ts';
import {
  baselineContenders,
  type Contender,
  onePoint,
} from '../../../workers/trainer/evaluate/contenders.ts';
import { CONFORMAL_DEFAULTS } from '../../../workers/trainer/evaluate/intervals/fit-intervals.ts';
import { openBacktest } from '../../../workers/trainer/evaluate/open-backtest.ts';
import { runBacktest } from '../../../workers/trainer/evaluate/run-backtest.ts';
import { PARAMETER_DEFAULTS } from '../../../workers/trainer/model/parameters.ts';
import { type Recipe, recipeOf } from '../../../workers/trainer/model/recipe.ts';
import type { PanelSeries } from '../../../workers/trainer/model/series/panel-series.ts';
import type { Xgboost } from '../../../workers/trainer/model/xgboost/xgboost.ts';
import { sampleManifest } from './sample-trained-model.ts';

export const RECIPE: Recipe = recipeOf({ ...PARAMETER_DEFAULTS, rounds: 5, seed: 1 });

const refuse = () => {
  throw new Error('a model is fitted here');
};
const neverFitted: Xgboost = {
  version: '3.2.0',
  libraryPath: 'nowhere',
  createMatrix: refuse,
  createBooster: refuse,
};

/**
 * The backtest of a model whose errors are given: it misses every sale of window i by `errors[i]` in log space, so that this
 * is its RMSLE there. The baselines are the real ones. The last window ends with the dataset.
 *
 * @param alignTo an origin that all windows but the last are put in line with
 */
export async function measuredBacktest(
  dataset: Dataset,
  errors: readonly number[],
  alignTo?: DayNumber,
): Promise<BacktestRun> {
  const size = { windows: errors.length, threads: 1 };
  const { origins, fitContext, categories } = openBacktest(dataset, size, neverFitted, alignTo);
  const { series } = fitContext;
  const model: Contender = {
    name: MODEL,
    forecast: async (origin) => onePoint(missBy(at(errors, origins.indexOf(origin)), series, origin)),
  };
  const baselines = baselineContenders(series);
  const results = await runBacktest(series, origins, [model, ...baselines], () => undefined);
  const names = baselines.map(({ name }) => name);
  const summary = summarizeBacktest(results, names, CONFORMAL_DEFAULTS);
  return { fitContext, categories, recipe: RECIPE, roundsChoice: null, results, summary };
}

/** What was sold, times e^error, of units plus one. */
function missBy(error: number, series: readonly PanelSeries[], origin: number): Float64Array {
  return Float64Array.from({ length: series.length * HORIZON }, (_, point) => {
    const { firstDay, milliUnits } = at(series, Math.floor(point / HORIZON)).history;
    const sold = milliUnits[origin + 1 + (point % HORIZON) - firstDay] ?? -1;
    return Math.expm1(Math.log1p(Math.max(0, sold) / 1000) + error);
  });
}

/** The manifest that a training run writes for the model of a backtest. */
export function manifestOf(run: BacktestRun, dataset: Dataset): Manifest {
  const { manifest } = sampleManifest('champion');
  const { recipe, summary, categories } = run;
  const { panel, name } = dataset;
  return {
    ...manifest,
    categories: Object.fromEntries(Object.entries(categories).map(([key, values]) => [key, [...values]])),
    backtest: { windows: [...summary.windows], pooled: { ...summary.pooled } },
    training: {
      ...manifest.training,
      dataset: name,
      series: panel.series.length,
      last_day: toIsoDate(lastDayOf(panel)),
      params: {
        ...recipe.params,
        max_rows: recipe.maxRows,
        origin_stride: recipe.originStride,
        training_days: recipe.trainingDays,
      },
      rounds: recipe.rounds,
    },
  };
}
