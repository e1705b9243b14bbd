import { Command, InvalidArgumentError } from 'commander';
import { InvalidDateError, toDayNumber } from '../../shared/calendar/day-number.ts';
import { MIN_WINDOWS, TRAINING_DEFAULTS, type TrainingOptions } from './training-options.ts';

/** Which sales to read. */
export interface DataFlags {
  readonly dataset: string;
  readonly train?: string;
  readonly timeTravel: boolean;
  readonly skipBadRows?: true;
  readonly stores?: number;
  readonly families?: number;
}

/** Which model to make of them. */
export interface ModelFlags {
  readonly windows: number;
  readonly rounds: number;
  readonly depth: number;
  readonly seed: number;
  readonly maxRows: number;
  readonly trainingDays: number;
  readonly threads: number;
}

/** What `npm run train` was asked to do. */
export interface TrainingFlags extends DataFlags, ModelFlags {
  readonly out: string;
  /** YYYY-MM-DD; the caller's today where it is left out. */
  readonly today?: string;
  /** Promote the model whatever the gate finds. */
  readonly force?: true;
  /** File with rules of the gate. */
  readonly rules?: string;
  readonly json?: true;
}

export const DEFAULT_OUT = '.data/published';

export function createTrainingCommand(run: (flags: TrainingFlags) => Promise<void>): Command {
  const command = new Command('npm run train --').description(
    'Backtests a demand model on a dataset, fits it on the whole history, and publishes model, history and replay ' +
      'to a directory that `npm start -- --dataset DIR` serves. The model replaces the one in service there only if it ' +
      'is better on the same windows; the first has to beat the baselines.',
  );
  addDataOptions(command)
    .option('--out <dir>', 'directory to publish to', DEFAULT_OUT)
    .option('--today <date>', 'day on which live sales begin after time travel (default: today)', date)
    .option('--no-time-travel', 'leave dates as they are: live sales begin on the day after the last one');
  return addModelOptions(command, TRAINING_DEFAULTS.windows)
    .option('--force', 'put the model into service even if it is worse than the one in service')
    .option('--rules <file>', 'JSON file with rules of the gate, where they differ from the defaults')
    .option('--json', 'end with one line of JSON: rmsle, wape, windows_won, coverage80, baselines, promoted')
    .action(run);
}

/** The options of `DataFlags`, but for time travel. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--dataset <dir>', 'directory with the Kaggle files, or "synthetic" for the twin', 'synthetic')
    .option('--train <file>', 'file with the sales in that directory (train.csv or train.csv.gz)')
    .option('--skip-bad-rows', 'count bad rows instead of stopping at the first')
    .option('--stores <n>', 'stores of the twin', atLeast(1))
    .option('--families <n>', 'product families of the twin', atLeast(1));
}

/** The options of `ModelFlags`. */
export function addModelOptions(command: Command, windows: number, minWindows = MIN_WINDOWS): Command {
  const defaults = TRAINING_DEFAULTS;
  return command
    .option('--windows <n>', 'backtest windows of 16 days', atLeast(minWindows), windows)
    .option('--rounds <n>', 'trees', atLeast(1), defaults.rounds)
    .option('--depth <n>', 'depth of a tree', atLeast(1), defaults.depth)
    .option('--seed <n>', 'another seed, another sample of rows', atLeast(0), defaults.seed)
    .option('--max-rows <n>', 'rows of one fit, sampled from all', atLeast(1000), defaults.maxRows)
    .option('--training-days <n>', 'days that origins reach back', atLeast(28), defaults.trainingDays)
    .option('--threads <n>', 'threads of XGBoost', atLeast(1), defaults.threads);
}

export function trainingOptionsOf(flags: ModelFlags): TrainingOptions {
  const { windows, rounds, depth, seed, maxRows, trainingDays, threads } = flags;
  return { ...TRAINING_DEFAULTS, windows, rounds, depth, seed, maxRows, trainingDays, threads };
}

function atLeast(minimum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum)) throw new InvalidArgumentError(`Write a whole number of at least ${minimum}.`);
    return value;
  };
}

function date(text: string): string {
  try {
    toDayNumber(text);
    return text;
  } catch (error) {
    if (error instanceof InvalidDateError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
