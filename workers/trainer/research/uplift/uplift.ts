/**
 * `npm run uplift`: the promotion effect that the model has learned, by family and days ahead.
 *
 * @module
 */

import { Command } from 'commander';
import { last } from '../../../../shared/at.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { exitOnError } from '../../cli/exit-on-error.ts';
import { addModelOptions, type ModelFlags, trainingOptionsOf } from '../../cli/training-flags.ts';
import type { Dataset } from '../../data/dataset.ts';
import { addDataOptions, atLeast, type DataFlags } from '../../data/import/data-flags.ts';
import { loadDataset } from '../../data/import/load-dataset.ts';
import { createStepProgress, type ReportProgress } from '../../data/progress.ts';
import { resolveRecipe } from '../../evaluate/early-stopping.ts';
import { openBacktest } from '../../evaluate/open-backtest.ts';
import type { TrainingOptions } from '../../model/parameters.ts';
import { fitRecipe, predictorOf } from '../../model/recipe.ts';
import { findXgboost } from '../../model/xgboost/find-library.ts';
import type { Xgboost } from '../../model/xgboost/xgboost.ts';
import { measureUplift } from './measure-uplift.ts';
import { plantedInSynthetic, readPlanted } from './planted-truth.ts';
import {
  addPoints,
  type FamilyUplift,
  type PlantedMultiplier,
  summarizeUplift,
  type UpliftTallies,
} from './summarize-uplift.ts';
import { upliftJson, upliftTable } from './uplift-table.ts';

export interface UpliftRequest {
  /** Ends with the last finished day. */
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly xgboost: Xgboost;
  readonly planted: PlantedMultiplier | null;
  /** Fewest days with and without promotions for an estimate of a family's effect. */
  readonly minDays: number;
  readonly onProgress: ReportProgress;
}

/**
 * The promotion effect of the model: refitted before each window, as in the nightly run, it forecasts the planned
 * days of the window with their plan and without, each from 1 to `HORIZON` days ahead.
 *
 * @throws {TooFewDaysError | NoTrainingRowsError | XgboostError}
 */
export async function runUplift(request: UpliftRequest): Promise<FamilyUplift[]> {
  const { dataset, options, xgboost, onProgress } = request;
  const { origins, firstOrigin, fitContext } = openBacktest(dataset, options, xgboost);
  const { series } = fitContext;
  const { recipe } = await resolveRecipe(fitContext, options, firstOrigin, onProgress);
  const tallies: UpliftTallies = new Map();
  for (const [i, origin] of origins.entries()) {
    const fitted = await fitRecipe(fitContext, recipe, origin, (part, done, total) =>
      onProgress(`window ${i + 1} of ${origins.length}: ${part}`, done, total),
    );
    using model = fitted.booster;
    const { layout } = fitted;
    const points = measureUplift(series, origin, layout, predictorOf(fitContext, model, layout.columns));
    addPoints(tallies, points, request.planted);
  }
  return summarizeUplift(tallies, series, last(origins), request.minDays);
}

interface UpliftFlags extends DataFlags, ModelFlags {
  readonly truth?: string;
  readonly minDays: number;
  readonly json?: true;
}

const DEFAULT_WINDOWS = 4;
const DEFAULT_MIN_DAYS = 1000;

async function uplift(flags: UpliftFlags): Promise<void> {
  const startedAt = performance.now();
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const ofSynthetic = flags.dataset === 'synthetic' ? plantedInSynthetic() : null;
  const planted = flags.truth === undefined ? ofSynthetic : await readPlanted(flags.truth);
  const options = await trainingOptionsOf(flags);
  const xgboost = await findXgboost(note);
  const progress = createStepProgress();
  const { dataset, notes } = await loadDataset(flags, toIsoDate(0), progress.report).finally(progress.stop);
  for (const text of notes) note(text);
  const { minDays } = flags;
  const request = { dataset, options, xgboost, planted, minDays, onProgress: progress.report };
  const families = await runUplift(request).finally(progress.stop);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(
    `${upliftTable(families)}\n${dataset.panel.series.length} series, ${options.windows} windows, in ${seconds} s\n`,
  );
  if (flags.json) process.stdout.write(`${JSON.stringify(upliftJson(families))}\n`);
}

const command = new Command('npm run uplift --').description(
  `Shows the promotion effect that the model has learned: the model is refitted before each of the last windows of ${HORIZON} days, ` +
    `and forecasts every planned day of the window, 1 to ${HORIZON} days ahead, with its plan and without any promotion. For the synthetic dataset, whose promotions ` +
    'have known effects, learned and planted uplift are shown side by side. Publishes nothing; dates are not moved.',
);
addModelOptions(addDataOptions(command), DEFAULT_WINDOWS, 1)
  .option(
    '--truth <file>',
    'planted effects of a synthetic dataset, as `npm run synthetic -- --truth FILE` writes them',
  )
  .option(
    '--min-days <n>',
    'days with and days without promotions that a family needs in the last year',
    atLeast(1),
    DEFAULT_MIN_DAYS,
  )
  .option('--json', 'end with one line of JSON: within_20_percent, families')
  .action((flags: Omit<UpliftFlags, 'timeTravel'>) => uplift({ ...flags, timeTravel: false }));
await exitOnError(command.parseAsync());
