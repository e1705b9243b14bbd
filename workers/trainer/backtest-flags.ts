import { Command } from 'commander';
import { addDataOptions, type DataFlags } from './data-flags.ts';
import { addModelOptions, type ModelFlags } from './training-flags.ts';

/** What `npm run backtest` was asked to do. */
export interface BacktestFlags extends DataFlags, ModelFlags {
  readonly html?: string;
  readonly json?: true;
  readonly seedRecipe: boolean;
}

const DEFAULT_WINDOWS = 8;

export function createBacktestCommand(run: (flags: BacktestFlags) => Promise<void>): Command {
  const command = new Command('npm run backtest --').description(
    'Says what the model is worth: fits it anew before each of the last windows of 16 days and compares its forecasts ' +
      'with those of the baselines on the same days. Publishes nothing; dates are left as they are.',
  );
  addModelOptions(addDataOptions(command), DEFAULT_WINDOWS, 1)
    .option(
      '--no-seed-recipe',
      'leave out the 13-column recipe, which is fitted anew before each window, too',
    )
    .option('--html <file>', 'write a report with charts: one file that needs no network')
    .option('--json', 'end with one line of JSON: rmsle, wape, windows_won, coverage80, baselines, by')
    .action((flags: Omit<BacktestFlags, 'timeTravel'>) => run({ ...flags, timeTravel: false }));
  return command;
}
