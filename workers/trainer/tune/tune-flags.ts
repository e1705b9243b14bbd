import { Command } from 'commander';
import { addDataOptions, type DataFlags } from '../data-flags.ts';
import { TRAINING_DEFAULTS } from '../training-options.ts';
import { atLeast } from '../whole-number.ts';

/** What `npm run tune` was asked to do. */
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
    'Searches for better parameters of the model: random ones of a space are fitted anew before rolling windows, the best ' +
      'third goes on to more windows, and the best is compared with the current ones on newer windows that were held out. ' +
      'Each fit is kept in a state file: an interrupted search, begun again with the same options, goes on where it was. ' +
      'Publishes nothing; dates are left as they are.',
  );
  addDataOptions(command)
    .option('--params <file>', 'JSON file with the current parameters, where they are not the defaults')
    .option('--space <file>', 'JSON file with the values to try, a list for each parameter')
    .option('--candidates <n>', 'sets of parameters to try, the current one included', atLeast(2), 16)
    .option('--windows <n>', 'windows that the search chooses by', atLeast(1), 6)
    .option('--holdout <n>', 'newer windows, to confirm the best', atLeast(0), 4)
    .option('--seed <n>', 'another seed, other candidates', atLeast(0), TRAINING_DEFAULTS.seed)
    .option('--threads <n>', 'threads of XGBoost', atLeast(1), TRAINING_DEFAULTS.threads)
    .option('--state <file>', 'where the state of the search is kept', `${DIRECTORY}/state.json`)
    .option('--out <file>', 'where the best parameters are written to', `${DIRECTORY}/best.json`)
    .option('--json', 'end with one line of JSON: current, best, finalists, held_out')
    .action((flags: Omit<TuneFlags, 'timeTravel'>) => run({ ...flags, timeTravel: false }));
  return command;
}
