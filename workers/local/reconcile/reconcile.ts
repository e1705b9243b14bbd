/**
 * `npm run reconcile`: checks the buckets against the stream, or repairs them.
 *
 * @module
 */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainError } from '../../../shared/errors/user-error.ts';
import { chooseAudits } from '../../../shared/sales-store/bindings/choose-audits.ts';
import { chooseStore } from '../../../shared/sales-store/bindings/choose-store.ts';
import { showProgress } from '../../trainer/data/progress.ts';
import { isBucket, openPublication } from '../../trainer/publish/object-store/open-object-store.ts';
import { openBackend } from '../system/backend.ts';
import { readStoreLayout } from '../system/data-directory.ts';
import { lockDirectory } from '../system/instance-lock.ts';
import { endLeftoverRuntime } from '../system/leftover-runtime.ts';
import { openLocalSystem } from '../system/local-system.ts';
import { buildWorker } from '../system/worker-build.ts';
import { askOperator } from './operator-socket.ts';
import { printReport } from './print-report.ts';
import { parseReconcileOptions, type UpstashOptions } from './reconcile-options.ts';
import {
  type ReconcileTarget,
  readPublicationInService,
  reconcileStore,
  targetOf,
} from './reconcile-store.ts';
import { EXIT_CODES, ReconcileError, type ReconcileMode, type ReconcileReport, verdictOf } from './report.ts';

/**
 * Reconciles the store of a data directory: through the process that runs on it, or by opening it.
 *
 * @throws {ReconcileError} when the directory holds no system. {StartError} when it cannot be opened.
 */
export async function reconcileDirectory(
  root: string,
  dataDir: string,
  mode: ReconcileMode,
  onProgress: (done: number, total: number) => void,
): Promise<ReconcileReport> {
  const layout = await readStoreLayout(dataDir);
  if (layout === null) {
    throw new ReconcileError(`${dataDir} holds no system that has been started; give another --data-dir`);
  }
  const answered = await askOperator(dataDir, mode);
  if (answered) return answered;

  await using cleanup = new AsyncDisposableStack();
  cleanup.defer((await lockDirectory(dataDir)).release);
  await endLeftoverRuntime(dataDir);
  const build = await buildWorker(root, join(dataDir, 'worker'));
  const backend = await openBackend({ store: layout.store, dataDir });
  cleanup.defer(() => backend.stop());
  const system = await openLocalSystem({
    build,
    dataDir,
    host: '127.0.0.1',
    port: 0,
    vars: { ...backend.vars, STREAM_PARTITIONS: String(layout.partitions) },
    onLog: () => undefined,
  });
  cleanup.defer(() => system.stop());
  return await reconcileStore(targetOf(system), mode, onProgress);
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

async function reconcileUpstash(
  { catalog, timeZone, ...mode }: UpstashOptions,
  onProgress: (done: number, total: number) => void,
): Promise<ReconcileReport> {
  const { UPSTASH_REDIS_REST_URL = '', UPSTASH_REDIS_REST_TOKEN = '', STREAM_PARTITIONS } = process.env;
  const bindings = { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, STREAM_PARTITIONS };
  if (catalog === null) {
    throw new ReconcileError(
      'Which rows may be counted depends on the catalog: give --catalog WHERE, see npm run reconcile -- --help',
    );
  }
  const publication = await readPublication(catalog).catch((error: Error) => {
    throw new ReconcileError(`--catalog ${catalog}: ${error.message}`);
  });
  const target = {
    store: chooseStore(bindings),
    audits: chooseAudits(bindings),
    timeZone,
    readPublication: async () => publication,
  };
  return reconcileStore(target, mode, onProgress);
}

/** @param where a file, or what was published to; null for a publication without a dataset */
async function readPublication(where: string): ReturnType<ReconcileTarget['readPublication']> {
  if (!isBucket(where) && !(await stat(where)).isDirectory()) {
    return { catalog: await readFile(where, 'utf8'), published: null };
  }
  return readPublicationInService(await openPublication(where));
}

async function main(): Promise<number> {
  const options = await parseReconcileOptions(process.argv.slice(2), process.env);
  const progress = showProgress('Buckets');
  let report: ReconcileReport;
  try {
    report =
      options.dataDir === null
        ? await reconcileUpstash(options, progress.update)
        : await reconcileDirectory(ROOT, options.dataDir, options, progress.update);
  } finally {
    progress.stop();
  }
  const write = (line: string) => process.stdout.write(`${line}\n`);
  printReport(report, write);
  const verdict = verdictOf(report);
  if (options.json) write(JSON.stringify({ verdict, ...report }));
  return EXIT_CODES[verdict];
}

main().then(
  // A long report is still on its way through a pipe.
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    process.stderr.write(`${explainError(error)}\n`);
    process.exit(2);
  },
);
