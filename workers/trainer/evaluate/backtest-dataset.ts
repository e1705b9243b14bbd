import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Categories } from '../../../shared/features/index.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { Dataset } from '../data/dataset.ts';
import type { ReportProgress } from '../data/progress.ts';
import type { TrainingOptions } from '../model/parameters.ts';
import type { FitContext, Recipe } from '../model/recipe.ts';
import type { Xgboost } from '../model/xgboost/xgboost.ts';
import { type BacktestSummary, summarizeBacktest } from './backtest-summary.ts';
import { baselineContenders, type Contender, fittedContender } from './contenders.ts';
import { type ResolvedRecipe, resolveRecipe } from './early-stopping.ts';
import { CONFORMAL_DEFAULTS } from './intervals/fit-intervals.ts';
import { openBacktest } from './open-backtest.ts';
import { runBacktest } from './run-backtest.ts';
import type { WindowResult } from './window-result.ts';

export interface BacktestRequest {
  /** Ends with the last finished day. */
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly xgboost: Xgboost;
  readonly onProgress: ReportProgress;
  /** Contenders that the model has to beat, in addition to the baselines. */
  readonly addBaselines?: (fitContext: FitContext, recipe: Recipe) => readonly Contender[];
  /** An origin of an earlier backtest: all windows but the last are aligned with it where the history allows it. */
  readonly alignTo?: DayNumber;
}

export interface BacktestRun extends ResolvedRecipe {
  readonly fitContext: FitContext;
  readonly categories: Categories;
  readonly results: readonly WindowResult[];
  readonly summary: BacktestSummary;
}

/**
 * Rolling-origin backtest of the model with the given options, refitted on the days before each window, as in the
 * nightly run, with the baselines on the same windows.
 *
 * @throws {TooFewDaysError | NoTrainingRowsError | XgboostError}
 */
export async function backtestDataset(request: BacktestRequest): Promise<BacktestRun> {
  const { dataset, options, xgboost, onProgress } = request;
  const opened = openBacktest(dataset, options, xgboost, request.alignTo);
  const { origins, firstOrigin, fitContext } = opened;
  const { recipe, roundsChoice } = await resolveRecipe(fitContext, options, firstOrigin, onProgress);
  const baselines = [
    ...baselineContenders(fitContext.series),
    ...(request.addBaselines?.(fitContext, recipe) ?? []),
  ];
  const contenders = [fittedContender(MODEL, fitContext, recipe), ...baselines];
  const results = await runBacktest(fitContext.series, origins, contenders, onProgress);
  const names = baselines.map(({ name }) => name);
  return {
    fitContext,
    recipe,
    roundsChoice,
    categories: opened.categories,
    results,
    summary: summarizeBacktest(results, names, CONFORMAL_DEFAULTS),
  };
}

/** The days that a window forecasts, `2017-07-31..2017-08-15`. */
export function windowSpan(origin: DayNumber, days: number): string {
  return `${toIsoDate(origin + 1)}..${toIsoDate(origin + days)}`;
}
