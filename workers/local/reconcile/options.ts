import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { DEFAULT_DATA_DIR } from '../options.ts';

export interface ReconcileOptions {
  /** The data directory of a local system; null: a database at Upstash. */
  readonly dataDir: string | null;
  /** `dataset/catalog.json` of the publication, for Upstash. */
  readonly catalog: string | null;
  readonly timeZone: string;
  readonly repair: boolean;
  readonly json: boolean;
}

/** Reads the command line; prints help or a usage error and ends the process (code 2) where commander does. */
export function parseReconcileOptions(argv: readonly string[], env: NodeJS.ProcessEnv): ReconcileOptions {
  const given = new Command('npm run reconcile --')
    .description(
      'Adds up the stream again and compares every bucket with it. Writes nothing unless told to repair.\n' +
        'Exit code: 0 equal, 1 differences, 2 could not run.',
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .option('--repair', 'replace what differs and can be recomputed', false)
    .option('--data-dir <directory>', `a local system, running or not (default: ${DEFAULT_DATA_DIR})`)
    .option('--catalog <file>', 'dataset/catalog.json of the publication; needed for Upstash')
    .addOption(
      new Option('--time-zone <zone>', "the stores' time zone, for Upstash")
        .env('BUSINESS_TIME_ZONE')
        .default('America/Guayaquil'),
    )
    .option('--json', 'the report as one JSON object on the last line', false)
    .addHelpText(
      'after',
      '\nWith UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN in the environment and no --data-dir, it works on that\n' +
        'database. Examples:\n  npm run reconcile\n  npm run reconcile -- --repair\n' +
        '  npx wrangler r2 object get retail-demand-artifacts/dataset/catalog.json --remote --file catalog.json\n' +
        '  npm run reconcile -- --catalog catalog.json\n',
    )
    .parse(argv, { from: 'user' })
    .opts<{ repair: boolean; dataDir?: string; catalog?: string; timeZone: string; json: boolean }>();
  const isUpstash = given.dataDir === undefined && Boolean(env.UPSTASH_REDIS_REST_URL);
  return {
    dataDir: isUpstash ? null : resolve(given.dataDir ?? DEFAULT_DATA_DIR),
    catalog: given.catalog ?? null,
    timeZone: given.timeZone,
    repair: given.repair,
    json: given.json,
  };
}
