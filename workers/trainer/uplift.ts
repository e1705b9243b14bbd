/**
 * `npm run uplift`: what the model has learned that promotions are worth, by family and days ahead.
 *
 * @module
 */
import { Command } from 'commander';
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import { addDataOptions, type DataFlags } from './data-flags.ts';
import { exitOnError } from './exit-on-error.ts';
import { loadDataset } from './load-dataset.ts';
import { createStepProgress } from './report/step-progress.ts';
import { upliftJson, upliftTable } from './report/uplift-table.ts';
import { addModelOptions, type ModelFlags, trainingOptionsOf } from './training-flags.ts';
import { plantedInTwin, readPlanted } from './uplift/planted-truth.ts';
import { runUplift } from './uplift/run-uplift.ts';
import { atLeast } from './whole-number.ts';
import { findXgboost } from './xgboost/find-library.ts';

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
  const ofTwin = flags.dataset === 'synthetic' ? plantedInTwin() : null;
  const planted = flags.truth === undefined ? ofTwin : await readPlanted(flags.truth);
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
  'Says what the model has learned that promotions are worth: it is fitted anew before each of the last windows of 16 days, ' +
    'and forecasts every planned day of the window, 1 to 16 days ahead, with its plan and as if nothing were planned on it. For the twin, whose promotions ' +
    'have known effects, learned and planted uplift stand side by side. Publishes nothing; dates are left as they are.',
);
addModelOptions(addDataOptions(command), DEFAULT_WINDOWS, 1)
  .option('--truth <file>', 'what was planted in a twin, as `npm run twin -- --truth FILE` writes it')
  .option(
    '--min-days <n>',
    'days with and days without promotions, in the last year, that a family needs to tell',
    atLeast(1),
    DEFAULT_MIN_DAYS,
  )
  .option('--json', 'end with one line of JSON: within_20_percent, families')
  .action((flags: Omit<UpliftFlags, 'timeTravel'>) => uplift({ ...flags, timeTravel: false }));
await exitOnError(command.parseAsync());
