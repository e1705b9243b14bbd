/**
 * `npm run reconcile`: proves the buckets by the stream, or repairs them.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chooseAudits } from '../../../shared/store/choose-audit.ts';
import { chooseStore } from '../../../shared/store/choose-store.ts';
import { showProgress } from '../../trainer/progress.ts';
import { StartError } from '../start-error.ts';
import { reconcileDirectory } from './local-target.ts';
import { parseReconcileOptions, type ReconcileOptions } from './options.ts';
import { printReport } from './print-report.ts';
import { ReconcileError } from './reconcile-error.ts';
import { reconcileStore } from './reconcile-store.ts';
import { isEqual, type ReconcileReport } from './report.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

async function reconcileUpstash(
  { catalog, timeZone, repair }: ReconcileOptions,
  onProgress: (done: number, total: number) => void,
): Promise<ReconcileReport> {
  const { UPSTASH_REDIS_REST_URL = '', UPSTASH_REDIS_REST_TOKEN = '', STREAM_PARTITIONS } = process.env;
  const bindings = { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, STREAM_PARTITIONS };
  if (catalog === null) {
    throw new ReconcileError(
      'Which rows may be counted depends on the catalog: give --catalog FILE, see npm run reconcile -- --help',
    );
  }
  const text = await readFile(catalog, 'utf8').catch((error: Error) => {
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
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n${error instanceof StartError ? `${error.fix}\n` : ''}`);
    process.exit(2);
  },
);
