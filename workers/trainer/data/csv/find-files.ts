import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../absent-file.ts';
import { DatasetError } from './dataset-error.ts';

/** The files of a dataset directory: paths, null for absent ones, and their total size. */
export interface DatasetFiles {
  readonly train: string;
  readonly test: string | null;
  readonly stores: string | null;
  readonly oil: string | null;
  readonly holidays: string | null;
  readonly transactions: string | null;
  readonly closures: string | null;
  readonly renames: string | null;
  readonly totalBytes: number;
}

export const isTrainFile = (name: string) => /^train.*\.csv(\.gz)?$/.test(name);

/**
 * Finds the tables of a dataset, each plain or gzipped. Sales are in `trainFile`, else in train.csv(.gz), else in the
 * only train*.csv(.gz).
 *
 * @throws {DatasetError} if there is no directory, or no unique train file.
 */
export async function findFiles(directory: string, trainFile?: string): Promise<DatasetFiles> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
    throw missing(directory, 'there is no such directory', 'Name a directory with train.csv in it');
  });
  const named = (stem: string) =>
    names.find((name) => name === `${stem}.csv` || name === `${stem}.csv.gz`) ?? null;

  const train = trainFile ?? named('train') ?? onlyTrainFile(directory, names);
  if (!names.includes(train)) {
    throw missing(train, `the directory ${directory} has no such file`, `It has ${names.sort().join(', ')}`);
  }
  const files = {
    train,
    test: named('test'),
    stores: named('stores'),
    oil: named('oil'),
    holidays: named('holidays_events'),
    transactions: named('transactions'),
    closures: named('closures'),
    renames: named('renames'),
  };
  const path = (name: string | null) => name && join(directory, name);
  const sizes = await Promise.all(
    Object.values(files).map(async (name) => (name ? (await stat(join(directory, name))).size : 0)),
  );
  return {
    train: join(directory, train),
    test: path(files.test),
    stores: path(files.stores),
    oil: path(files.oil),
    holidays: path(files.holidays),
    transactions: path(files.transactions),
    closures: path(files.closures),
    renames: path(files.renames),
    totalBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

function onlyTrainFile(directory: string, names: readonly string[]): string {
  const candidates = names.filter(isTrainFile).sort();
  const [only] = candidates;
  if (only && candidates.length === 1) return only;
  throw missing(
    'train.csv',
    candidates.length === 0
      ? `the directory ${directory} has no train.csv or train.csv.gz`
      : `the directory ${directory} has several: ${candidates.join(', ')}`,
    candidates.length === 0 ? 'Put the sales there' : 'Name one of them with --train',
  );
}

function missing(file: string, problem: string, fix: string): DatasetError {
  return new DatasetError({ kind: 'missing-file', file, line: null, column: null, problem, fix });
}
