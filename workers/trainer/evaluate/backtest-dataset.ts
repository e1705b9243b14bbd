import { last } from '../../../shared/at.ts';
import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type Categories, HORIZON } from '../../../shared/features/index.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import { type Dataset, lastDayOf } from '../data/dataset.ts';
import type { ReportProgress } from '../data/progress.ts';
import type { TrainingOptions } from '../model/parameters.ts';
import { type FitContext, type Recipe, smoothingRecipe } from '../model/recipe.ts';
import type { PanelSeries } from '../model/series/panel-series.ts';
import type { Xgboost } from '../model/xgboost/xgboost.ts';
import { type BacktestSummary, summarizeBacktest } from './backtest-summary.ts';
import { baselineContenders, type Contender, fittedContender } from './contenders.ts';
import { type ResolvedRecipe, resolveRecipe } from './early-stopping.ts';
import { CONFORMAL_DEFAULTS, fitConformal } from './intervals/fit-intervals.ts';
import { joinColumns } from './intervals/residual-cells.ts';
import { widenForFewDays } from './intervals/widen-for-few-days.ts';
import { type OpenedBacktest, openBacktest, openSmoothingBacktest } from './open-backtest.ts';
import { runBacktest } from './run-backtest.ts';
import type { WindowResult } from './window-result.ts';
import { calibrationOrigins, isTooShortForTrees, TooFewDaysError } from './windows.ts';

export interface BacktestRequest {
  /** Ends with the last finished day. */
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly xgboost: Xgboost;
  readonly onProgress: ReportProgress;
  /** Contenders that the model has to beat, in addition to the baselines. */
  readonly addBaselines?: (fitContext: FitContext, recipe: Recipe) => readonly Contender[];
  /**
   * Contenders for information. Training has none: they are no baselines, and its gate, manifest and time are not
   * concerned with them.
   */
  readonly addAlternatives?: (series: readonly PanelSeries[]) => readonly Contender[];
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
  const isSmoothing = isTooShortForTrees(dataset.panel);
  const opened = isSmoothing
    ? openSmoothingBacktest(dataset, options, xgboost)
    : openBacktest(dataset, options, xgboost, request.alignTo);
  const { origins, firstOrigin, fitContext } = opened;
  const { recipe, roundsChoice }: ResolvedRecipe = isSmoothing
    ? { recipe: smoothingRecipe(options.seed), roundsChoice: null }
    : await resolveRecipe(fitContext, options, firstOrigin, onProgress);
  const baselines = [
    ...baselineContenders(fitContext.series),
    // The other contenders are trees, too.
    ...((isSmoothing ? null : request.addBaselines?.(fitContext, recipe)) ?? []),
  ];
  const alternatives = request.addAlternatives?.(fitContext.series) ?? [];
  const contenders = [fittedContender(MODEL, fitContext, recipe), ...baselines, ...alternatives];
  const results = await runBacktest(fitContext.series, origins, contenders, onProgress);
  if (results.length === 0) {
    const { firstDay } = dataset.panel;
    throw new TooFewDaysError(
      `no sales are known after ${toIsoDate(firstOrigin)} of series that were known before: the history of ` +
        `${toIsoDate(firstDay)}..${toIsoDate(lastDayOf(dataset.panel))} cannot be forecast`,
    );
  }
  const namesOf = (some: readonly Contender[]) => some.map(({ name }) => name);
  const summary = summarizeBacktest(results, namesOf(baselines), CONFORMAL_DEFAULTS, namesOf(alternatives));
  return {
    fitContext,
    recipe,
    roundsChoice,
    categories: opened.categories,
    results,
    summary: isSmoothing ? await smoothingSummary(summary, opened, recipe, dataset) : summary,
  };
}

/**
 * The summary of exponential smoothing on a history that is too short for trees. Its intervals come from the residuals
 * after many origins: smoothing costs nothing to refit, and one window alone says little.
 */
async function smoothingSummary(
  summary: BacktestSummary,
  { fitContext, origins: windows }: OpenedBacktest,
  recipe: Recipe,
  { panel }: Dataset,
): Promise<BacktestSummary> {
  const lastDay = lastDayOf(panel);
  const origins = calibrationOrigins(panel.firstDay, lastDay);
  const contender = fittedContender(MODEL, fitContext, recipe);
  const results = await runBacktest(fitContext.series, origins, [contender], () => undefined);
  const levels = joinColumns(results.map(({ level }) => level));
  return {
    ...summary,
    windowDays: Math.min(HORIZON, lastDay - last(windows)),
    conformal: widenForFewDays(fitConformal(results), levels),
  };
}

/** The days that a window forecasts, `2017-07-31..2017-08-15`. */
export function windowSpan(origin: DayNumber, days: number): string {
  return `${toIsoDate(origin + 1)}..${toIsoDate(origin + days)}`;
}
