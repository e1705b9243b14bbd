import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { DatasetError } from '../../../workers/trainer/data/csv/dataset-error.ts';
import { type CsvOptions, readCsvDirectory } from '../../../workers/trainer/data/csv/read-csv-directory.ts';

/** Contents by file name. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export const lines = (...rows: readonly string[]) => `${rows.join('\n')}\n`;

/** Gives each test an empty directory, and what writes files there and reads them as a dataset. */
export function useCsvFiles() {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'csv-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const read = async (files: Files, options?: CsvOptions) => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    return readCsvDirectory(directory, options);
  };
  /** The error that ends the reading. */
  const failure = async (files: Files): Promise<DatasetError> => {
    const error: unknown = await read(files).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DatasetError);
    if (!(error instanceof DatasetError)) throw new Error('not reached');
    return error;
  };
  return {
    get directory() {
      return directory;
    },
    read,
    failure,
  };
}
