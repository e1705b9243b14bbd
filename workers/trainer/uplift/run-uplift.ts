import { backtestOrigins } from '../backtest/windows.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { fitRecipe, predictorOf, recipeOf } from '../recipe.ts';
import type { ReportProgress } from '../report/report-progress.ts';
import type { TrainingOptions } from '../training-options.ts';
import { categoriesByLevel } from '../training-set/categories-by-level.ts';
import { openPanelSeries } from '../training-set/panel-series.ts';
import type { Xgboost } from '../xgboost/xgboost.ts';
import { measureUplift } from './measure-uplift.ts';
import {
  addPoints,
  type FamilyUplift,
  type PlantedMultiplier,
  summarizeUplift,
  type UpliftTallies,
} from './summarize-uplift.ts';

export interface UpliftRequest {
  /** Ends with the last closed day. */
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly xgboost: Xgboost;
  readonly planted: PlantedMultiplier | null;
  /** Days with and days without promotions that a family needs, at least, to tell what promotions are worth. */
  readonly minDays: number;
  readonly onProgress: ReportProgress;
}

/**
 * What the model has learned of promotions: fitted anew before each window, as the nightly run does, and asked for the
 * planned days of the window with their plan and without, each from 1 to 16 days ahead.
 *
 * @throws {TooFewDaysError | NoTrainingRowsError | XgboostError}
 */
export async function runUplift(request: UpliftRequest): Promise<FamilyUplift[]> {
  const { dataset, options, xgboost, onProgress } = request;
  const { panel } = dataset;
  const lastDay = panel.firstDay + panel.dayCount - 1;
  const origins = backtestOrigins(panel.firstDay, lastDay, options.windows);
  const series = openPanelSeries(dataset, categoriesByLevel(dataset, origins[0] ?? lastDay));
  const workshop = { xgboost, series, threads: options.threads };
  const tallies: UpliftTallies = new Map();
  for (const [i, origin] of origins.entries()) {
    const fitted = await fitRecipe(workshop, recipeOf(options), origin, (part, done, total) =>
      onProgress(`window ${i + 1} of ${origins.length}: ${part}`, done, total),
    );
    using model = fitted.booster;
    const { layout } = fitted;
    const points = measureUplift(series, origin, layout, predictorOf(workshop, model, layout.columns));
    addPoints(tallies, points, request.planted);
  }
  return summarizeUplift(tallies, series, origins.at(-1) ?? lastDay, request.minDays);
}
