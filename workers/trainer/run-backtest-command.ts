import type { IsoDate } from '../../shared/calendar/day-number.ts';
import { type BacktestRun, backtestDataset } from './backtest/backtest-dataset.ts';
import { type Breakdown, breakDown } from './backtest/breakdown.ts';
import { seedRecipeContender } from './backtest/contenders/seed-recipe.ts';
import { limitWindows } from './backtest/limit-windows.ts';
import type { BacktestFlags } from './backtest-flags.ts';
import type { Dataset } from './datasets/dataset.ts';
import { loadDataset } from './load-dataset.ts';
import type { ReportProgress } from './report/report-progress.ts';
import { trainingOptionsOf } from './training-flags.ts';
import { findXgboost } from './xgboost/find-library.ts';

export interface BacktestCommandRun extends BacktestRun {
  readonly dataset: Dataset;
  readonly breakdown: Breakdown;
}

/** From files to a backtest on their last windows; fewer of them where the history is too short for all. */
export async function runBacktestCommand(
  flags: BacktestFlags,
  context: {
    readonly today: IsoDate;
    readonly onProgress: ReportProgress;
    readonly onNote: (note: string) => void;
  },
): Promise<BacktestCommandRun> {
  const { onProgress, onNote } = context;
  const asked = await trainingOptionsOf(flags);
  const { dataset, notes } = await loadDataset(flags, context.today, onProgress);
  for (const note of notes) onNote(note);
  const options = {
    ...asked,
    windows: limitWindows(dataset.panel, asked.windows, 'scores and intervals', onNote),
  };
  const xgboost = await findXgboost(onNote);

  const run = await backtestDataset({
    dataset,
    options,
    xgboost,
    onProgress,
    ...(flags.seedRecipe && {
      addBaselines: (workshop, recipe) => [seedRecipeContender(workshop, recipe)],
    }),
  });
  const families = dataset.panel.series.map(({ family }) => family);
  return { ...run, dataset, breakdown: breakDown(run.results, run.summary, families) };
}
