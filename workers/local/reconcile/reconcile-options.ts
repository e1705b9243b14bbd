import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_TIME_ZONE, isTimeZone } from '../../../shared/calendar/business-clock.ts';
import { isoDateSchema } from '../../../shared/schemas/catalog.ts';
import { openBusinessClock } from '../../trainer/data/live/business-time-zone.ts';
import { DEFAULT_DATA_DIR } from '../command-line/start-options.ts';
import type { ReconcileMode } from './report.ts';

interface CommonOptions extends ReconcileMode {
  readonly json: boolean;
}

/** The system in a data directory, which has a catalog and a time zone of its own. */
interface DirectoryOptions extends CommonOptions {
  readonly dataDir: string;
  readonly timeZone: null;
}

/** A database at Upstash. */
export interface UpstashOptions extends CommonOptions {
  readonly dataDir: null;
  /** The catalog's file, or where it was published. */
  readonly catalog: string | null;
  /** Of the stores' business days. */
  readonly timeZone: string;
}

export type ReconcileOptions = DirectoryOptions | UpstashOptions;

/**
 * Parses the command line; commander prints help or a usage error and exits with code 2. Without `--time-zone`, a database
 * is reconciled by the days by which the Workers have counted it (`openBusinessClock`).
 *
 * @param configPath that of the repository by default
 * @throws {TimeZoneError} for a database, when neither command line, environment nor wrangler.toml names a time zone.
 */
export async function parseReconcileOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  configPath?: string,
): Promise<ReconcileOptions> {
  const given = new Command('npm run reconcile --')
    .description(
      'Proves every bucket and packed history by the stream, or by another witness where entries have left it.\n' +
        'Writes nothing without --repair.',
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .option('--repair', 'replace buckets that differ and can be recomputed', false)
    .option('--data-dir <directory>', `a local system, running or not (default: ${DEFAULT_DATA_DIR})`)
    .option(
      '--catalog <where>',
      'what `npm run train -- --out` published to (a directory or r2://BUCKET), or a file with the catalog; needed for Upstash',
    )
    .addOption(
      new Option(
        '--time-zone <zone>',
        "the stores' time zone, for Upstash (default: BUSINESS_TIME_ZONE, else that of wrangler.toml)",
      ).argParser((name: string) => {
        if (isTimeZone(name)) return name;
        throw new InvalidArgumentError(`Write an IANA time zone such as ${DEFAULT_TIME_ZONE}.`);
      }),
    )
    .addOption(
      new Option(
        '--since <date>',
        'leave out what begins before this day, such as days that no witness is left of',
      ).argParser((date: string) => {
        if (isoDateSchema.safeParse(date).success) return date;
        throw new InvalidArgumentError('Write a date such as 2026-01-31.');
      }),
    )
    .option('--json', 'the report as one JSON object on the last line', false)
    .addHelpText(
      'after',
      '\nExit codes:\n  0  everything is proven (or repaired)\n  1  something differs\n  2  could not run\n' +
        '  3  nothing differs, but something cannot be proven: the report names it and why\n' +
        '\nWith UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN in the environment and no --data-dir, it works on that\n' +
        'database. Examples:\n  npm run reconcile\n  npm run reconcile -- --repair\n' +
        '  npm run reconcile -- --catalog r2://retail-demand-artifacts\n' +
        '  npm run reconcile -- --since 2026-06-01 --json\n',
    )
    .parse(argv, { from: 'user' })
    .opts<{
      repair: boolean;
      dataDir?: string;
      catalog?: string;
      timeZone?: string;
      since?: string;
      json: boolean;
    }>();
  const { repair, since = null, json } = given;
  if (given.dataDir !== undefined || !env.UPSTASH_REDIS_REST_URL) {
    return { dataDir: resolve(given.dataDir ?? DEFAULT_DATA_DIR), timeZone: null, repair, since, json };
  }
  const timeZone = given.timeZone ?? (await openBusinessClock(env, configPath)).timeZone;
  return { dataDir: null, catalog: given.catalog ?? null, timeZone, repair, since, json };
}
