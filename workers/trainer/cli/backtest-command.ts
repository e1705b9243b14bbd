import { Command } from 'commander';
import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import type { Dataset } from '../data/dataset.ts';
import { addDataOptions, type DataFlags } from '../data/import/data-flags.ts';
import { loadDataset } from '../data/import/load-dataset.ts';
import type { ReportProgress } from '../data/progress.ts';
import { type BacktestRun, backtestDataset } from '../evaluate/backtest-dataset.ts';
import { type Breakdown, breakDown } from '../evaluate/breakdown.ts';
import { classicalContenders } from '../evaluate/classical-contenders.ts';
import { seedRecipeContender } from '../evaluate/seed-recipe.ts';
import { limitWindows } from '../evaluate/windows.ts';
import { TRAINING_DEFAULTS } from '../model/parameters.ts';
import { findXgboost } from '../model/xgboost/find-library.ts';
import { addModelOptions, type ModelFlags, trainingOptionsOf } from './training-flags.ts';

/** The options of `npm run backtest`. */
export interface BacktestFlags extends DataFlags, ModelFlags {
  readonly html?: string;
  readonly json?: true;
  readonly seedRecipe: boolean;
}

export function createBacktestCommand(run: (flags: BacktestFlags) => Promise<void>): Command {
  const command = new Command('npm run backtest --').description(
    `Rolling-origin backtest, refitted for each of the last windows of ${HORIZON} days: compares the forecasts of the model ` +
      'with those of the baselines, and of classical forecasters for information, on the same days. Publishes nothing; dates are not moved.',
  );
  addModelOptions(addDataOptions(command), TRAINING_DEFAULTS.windows, 1)
    .option('--no-seed-recipe', 'leave out the 13-column recipe, which is refitted for each window, too')
    .option('--html <file>', 'write a report with charts: one file that needs no network')
    .option(
      '--json',
      'end with one line of JSON: rmsle, wape, windows_won, coverage80, baselines, alternatives, by',
    )
    .action((flags: Omit<BacktestFlags, 'timeTravel'>) => run({ ...flags, timeTravel: false }));
  return command;
}

export interface BacktestCommandRun extends BacktestRun {
  readonly dataset: Dataset;
  readonly breakdown: Breakdown;
}

/** Reads the files and backtests on their last windows; on fewer if the history is too short for all. */
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
    addAlternatives: classicalContenders,
    ...(flags.seedRecipe && {
      addBaselines: (fitContext, recipe) => [seedRecipeContender(fitContext, recipe)],
    }),
  });
  const families = dataset.panel.series.map(({ family }) => family);
  return { ...run, dataset, breakdown: breakDown(run.results, run.summary, families) };
}
