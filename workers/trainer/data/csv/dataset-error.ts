import { UserError } from '../../../../shared/errors/user-error.ts';

/** What can be wrong with a dataset's files. The first group is about a file, the second about one row. */
export type DatasetErrorKind =
  | 'missing-file'
  | 'empty-file'
  | 'missing-column'
  | 'duplicate-column'
  | 'broken-gzip'
  | 'broken-quote'
  | 'bad-encoding'
  | 'trailing-rubbish'
  | 'date-gap'
  | 'weekly-data'
  | 'monthly-data'
  | 'field-count'
  | 'bad-number'
  | 'bad-date'
  | 'bad-value'
  | 'negative-sales'
  | 'non-finite-sales'
  | 'unknown-store'
  | 'duplicate-key';

export interface DatasetProblem {
  readonly kind: DatasetErrorKind;
  /** Name of the file, without its directory. */
  readonly file: string;
  /** Line in the (decompressed) file, where the header is line 1; null if the error concerns the whole file. */
  readonly line: number | null;
  /** Name of the column; null if the error concerns no single one. */
  readonly column: string | null;
  readonly problem: string;
  /** The fix. */
  readonly fix: string;
}

/** Thrown for bad input; says where it is and how to fix it. */
export class DatasetError extends UserError implements DatasetProblem {
  override name = 'DatasetError';
  readonly kind: DatasetErrorKind;
  readonly file: string;
  readonly line: number | null;
  readonly column: string | null;
  readonly problem: string;
  readonly fix: string;

  constructor({ kind, file, line, column, problem, fix }: DatasetProblem) {
    const place = [
      file,
      ...(line === null ? [] : [`line ${line}`]),
      ...(column === null ? [] : [`column "${column}"`]),
    ].join(', ');
    super(`${place}: ${problem}. ${fix}`);
    this.kind = kind;
    this.file = file;
    this.line = line;
    this.column = column;
    this.problem = problem;
    this.fix = fix;
  }
}

/** Skipped rows and gaps by kind, with the first of each kind. */
export interface SkippedRows {
  /** Skipped rows. */
  readonly count: number;
  /** Skipped rows and gaps. */
  readonly byKind: Readonly<Partial<Record<DatasetErrorKind, number>>>;
  readonly examples: readonly string[];
}

/** Handles a bad row or a gap: either stops reading, or counts and skips it. */
export interface BadRows {
  /** @throws {DatasetError} unless bad rows are skipped. */
  report(problem: DatasetProblem): void;
  /**
   * The same for missing days, which do not count as skipped rows. @throws {DatasetError} unless bad rows are skipped.
   */
  reportGap(problem: DatasetProblem): void;
  summary(): SkippedRows;
}

export function createBadRows(skip: boolean): BadRows {
  const byKind: Partial<Record<DatasetErrorKind, number>> = {};
  const examples: string[] = [];
  let count = 0;
  const note = (problem: DatasetProblem): void => {
    const error = new DatasetError(problem);
    if (!skip) throw error;
    byKind[problem.kind] = (byKind[problem.kind] ?? 0) + 1;
    if (byKind[problem.kind] === 1) examples.push(error.message);
  };
  return {
    report(problem) {
      note(problem);
      count += 1;
    },
    reportGap: note,
    summary: () => ({ count, byKind, examples }),
  };
}
