import { basename, resolve } from 'node:path';
import { at } from '../../../../shared/at.ts';
import { type DayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { compareStoreNbrs } from '../../../../shared/schemas/series.ts';
import { describeClosures } from '../closures/describe-closures.ts';
import {
  inferClosures,
  isShut,
  markClosedDays,
  type StoreHistory,
  storeHistories,
} from '../closures/infer-closures.ts';
import { storeActivities } from '../closures/store-activity.ts';
import { type Dataset, lastDayOf } from '../dataset.ts';
import { type BuiltPanel, buildPanel, joinPlan, type RespelledFamily } from './build-panel.ts';
import { createBadRows, DatasetError, type SkippedRows } from './dataset-error.ts';
import { findFiles } from './find-files.ts';
import { readHolidays, readOil } from './read-covariates.ts';
import { readClosures, readStores, readTickets, unknownStore } from './read-store-tables.ts';
import { describeLikelyRenames, readRenames } from './renames.ts';
import { readPlanRows, readSalesRows } from './sales-rows.ts';
import { fillTillZeros, type MissingRule, type TillStores } from './till-exports.ts';

export interface CsvOptions {
  /** Name of the file with the sales, within the directory. */
  readonly trainFile?: string;
  /** Counts and skips bad rows instead of stopping at the first. */
  readonly skipBadRows?: boolean;
  /** The sales of a series without a row on a day on which its store has one; default: inferred. */
  readonly missing?: MissingRule;
  /** Called with the number of bytes read so far, over all files. */
  readonly onProgress?: (bytes: number, totalBytes: number) => void;
}

export interface CsvReport {
  /** Rows of sales that were kept. */
  readonly rows: number;
  readonly skipped: SkippedRows;
  /** Days without any row on which all stores were closed. */
  readonly closedDays: readonly string[];
  /** Days without any row and without an explanation, taken as missing values. */
  readonly lostDays: readonly string[];
  /** Days of single series without a value although their store was open. */
  readonly missingCells: number;
  /** Other remarks for the user, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Reads a dataset in the schema of Kaggle's "Store Sales" from a directory: train.csv, and if present stores.csv,
 * oil.csv, holidays_events.csv, transactions.csv, closures.csv, renames.csv and test.csv; each plain or gzipped, streamed. Units are
 * rounded to thousandths. For days without rows, see {@link buildPanel}, {@link fillTillZeros} and
 * {@link markClosedDays}.
 *
 * @throws {DatasetError} for the first error; with `skipBadRows` only for errors that are not in a single row.
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
  const renames = files.renames ? await readRenames(source(files.renames)) : new Map<string, string>();
  const rows = await readSalesRows({ ...source(files.train), knownStores, renames });
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
  const storeNbrs = [...new Set(rows.series.map(({ storeNbr }) => storeNbr))].sort(compareStoreNbrs);
  const stores = storeNbrs.map((storeNbr) => knownStores?.get(storeNbr) ?? unknownStore(storeNbr));
  const declared = files.closures
    ? await readClosures(source(files.closures), new Set([...storeNbrs, ...(knownStores?.keys() ?? [])]))
    : [];
  const built = buildPanel(rows, trainFile, badRows, { holidays, stores, declared });
  const { closedDays, lostDays, gaps, respelled, ...sales } = built;
  notes.push(...respelled.map(describeRespelled), ...describeLikelyRenames({ ...sales, tickets: null }));
  const families = [...new Set(rows.series.map(({ family }) => family))];
  notes.push(
    ...describeLookAlikes('families', 'differ in upper and lower case only', families, (name) =>
      name.toLowerCase(),
    ),
    ...describeLookAlikes(
      'families',
      'look the same, but are written with other characters,',
      [...Map.groupBy(families, (name) => name.toLowerCase()).values()].map((group) => at(group, 0)),
      skeletonOf,
    ),
  );
  notes.push(
    ...describeLookAlikes('stores', 'differ in leading zeros only', storeNbrs, (nbr) =>
      nbr.replace(/^0+(?=.)/, ''),
    ),
  );

  let tickets: Int32Array | null = null;
  if (files.transactions) {
    tickets = new Int32Array(stores.length * sales.dayCount).fill(MISSING);
    const storeIndex = new Map(storeNbrs.map((storeNbr, index) => [storeNbr, index]));
    const { firstDay, dayCount } = sales;
    await readTickets(source(files.transactions), { firstDay, dayCount, storeIndex, knownStores, tickets });
  }
  let plan = null;
  if (files.test) {
    const planRows = await readPlanRows({ ...source(files.test), knownStores, renames });
    if (!planRows.hasPromotions) notes.push(describeNoPromotions(basename(files.test)));
    plan = joinPlan(sales, planRows, basename(files.test), badRows);
    if (!plan)
      notes.push(`${basename(files.test)} does not start on the day after the last sales: it is ignored.`);
  }

  const panel = { ...sales, ...plan, tickets };
  const tills = fillTillZeros(panel, storeActivities({ panel, stores }), options.missing ?? 'auto');
  if (tills.filledCells > 0) notes.push(describeTills(tills, stores.length));
  const unmarked: Dataset = {
    name: trainFile.startsWith('train.csv')
      ? basename(resolve(directory))
      : `${basename(resolve(directory))}/${trainFile}`,
    stores,
    families: [...new Set(sales.series.map(({ family }) => family))].sort(),
    holidays,
    oil,
    panel,
    shiftDays: 0,
    ...(declared.length > 0 && { declaredClosures: declared }),
    // Whether a single store was closed or its day was lost is decided by its own sales.
    ...(lostDays.length > 0 && stores.length > 1 && { lostDays }),
  };
  const histories = storeHistories(unmarked);
  const dataset = markClosedDays(unmarked, histories);
  const isExplained = (day: DayNumber) =>
    stores.length === 1 && isShut(histories[0]?.states[day - panel.firstDay]);
  const lost = lostDays.filter((day) => !isExplained(day));
  if (lost.length > 0) notes.push(describeLostDays(lost.map(toIsoDate), gaps));
  const lastDay = lastDayOf(panel);
  notes.push(...describeClosures(histories, inferClosures(dataset, lastDay, HORIZON), panel.firstDay));
  const closed = [...closedDays, ...lostDays.filter(isExplained)].sort((a, b) => a - b);
  const report = {
    rows: rows.day.length,
    skipped: badRows.summary(),
    closedDays: closed.map(toIsoDate),
    lostDays: lost.map(toIsoDate),
    missingCells: countMissing(dataset, histories, closed),
    notes,
  };
  return { dataset, report };
}

/** Cells after each series' first row that have no value although the store was open. */
function countMissing(
  { panel }: Dataset,
  histories: readonly StoreHistory[],
  closedDays: readonly DayNumber[],
): number {
  const statesOf = new Map(histories.map(({ store, states }) => [store.store_nbr, states]));
  const closed = new Set(closedDays.map((day) => day - panel.firstDay));
  let missing = 0;
  panel.series.forEach(({ storeNbr }, s) => {
    const row = panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount);
    const states = statesOf.get(storeNbr);
    const first = row.findIndex((value) => value !== MISSING);
    for (let day = Math.max(0, first); first >= 0 && day < row.length; day++) {
      if (row[day] === MISSING && !closed.has(day) && !isShut(states?.[day])) missing++;
    }
  });
  return missing;
}

function describeRespelled({ family, spellings, added }: RespelledFamily): string {
  const sum = added > 0 ? `; ${added} rows of the same day are added up` : '';
  return `The family "${family}" has ${spellings} spellings or names: they are one family${sum}.`;
}

/** Names that a person may take for one, but which are not: every other spelling is a series of its own. */
function describeLookAlikes(
  what: 'families' | 'stores',
  difference: string,
  names: readonly string[],
  alike: (name: string) => string,
): string[] {
  return [...Map.groupBy(names, alike).values()]
    .filter((group) => group.length > 1)
    .map((group) => {
      const listed = group.map((name) => `"${name}"`).join(' and ');
      return `The ${what} ${listed} ${difference} and are forecast separately: write them alike if they are one.`;
    });
}

/** Letters of other alphabets that look like Latin ones: Cyrillic, then Greek. */
const LOOKS_LIKE = new Map([
  ...[...'авекмнорстухіѕј'].map((letter, i) => [letter, [...'abekmhopctyxisj'][i] as string] as const),
  ...[...'αβεηικμνορτυχ'].map((letter, i) => [letter, [...'abehikmnoptyx'][i] as string] as const),
]);

/** What a person sees of a name: without what is invisible, widths, accents' spelling and alphabets alike. */
function skeletonOf(name: string): string {
  const visible = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return Array.from(visible.toLowerCase(), (letter) => LOOKS_LIKE.get(letter) ?? letter).join('');
}

function describeTills({ storeNbrs, filledCells, share }: TillStores, stores: number): string {
  const which = storeNbrs.length === stores ? 'All stores have' : `Stores ${storeNbrs.join(', ')} have`;
  return (
    `${which} rows only for what was sold, as a till exports it: ${filledCells} values without a row ` +
    `(${Math.round(share * 100)} %) are zero. --missing unknown treats them as unknown.`
  );
}

function describeNoPromotions(file: string): string {
  return `${file} has no column "onpromotion": nothing is taken to be on promotion.`;
}

const EXAMPLES = 5;

function describeLostDays(days: readonly string[], gaps: BuiltPanel['gaps']): string {
  const text = days.slice(0, EXAMPLES).join(', ') + (days.length > EXAMPLES ? ', ...' : '');
  return (
    `${days.length} ${days.length === 1 ? 'day has' : 'days have'} no row at all (${text}) and ` +
    `${days.length === 1 ? 'is' : 'are'} neither a holiday nor a usual day off: missing, not zero.` +
    (gaps.length > 0 ? ' Sales recover after them, so the gap does no harm.' : '')
  );
}
