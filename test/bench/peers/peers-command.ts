import { Command } from 'commander';
import { addModelOptions, type ModelFlags } from '../../../workers/trainer/cli/training-flags.ts';
import { addDataOptions, atLeast, type DataFlags } from '../../../workers/trainer/data/import/data-flags.ts';
import { TRAINING_DEFAULTS } from '../../../workers/trainer/model/parameters.ts';

/** The options of `npm run bench -- peers`. */
export interface PeersFlags extends DataFlags, ModelFlags {
  readonly sample: number;
  readonly json?: true;
  readonly out?: string;
}

const DEFAULT_SAMPLE = 200;

export function createPeersCommand(run: (flags: PeersFlags) => Promise<void>): Command {
  const command = new Command('npm run bench -- peers').description(
    'Compares our forecasts with those of other models on the windows and points of `npm run backtest`: seasonal naive, ' +
      'mean of 4 same weekdays, ETS, Theta, Croston SBA and TSB of statsforecast, mlforecast with LightGBM, and a direct ' +
      'LightGBM on our own rows. Needs Python 3.11 or newer with venv and pip; its packages are installed once, into .cache/python.',
  );
  addModelOptions(addDataOptions(command), TRAINING_DEFAULTS.windows, 1)
    .option('--sample <n>', 'series to score at most, drawn by --seed', atLeast(1), DEFAULT_SAMPLE)
    .option('--out <file>', 'write the table as Markdown, dated')
    .option('--json', 'end with one line of JSON')
    .action((flags: Omit<PeersFlags, 'timeTravel'>) => run({ ...flags, timeTravel: false }));
  return command;
}
