/**
 * `npm run reconcile`: checks the buckets against the stream, or repairs them.
 *
 * @module
 */

import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_TIME_ZONE, isTimeZone } from '../../../shared/calendar/business-clock.ts';
import { explainError } from '../../../shared/errors/user-error.ts';
import { chooseAudits } from '../../../shared/sales-store/bindings/choose-audits.ts';
import { chooseStore } from '../../../shared/sales-store/bindings/choose-store.ts';
import { showProgress } from '../../trainer/data/progress.ts';
import { isBucket, openPublication } from '../../trainer/publish/object-store/open-object-store.ts';
import { DEFAULT_DATA_DIR } from '../command-line/start-options.ts';
import { openBackend } from '../system/backend.ts';
import { bundleWorker } from '../system/bundle-worker.ts';
import { readStoreKind } from '../system/data-directory.ts';
import { lockDirectory } from '../system/instance-lock.ts';
import { endLeftoverRuntime } from '../system/leftover-runtime.ts';
import { openLocalSystem } from '../system/local-system.ts';
import { askOperator } from './operator-socket.ts';
import { printReport } from './print-report.ts';
import { readCatalogInService, reconcileStore, targetOf } from './reconcile-store.ts';
import { isEqual, ReconcileError, type ReconcileReport } from './report.ts';

export interface ReconcileOptions {
  /** The data directory of a local system; null: a database at Upstash. */
  readonly dataDir: string | null;
  /** The catalog's file, or where it was published, for Upstash. */
  readonly catalog: string | null;
  readonly timeZone: string;
  readonly repair: boolean;
  readonly json: boolean;
}

/** Parses the command line; commander prints help or a usage error and exits with code 2. */
export function parseReconcileOptions(argv: readonly string[], env: NodeJS.ProcessEnv): ReconcileOptions {
  const given = new Command('npm run reconcile --')
    .description(
      'Sums the stream again and compares every bucket with it. Writes nothing without --repair.\n' +
        'Exit code: 0 equal, 1 differences, 2 could not run.',
    )
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .option('--repair', 'replace buckets that differ and can be recomputed', false)
    .option('--data-dir <directory>', `a local system, running or not (default: ${DEFAULT_DATA_DIR})`)
    .option(
      '--catalog <where>',
      'what `npm run train -- --out` published to (a directory or r2://BUCKET), or a file with the catalog; needed for Upstash',
    )
    .addOption(
      new Option('--time-zone <zone>', "the stores' time zone, for Upstash")
        .env('BUSINESS_TIME_ZONE')
        .default(DEFAULT_TIME_ZONE)
        .argParser((name: string) => {
          if (isTimeZone(name)) return name;
          throw new InvalidArgumentError(`Write an IANA time zone such as ${DEFAULT_TIME_ZONE}.`);
        }),
    )
    .option('--json', 'the report as one JSON object on the last line', false)
    .addHelpText(
      'after',
      '\nWith UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN in the environment and no --data-dir, it works on that\n' +
        'database. Examples:\n  npm run reconcile\n  npm run reconcile -- --repair\n' +
        '  npm run reconcile -- --catalog r2://retail-demand-artifacts\n',
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

/**
 * Reconciles the store of a data directory: through the process that runs on it, or by opening it.
 *
 * @throws {ReconcileError} when the directory holds no system. {StartError} when it cannot be opened.
 */
export async function reconcileDirectory(
  root: string,
  dataDir: string,
  repair: boolean,
  onProgress: (done: number, total: number) => void,
): Promise<ReconcileReport> {
  const store = await readStoreKind(dataDir);
  if (store === null) {
    throw new ReconcileError(`${dataDir} holds no system that has been started; give another --data-dir`);
  }
  const detail = await askOperator(dataDir, repair);
  if (detail) return detail;

  const unlock = await lockDirectory(dataDir);
  try {
    await endLeftoverRuntime(dataDir);
    const modules = await bundleWorker(root, join(dataDir, 'worker'));
    const backend = await openBackend({ store, dataDir });
    try {
      const system = await openLocalSystem({
        root,
        modules,
        dataDir,
        host: '127.0.0.1',
        port: 0,
        vars: backend.vars,
        onLog: () => undefined,
      });
      try {
        return await reconcileStore(targetOf(system), repair, onProgress);
      } finally {
        await system.stop();
      }
    } finally {
      await backend.stop();
    }
  } finally {
    await unlock();
  }
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

async function reconcileUpstash(
  { catalog, timeZone, repair }: ReconcileOptions,
  onProgress: (done: number, total: number) => void,
): Promise<ReconcileReport> {
  const { UPSTASH_REDIS_REST_URL = '', UPSTASH_REDIS_REST_TOKEN = '', STREAM_PARTITIONS } = process.env;
  const bindings = { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, STREAM_PARTITIONS };
  if (catalog === null) {
    throw new ReconcileError(
      'Which rows may be counted depends on the catalog: give --catalog WHERE, see npm run reconcile -- --help',
    );
  }
  const text = await readPublishedCatalog(catalog).catch((error: Error) => {
    throw new ReconcileError(`--catalog ${catalog}: ${error.message}`);
  });
  const target = {
    store: chooseStore(bindings),
    audits: chooseAudits(bindings),
    timeZone,
    readCatalog: async () => text,
  };
  return reconcileStore(target, repair, onProgress);
}

/** @param where a file, or what was published to; null for a publication without a dataset */
async function readPublishedCatalog(where: string): Promise<string | null> {
  if (!isBucket(where) && !(await stat(where)).isDirectory()) return readFile(where, 'utf8');
  return readCatalogInService(await openPublication(where));
}

async function main(options: ReconcileOptions): Promise<number> {
  const progress = showProgress('Buckets');
  let report: ReconcileReport;
  try {
    report =
      options.dataDir === null
        ? await reconcileUpstash(options, progress.update)
        : await reconcileDirectory(ROOT, options.dataDir, options.repair, progress.update);
  } finally {
    progress.stop();
  }
  const write = (line: string) => process.stdout.write(`${line}\n`);
  printReport(report, write);
  if (options.json) write(JSON.stringify(report));
  return isEqual(report) ? 0 : 1;
}

main(parseReconcileOptions(process.argv.slice(2), process.env)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${explainError(error)}\n`);
    process.exit(2);
  },
);
