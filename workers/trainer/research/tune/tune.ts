/**
 * `npm run tune`: a search for better parameters of the model, which resumes after an interruption.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { exitOnError } from '../../cli/exit-on-error.ts';
import { createDirectory } from '../../data/create-directory.ts';
import { addDataOptions, atLeast, type DataFlags } from '../../data/import/data-flags.ts';
import { loadDataset } from '../../data/import/load-dataset.ts';
import { createStepProgress } from '../../data/progress.ts';
import { PARAMETER_DEFAULTS, readParameters, TRAINING_DEFAULTS } from '../../model/parameters.ts';
import { findXgboost } from '../../model/xgboost/find-library.ts';
import { searchParameters } from './search-parameters.ts';
import { reportSearch } from './search-report.ts';
import { readSearchSpace } from './search-space.ts';

/** The options of `npm run tune`. */
export interface TuneFlags extends DataFlags {
  readonly params?: string;
  readonly space?: string;
  readonly candidates: number;
  readonly windows: number;
  readonly holdout: number;
  readonly seed: number;
  readonly threads: number;
  readonly state: string;
  readonly out: string;
  readonly json?: true;
}

const DIRECTORY = '.data/tune';

export function createTuneCommand(run: (flags: TuneFlags) => Promise<void>): Command {
  const command = new Command('npm run tune --').description(
    'Searches for better parameters of the model: random points of a space are refitted before rolling windows, the best ' +
      'third goes on to more windows, and the best is compared with the current parameters on newer windows held out. ' +
      'Each fit is recorded in a state file: the same options resume an interrupted search. ' +
      'Publishes nothing; dates are not moved.',
  );
  addDataOptions(command)
    .option('--params <file>', 'JSON file with the current parameters, where they are not the defaults')
    .option('--space <file>', 'JSON file with the values to try, a list for each parameter')
    .option('--candidates <n>', 'sets of parameters to try, including the current one', atLeast(2), 16)
    .option('--windows <n>', 'windows on which the search selects', atLeast(1), 6)
    .option('--holdout <n>', 'newer windows, to confirm the best', atLeast(0), 4)
    .option('--seed <n>', 'another seed, other candidates', atLeast(0), TRAINING_DEFAULTS.seed)
    .option('--threads <n>', 'threads of XGBoost', atLeast(1), TRAINING_DEFAULTS.threads)
    .option('--state <file>', 'file for the state of the search', `${DIRECTORY}/state.json`)
    .option('--out <file>', 'file for the best parameters', `${DIRECTORY}/best.json`)
    .option('--json', 'end with one line of JSON: current, best, finalists, held_out')
    .action((flags: Omit<TuneFlags, 'timeTravel'>) => run({ ...flags, timeTravel: false }));
  return command;
}

async function tune(flags: TuneFlags): Promise<void> {
  const startedAt = performance.now();
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const current = { ...PARAMETER_DEFAULTS, ...(await readParameters(flags.params)) };
  const space = await readSearchSpace(flags.space);
  const xgboost = await findXgboost(note);
  const progress = createStepProgress();
  const { dataset, notes } = await loadDataset(flags, toIsoDate(0), progress.report).finally(progress.stop);
  for (const text of notes) note(text);

  const { candidates, windows, holdout, seed, threads, state, out } = flags;
  const end = await searchParameters({
    ...{ dataset, xgboost, threads, current, space, candidates, windows, holdout, seed },
    statePath: state,
    onProgress: progress.report,
  }).finally(progress.stop);
  const report = reportSearch(end, out);
  if (report.parameters) {
    await createDirectory(dirname(out));
    await writeFile(out, `${JSON.stringify(report.parameters, null, 1)}\n`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(
    `${report.text}\n${end.state.trials.length} fits of ${candidates} candidates, in ${seconds} s; state: ${state}\n`,
  );
  if (flags.json) process.stdout.write(`${JSON.stringify(report.json)}\n`);
}

await exitOnError(createTuneCommand(tune).parseAsync());
