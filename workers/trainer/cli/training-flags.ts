import { Command, InvalidArgumentError } from 'commander';
import { InvalidDateError, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { CHECK_NAMES, type CheckName } from '../data/checks/data-check.ts';
import { addDataOptions, addLiveOptions, atLeast, type DataFlags } from '../data/import/data-flags.ts';
import { CURRENT_DAYS } from '../data/import/time-travel.ts';
import type { LiveStoreFlags } from '../data/live/read-live-sales.ts';
import {
  FEWEST_ROWS,
  FEWEST_TRAINING_DAYS,
  MIN_WINDOWS,
  type ModelParameters,
  PARAMETER_DEFAULTS,
  readParameters,
  TRAINING_DEFAULTS,
  type TrainingOptions,
} from '../model/parameters.ts';
import { addPruneOptions, type PruneFlags } from '../publish/prune-store.ts';

/** The parameters of the model. Flags override the parameter file, which overrides the defaults. */
export interface ModelFlags {
  readonly windows: number;
  readonly seed: number;
  readonly threads: number;
  /** JSON file with parameters. */
  readonly params?: string;
  readonly rounds?: number;
  readonly treesPerRound?: number;
  readonly depth?: number;
  readonly maxRows?: number;
  readonly trainingDays?: number;
  readonly stoppingWindows?: number;
}

/** The options of `npm run train`. */
export interface TrainingFlags extends DataFlags, LiveStoreFlags, ModelFlags, PruneFlags {
  readonly out: string;
  /** YYYY-MM-DD; default: today at the caller. */
  readonly today?: string;
  /** Promotes the model whatever the gate finds. */
  readonly force?: true;
  /** File with rules of the gate. */
  readonly rules?: string;
  /** Data checks whose failure does not stop the run. */
  readonly allowFailedChecks?: readonly CheckName[];
  /** File to append a summary to, in Markdown. */
  readonly summary?: string;
  readonly json?: true;
}

export const DEFAULT_OUT = '.data/published';

export function createTrainingCommand(
  run: (flags: TrainingFlags) => Promise<void>,
  name = 'npm run train --',
): Command {
  const command = new Command(name).description(
    'Backtests a demand model on a dataset, fits it on the whole history, and publishes model, history and replay ' +
      'to a directory that `npm start -- --dataset DIR` serves, or to a bucket of R2. The model replaces the one in service there only if it ' +
      'is better on the same windows; the first has to beat the baselines, or come near them.',
  );
  addLiveOptions(addDataOptions(command))
    .option('--out <where>', 'directory to publish to, or r2://BUCKET', DEFAULT_OUT)
    .option('--today <date>', 'day on which live sales begin after time travel (default: today)', date)
    .option(
      '--time-travel',
      'move the dataset so that today lies inside it, and replay the days ahead; the default for the ' +
        `synthetic dataset, and for one that ends more than ${CURRENT_DAYS} days before today`,
    )
    .option('--no-time-travel', 'do not move dates: live sales begin on the day after the last one');
  addModelOptions(command, TRAINING_DEFAULTS.windows);
  return addPruneOptions(command)
    .option('--force', 'promote the model even if the champion is better, or held')
    .option(
      '--allow-failed-checks <names>',
      `continue although these data checks fail, separated by commas: ${CHECK_NAMES.join(', ')}`,
      checkNames,
    )
    .option('--rules <file>', 'JSON file with rules of the gate, where they differ from the defaults')
    .option('--summary <file>', 'append a summary in Markdown')
    .option(
      '--json',
      'end with one line of JSON: rmsle, wape, windows_won, coverage80, baselines, promoted; where data checks ' +
        'stop the run: promoted, failed_checks, data_checks',
    )
    .action(run);
}

/** Adds the options of `ModelFlags`. */
export function addModelOptions(command: Command, windows: number, minWindows = MIN_WINDOWS): Command {
  const { max_depth, max_rows, training_days, stopping_windows } = PARAMETER_DEFAULTS;
  const or = (value: number) => `(default: ${value}, or what --params says)`;
  return command
    .option('--windows <n>', `backtest windows of ${HORIZON} days`, atLeast(minWindows), windows)
    .option('--params <file>', 'JSON file with parameters of the model, as `npm run tune` writes it')
    .option(
      '--rounds <n>',
      'rounds of boosting (default: 60 to 300 by the number of rows, or what --params says)',
      atLeast(1),
    )
    .option(
      '--trees-per-round <n>',
      '1 for many rows, up to 16 for few (default: by the number of rows)',
      atLeast(1),
    )
    .option('--depth <n>', `depth of a tree ${or(max_depth)}`, atLeast(1))
    .option('--max-rows <n>', `rows of one fit, sampled from all ${or(max_rows)}`, atLeast(FEWEST_ROWS))
    .option(
      '--training-days <n>',
      `days that origins reach back ${or(training_days)}`,
      atLeast(FEWEST_TRAINING_DAYS),
    )
    .option(
      '--stopping-windows <n>',
      `windows before the backtest's that choose the number of trees, at most --rounds; 0: none ${or(stopping_windows)}`,
      atLeast(0),
    )
    .option('--seed <n>', 'seed of the sample of rows', atLeast(0), TRAINING_DEFAULTS.seed)
    .option('--threads <n>', 'threads of XGBoost', atLeast(1), TRAINING_DEFAULTS.threads);
}

/**
 * Combines the flags and their parameter file.
 *
 * @throws {ParameterFileError}
 */
export async function trainingOptionsOf(flags: ModelFlags): Promise<TrainingOptions> {
  const { windows, seed, threads } = flags;
  const parameters = { ...PARAMETER_DEFAULTS, ...(await readParameters(flags.params)), ...givenIn(flags) };
  return { ...parameters, windows, seed, threads };
}

function givenIn(flags: ModelFlags): Partial<ModelParameters> {
  const { rounds, treesPerRound, depth, maxRows, trainingDays, stoppingWindows } = flags;
  return {
    ...(rounds !== undefined && { rounds }),
    ...(treesPerRound !== undefined && { num_parallel_tree: treesPerRound }),
    ...(depth !== undefined && { max_depth: depth }),
    ...(maxRows !== undefined && { max_rows: maxRows }),
    ...(trainingDays !== undefined && { training_days: trainingDays }),
    ...(stoppingWindows !== undefined && { stopping_windows: stoppingWindows }),
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

function checkNames(text: string): readonly CheckName[] {
  return text.split(',').map((name) => {
    const known = CHECK_NAMES.find((candidate) => candidate === name.trim());
    if (!known) throw new InvalidArgumentError(`There is no check "${name}": ${CHECK_NAMES.join(', ')}.`);
    return known;
  });
}
