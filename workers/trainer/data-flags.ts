import type { Command } from 'commander';
import { atLeast } from './whole-number.ts';

/** Which sales to read. */
export interface DataFlags {
  /** A directory, `synthetic` or `kaggle`. */
  readonly dataset: string;
  readonly train?: string;
  readonly timeTravel: boolean;
  readonly skipBadRows?: true;
  readonly stores?: number;
  readonly families?: number;
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

/** The options of `LiveStoreFlags`. */
export function addLiveOptions(command: Command): Command {
  return command
    .option(
      '--live-url <url>',
      'feature store whose closed days are learned from, too (default: UPSTASH_REDIS_REST_URL)',
    )
    .option('--live-token <token>', 'its token, a read-only one will do (default: UPSTASH_REDIS_REST_TOKEN)')
    .option('--no-live', 'learn from the files alone, even where the environment names a feature store');
}
