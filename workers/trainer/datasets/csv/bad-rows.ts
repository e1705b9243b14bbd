import { DatasetError, type DatasetErrorKind, type DatasetProblem } from './dataset-error.ts';

/** How many bad rows were left out, by kind, and the first of each kind. */
export interface SkippedRows {
  readonly count: number;
  readonly byKind: Readonly<Partial<Record<DatasetErrorKind, number>>>;
  readonly examples: readonly string[];
}

/** Decides what happens to a bad row: it ends the reading, or is counted and left out. */
export interface BadRows {
  /** @throws {DatasetError} unless bad rows are skipped. */
  report(problem: DatasetProblem): void;
  summary(): SkippedRows;
}

export function createBadRows(skip: boolean): BadRows {
  const byKind: Partial<Record<DatasetErrorKind, number>> = {};
  const examples: string[] = [];
  let count = 0;
  return {
    report(problem) {
      const error = new DatasetError(problem);
      if (!skip) throw error;
      count += 1;
      byKind[problem.kind] = (byKind[problem.kind] ?? 0) + 1;
      if (byKind[problem.kind] === 1) examples.push(error.message);
    },
    summary: () => ({ count, byKind, examples }),
  };
}
