import { DatasetError, type DatasetErrorKind, type DatasetProblem } from './dataset-error.ts';

/** What was left out or passed over, by kind, and the first of each kind. */
export interface SkippedRows {
  /** Rows that were left out. */
  readonly count: number;
  /** Rows that were left out, and gaps that were passed over. */
  readonly byKind: Readonly<Partial<Record<DatasetErrorKind, number>>>;
  readonly examples: readonly string[];
}

/** Decides what happens to a bad row or a gap: it ends the reading, or is counted and left out. */
export interface BadRows {
  /** @throws {DatasetError} unless bad rows are skipped. */
  report(problem: DatasetProblem): void;
  /** Days that are not there are no row that is left out. @throws {DatasetError} unless bad rows are skipped. */
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
