import { basename, resolve } from 'node:path';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Dataset } from '../dataset.ts';
import { createBadRows, type SkippedRows } from './bad-rows.ts';
import { buildPanel } from './build-panel.ts';
import { DatasetError } from './dataset-error.ts';
import { findFiles } from './find-files.ts';
import { joinPlan } from './join-plan.ts';
import { readHolidays, readOil } from './read-covariates.ts';
import { readStores, unknownStore } from './read-stores.ts';
import { readTickets } from './read-tickets.ts';
import { readPlanRows, readSalesRows } from './sales-rows.ts';

export interface CsvOptions {
  /** Name of the file with the sales, within the directory. */
  readonly trainFile?: string;
  /** Counts and leaves out bad rows instead of stopping at the first. */
  readonly skipBadRows?: boolean;
  /** Called with the bytes of all files that have been read. */
  readonly onProgress?: (bytes: number, totalBytes: number) => void;
}

export interface CsvReport {
  /** Rows of sales that were kept. */
  readonly rows: number;
  readonly skipped: SkippedRows;
  /** Days without any row, taken as closures (zeros). */
  readonly closedDays: readonly string[];
  /** Days without any row that nothing explains, taken as missing values. */
  readonly lostDays: readonly string[];
  /** Days of single series without a row, taken as missing values. */
  readonly missingCells: number;
  /** What else a reader should know, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Reads a dataset in the schema of Kaggle's "Store Sales" from a directory: train.csv, and where they are there
 * stores.csv, oil.csv, holidays_events.csv, transactions.csv and test.csv; each plain or gzipped, streamed. Units are
 * rounded to thousandths. What becomes of days without rows is told at {@link buildPanel}.
 *
 * @throws {DatasetError} for the first thing that is wrong; with `skipBadRows` only for what no row can be blamed for.
 */
export async function readCsvDirectory(
  directory: string,
  options: CsvOptions = {},
): Promise<{ dataset: Dataset; report: CsvReport }> {
  const files = await findFiles(directory, options.trainFile);
  const badRows = createBadRows(options.skipBadRows ?? false);
  const notes: string[] = [];
  let bytesRead = 0;
  const onBytes = (bytes: number): void => {
    bytesRead += bytes;
    options.onProgress?.(bytesRead, files.totalBytes);
  };
  const source = (path: string) => ({ path, badRows, onBytes });

  const knownStores = files.stores ? await readStores(source(files.stores)) : null;
  if (!knownStores) notes.push('There is no stores.csv: city, state and type of every store are "unknown".');
  const oil = files.oil ? await readOil(source(files.oil)) : [];
  const holidays = files.holidays ? await readHolidays(source(files.holidays)) : [];

  const trainFile = basename(files.train);
  const rows = await readSalesRows({ ...source(files.train), knownStores });
  if (rows.day.length === 0) {
    throw new DatasetError({
      kind: 'empty-file',
      file: trainFile,
      line: 2,
      column: null,
      problem: 'the file has no usable row',
      fix: 'Write one row a store, family and day below the header',
    });
  }
  if (!rows.hasPromotions) notes.push(describeNoPromotions(trainFile));
  const storeNbrs = [...new Set(rows.series.map(({ storeNbr }) => storeNbr))].sort((a, b) => a - b);
  const stores = storeNbrs.map((storeNbr) => knownStores?.get(storeNbr) ?? unknownStore(storeNbr));
  const built = buildPanel(rows, trainFile, badRows, { holidays, stores });
  const { closedDays, lostDays, missingCells, ...sales } = built;
  if (lostDays.length > 0) notes.push(describeLostDays(lostDays));

  let tickets: Int32Array | null = null;
  if (files.transactions) {
    tickets = new Int32Array(stores.length * sales.dayCount).fill(MISSING);
    const storeIndex = new Map(storeNbrs.map((storeNbr, index) => [storeNbr, index]));
    const { firstDay, dayCount } = sales;
    await readTickets(source(files.transactions), { firstDay, dayCount, storeIndex, knownStores, tickets });
  }
  let plan = null;
  if (files.test) {
    const planRows = await readPlanRows({ ...source(files.test), knownStores });
    if (!planRows.hasPromotions) notes.push(describeNoPromotions(basename(files.test)));
    plan = joinPlan(sales, planRows, basename(files.test), badRows);
    if (!plan)
      notes.push(`${basename(files.test)} does not start on the day after the last sales: it is ignored.`);
  }

  const dataset: Dataset = {
    name: trainFile.startsWith('train.csv')
      ? basename(resolve(directory))
      : `${basename(resolve(directory))}/${trainFile}`,
    stores,
    families: [...new Set(sales.series.map(({ family }) => family))].sort(),
    holidays,
    oil,
    panel: { ...sales, ...plan, tickets },
    shiftDays: 0,
  };
  const report = {
    rows: rows.day.length,
    skipped: badRows.summary(),
    closedDays,
    lostDays,
    missingCells,
    notes,
  };
  return { dataset, report };
}

function describeNoPromotions(file: string): string {
  return `${file} has no column "onpromotion": nothing is taken to be on promotion.`;
}

const EXAMPLES = 5;

function describeLostDays(days: readonly string[]): string {
  const told = days.slice(0, EXAMPLES).join(', ') + (days.length > EXAMPLES ? ', ...' : '');
  return (
    `${days.length} ${days.length === 1 ? 'day has' : 'days have'} no row at all (${told}) and ` +
    `${days.length === 1 ? 'is' : 'are'} no holiday and no usual day off: missing, not zero.`
  );
}
