import { type Command, InvalidArgumentError, Option } from 'commander';
import type { MissingRule } from '../csv/till-exports.ts';
import { DEFAULT_SLUG } from '../kaggle/fetch-competition.ts';

/** Relative to the working directory. */
export const DEFAULT_CACHE = '.cache';

/** Which sales to read. */
export interface DataFlags {
  /** A directory, `synthetic` or `kaggle`. */
  readonly dataset: string;
  /** Name of the Kaggle competition. */
  readonly competition?: string;
  /** Directory of downloads. */
  readonly cacheDir?: string;
  /** Address of Kaggle's API. */
  readonly kaggleUrl?: string;
  readonly train?: string;
  /** True replays the dataset, false keeps all its days as history; by default its age decides. */
  readonly timeTravel?: boolean;
  readonly skipBadRows?: true;
  /** The sales of a series without a row on a day on which its store has one; by default inferred from the files. */
  readonly missing?: MissingRule;
  readonly stores?: number;
  readonly families?: number;
}

/** The time travel that the flags request. The synthetic dataset is made to be replayed, whatever day it ends on. */
export function askedTravel({ timeTravel, dataset }: Pick<DataFlags, 'timeTravel' | 'dataset'>) {
  return timeTravel ?? (dataset === 'synthetic' ? true : undefined);
}

/** Adds the options of `DataFlags`, except for time travel. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      '--dataset <dir>',
      'directory with the files of Store Sales, "kaggle" to download them, or "synthetic"',
      'synthetic',
    )
    .option(
      '--competition <name>',
      'Kaggle competition, as in its address; needs KAGGLE_USERNAME and KAGGLE_KEY, or KAGGLE_API_TOKEN',
      DEFAULT_SLUG,
    )
    .option('--cache-dir <dir>', 'directory of downloads', DEFAULT_CACHE)
    .addOption(new Option('--kaggle-url <url>', "address of Kaggle's API").hideHelp())
    .option('--train <file>', 'file with the sales in that directory (train.csv or train.csv.gz)')
    .option('--skip-bad-rows', 'count bad rows instead of stopping at the first')
    .addOption(createMissingOption())
    .option('--stores <n>', 'stores of the synthetic dataset', atLeast(1))
    .option('--families <n>', 'product families of the synthetic dataset', atLeast(1));
}

/** `--missing`, for every command that reads a directory. */
export function createMissingOption(): Option {
  return new Option(
    '--missing <rule>',
    'sales of a series without a row on a day on which its store has one: "zero", as tills export it, or "unknown" ' +
      '(default: inferred from the files, store by store)',
  ).choices(['zero', 'unknown']);
}

/** Adds the options of `LiveStoreFlags`. */
export function addLiveOptions(command: Command): Command {
  return command
    .option(
      '--live-url <url>',
      'feature store whose finished days are used in training, too (default: UPSTASH_REDIS_REST_URL)',
    )
    .option('--live-token <token>', 'its token, read-only is enough (default: UPSTASH_REDIS_REST_TOKEN)')
    .option('--no-live', 'train on the files only, even where the environment names a feature store');
}

/** Parses an option's whole number. */
export function atLeast(minimum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum)) throw new InvalidArgumentError(`Write a whole number of at least ${minimum}.`);
    return value;
  };
}
