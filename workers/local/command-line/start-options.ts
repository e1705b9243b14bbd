import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type IsoDate, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { MAX_PARTITIONS } from '../../../shared/sales-store/partitioned/partition.ts';
import type { MissingRule } from '../../trainer/data/csv/till-exports.ts';
import { createMissingOption } from '../../trainer/data/import/data-flags.ts';

/** How to run the system on this machine. */
export interface StartOptions {
  readonly port: number;
  readonly host: string;
  /** A CSV directory, a published directory made by `npm run train`, or null for the synthetic dataset. */
  readonly dataset: string | null;
  /** The train file within a CSV directory; null: by its default rule. */
  readonly trainFile: string | null;
  readonly dataDir: string;
  /** Where sales are kept: in the Worker itself, in a redis-server on this machine, or at Upstash. */
  readonly store: 'embedded' | 'redis' | 'upstash';
  /** One Worker per process, as in the split deployment. */
  readonly split: boolean;
  /** Number of partitions of stream and feature store. */
  readonly partitions: number;
  /** Ticks a second; null: real time, one tick every five minutes. */
  readonly speed: number | null;
  /** The business day on which a new data directory starts, at the current time of day; null: today. */
  readonly today: IsoDate | null;
  /** Replay a CSV directory, moved in time, or keep all its days as history; null: by its age. */
  readonly timeTravel: boolean | null;
  /** Count bad rows of CSV files instead of stopping at the first. */
  readonly skipBadRows: boolean;
  /** Sales of a series without a row on a day on which its store has rows; null: the files decide. */
  readonly missing: MissingRule | null;
  /** Size of the synthetic dataset; null: its default. */
  readonly stores: number | null;
  readonly families: number | null;
  /** Remove the content of the data directory and start over. */
  readonly reset: boolean;
}

function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

function ticksPerSecond(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 50))
    throw new InvalidArgumentError('Give ticks a second, above 0 and up to 50.');
  return value;
}

function isoDate(text: string): IsoDate {
  try {
    return toIsoDate(toDayNumber(text));
  } catch {
    throw new InvalidArgumentError('Give a date, for example 2026-11-22.');
  }
}

/** The data directory of the synthetic dataset. */
export const DEFAULT_DATA_DIR = '.data/synthetic';

/** Datasets of the same name in two places get a directory each. */
function defaultDataDir(dataset: string | null): string {
  if (dataset === null) return DEFAULT_DATA_DIR;
  const hash = createHash('sha256').update(dataset).digest('hex').slice(0, 8);
  return `.data/${basename(dataset)}-${hash}`;
}

/** Parses the command line; commander prints help or a usage error and exits. */
export function parseStartOptions(argv: readonly string[], root: string): StartOptions {
  const command = new Command('npm start --')
    .description('Run the whole system on this machine: sales, feature store, forecasts, API and dashboard.')
    .option('-p, --port <number>', 'port of the API and the dashboard', wholeNumber(1, 65_535), 8787)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--dataset <directory>',
      'directory of Store Sales CSV files, or output of `npm run train` (default: the synthetic dataset)',
    )
    .option('--train <file>', 'the train file within a CSV directory')
    .addOption(
      new Option(
        '--store <store>',
        'where sales are kept; upstash reads UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN',
      )
        .choices(['embedded', 'redis', 'upstash'])
        .default('embedded'),
    )
    .option(
      '--split',
      'run producer, aggregator and API as Workers of their own; needs --store redis or upstash',
      false,
    )
    .option(
      '--partitions <number>',
      `partitions of stream and store, 1..${MAX_PARTITIONS}; fixed once the data directory is filled`,
      wholeNumber(1, MAX_PARTITIONS),
      1,
    )
    .option(
      '--data-dir <directory>',
      'where sales, features and models are kept (default: one below .data for each dataset)',
    )
    .option(
      '--speed <ticks>',
      'ticks a second instead of one every five minutes; 4.8 is a day a minute',
      ticksPerSecond,
    )
    .option('--stores <number>', 'stores of the synthetic dataset, 1..54', wholeNumber(1, 54))
    .option('--families <number>', 'families of the synthetic dataset, 1..33', wholeNumber(1, 33))
    .option('--skip-bad-rows', 'count bad rows of CSV files instead of stopping at the first', false)
    .addOption(createMissingOption())
    .option(
      '--today <date>',
      'start a new data directory on another day, at the current time of day',
      isoDate,
    )
    .option(
      '--time-travel',
      'move the dataset so that today lies inside it (default: only where it ended long ago)',
    )
    .option('--no-time-travel', 'do not move the dates of the dataset: nothing is replayed')
    .option('--reset', 'remove the content of the data directory and start over', false)
    .addHelpText(
      'after',
      '\nExamples:\n  npm start\n  npm start -- --speed 5\n  npm start -- --dataset ./store-sales --port 9000\n',
    );
  const given = command.parse(argv, { from: 'user' }).opts<{
    port: number;
    host: string;
    dataset?: string;
    train?: string;
    dataDir?: string;
    store: StartOptions['store'];
    split: boolean;
    partitions: number;
    speed?: number;
    stores?: number;
    families?: number;
    skipBadRows: boolean;
    missing?: MissingRule;
    today?: IsoDate;
    timeTravel?: boolean;
    reset: boolean;
  }>();
  if (given.split && given.store === 'embedded') {
    command.error('error: --split needs --store redis or --store upstash: the Workers share nothing else.');
  }
  const dataset =
    given.dataset === undefined || given.dataset === 'synthetic' ? null : resolve(given.dataset);
  return {
    port: given.port,
    host: given.host,
    dataset,
    trainFile: given.train ?? null,
    dataDir: resolve(root, given.dataDir ?? defaultDataDir(dataset)),
    store: given.store,
    split: given.split,
    partitions: given.partitions,
    speed: given.speed ?? null,
    stores: given.stores ?? null,
    families: given.families ?? null,
    today: given.today ?? null,
    timeTravel: given.timeTravel ?? null,
    skipBadRows: given.skipBadRows,
    missing: given.missing ?? null,
    reset: given.reset,
  };
}
