import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { at, last } from '../../../../shared/at.ts';
import { normalizeName } from '../../../../shared/schemas/series.ts';
import { isAbsent } from '../absent-file.ts';
import { type BadRows, DatasetError, type DatasetErrorKind } from './dataset-error.ts';
import { createUtf8Gate, explainFailure } from './explain-failure.ts';

/** One row of a table: the requested columns in the requested order, and its line. */
export interface TableRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** An invalid value, as reported by the reader of a table; `column` is one of the requested ones. */
export interface RowProblem {
  readonly kind: DatasetErrorKind;
  readonly column: string | null;
  readonly problem: string;
  readonly fix: string;
}

export interface TableRequest {
  readonly path: string;
  readonly columns: readonly string[];
  /** Alternative names of a column. */
  readonly synonyms?: Readonly<Record<string, readonly string[]>>;
  /** Optional columns with their default text; they come after `columns`. */
  readonly defaults?: Readonly<Record<string, string>>;
  readonly badRows: BadRows;
  /** @returns what is wrong with the row, or null. */
  readonly onRow: (row: TableRow) => RowProblem | null;
  /** Called with the number of bytes read since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

export interface TableReport {
  /** Optional columns that the file lacks. */
  readonly absent: readonly string[];
}

export const SKIP_HINT = 'Correct the row, or leave bad rows out with --skip-bad-rows';

/**
 * Streams a CSV file, plain or gzipped (by its name), row by row. Columns are found by name in the first line, in any
 * order; others are ignored, and so are blank lines.
 *
 * @throws {DatasetError} for a file that cannot be read to its end, for a missing or duplicate column, and for a bad
 * row unless `badRows` skips it. A stray quote is never skipped, because it may have swallowed the lines after it; nor
 * is another encoding.
 */
export async function readTable(request: TableRequest): Promise<TableReport> {
  const { path, columns, synonyms = {}, defaults = {}, badRows, onRow, onBytes } = request;
  const file = basename(path);
  await access(path).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
    throw new DatasetError({
      kind: 'missing-file',
      file,
      line: null,
      column: null,
      problem: `there is no file ${path}`,
      fix: 'Put it there or name another directory',
    });
  });

  let header: readonly string[] | null = null;
  let positions: readonly (number | string)[] = [];
  let lastLine = 0;

  const onRecord = (record: string[], context: { readonly lines: number }): null => {
    const line = context.lines;
    lastLine = line;
    if (!header) {
      header = namesOf(record, columns, synonyms);
      requireDistinct(file, header);
      positions = [...findColumns(file, header, columns), ...findOptional(header, defaults)];
      return null;
    }
    const problem =
      record.length === header.length
        ? onRow({
            line,
            fields: positions.map((place) => (typeof place === 'string' ? place : (record[place] as string))),
          })
        : fieldCountProblem(record, header);
    if (problem) badRows.report({ file, line, ...problem });
    return null;
  };

  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes?.(chunk.length);
      done(null, chunk);
    },
  });
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n'],
    on_record: onRecord,
  });
  parser.resume();
  try {
    if (file.endsWith('.gz')) {
      await pipeline(source, counter, createGunzip(), createUtf8Gate(), parser);
    } else {
      await pipeline(source, counter, createUtf8Gate(), parser);
    }
  } catch (error) {
    throw await explainFailure(error, path, lastLine);
  }
  if (!header) {
    throw new DatasetError({
      kind: 'empty-file',
      file,
      line: 1,
      column: null,
      problem: 'the file is empty',
      fix: `Its first line must name the columns ${columns.join(', ')}`,
    });
  }
  const names: readonly string[] = header;
  return { absent: Object.keys(defaults).filter((column) => !names.includes(column)) };
}

/** The names in the first line, with synonyms replaced. */
function namesOf(
  record: readonly string[],
  columns: readonly string[],
  synonyms: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const names = record.map(normalizeName);
  return names.map((name) => columns.find((column) => synonyms[column]?.includes(name)) ?? name);
}

/** Rejects duplicate column names, which are ambiguous; unnamed columns are ignored. */
function requireDistinct(file: string, header: readonly string[]): void {
  const twice = header.find((name, at) => name !== '' && header.indexOf(name) !== at);
  if (twice === undefined) return;
  const places = header.flatMap((name, at) => (name === twice ? [at + 1] : []));
  throw new DatasetError({
    kind: 'duplicate-column',
    file,
    line: 1,
    column: twice,
    problem: `${places.length} columns have this name: number ${places.join(' and ')}`,
    fix: 'Rename or remove all but the one that is meant',
  });
}

/** The positions of the optional columns, or their defaults. */
function findOptional(
  header: readonly string[],
  defaults: Readonly<Record<string, string>>,
): readonly (number | string)[] {
  return Object.entries(defaults).map(([column, value]) =>
    header.includes(column) ? header.indexOf(column) : value,
  );
}

function findColumns(file: string, header: readonly string[], columns: readonly string[]): readonly number[] {
  return columns.map((column) => {
    const position = header.indexOf(column);
    if (position >= 0) return position;
    throw new DatasetError({
      kind: 'missing-column',
      file,
      line: 1,
      column,
      problem: `there is no such column among ${header.map((name) => `"${name}"`).join(', ')}`,
      fix: `The first line must name the columns ${columns.join(', ')}`,
    });
  });
}

function fieldCountProblem(record: readonly string[], header: readonly string[]): RowProblem {
  const isShort = record.length < header.length;
  return {
    kind: 'field-count',
    column: isShort ? at(header, record.length) : `after ${last(header)}`,
    problem: `the row has ${record.length} fields, the header has ${header.length}`,
    fix: isShort
      ? `Complete or remove the row (a file that was cut off ends like this), or use --skip-bad-rows`
      : `Put quotes around fields that contain a comma. ${SKIP_HINT}`,
  };
}
