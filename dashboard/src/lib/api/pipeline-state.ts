import type { PipelineBody } from '../../../../shared/schemas/api/pipeline.ts';

type Run = PipelineBody['runs'][string][number];

export interface ProcessRun extends Run {
  readonly process: string;
}

/** The runs of all processes in one list, newest first. */
export function latestRuns(pipeline: PipelineBody, limit: number): ProcessRun[] {
  return Object.entries(pipeline.runs)
    .flatMap(([process, runs]) => runs.map((run) => ({ ...run, process })))
    .toSorted(
      (left, right) =>
        Date.parse(right.scheduled_at) - Date.parse(left.scheduled_at) ||
        left.process.localeCompare(right.process),
    )
    .slice(0, limit);
}

/** Progress of the history import, 0 to 1; null while the number of stores is unknown. */
export function importShare(history: PipelineBody['history_import']): number | null {
  if (history.complete) return 1;
  const total = history.stores_total;
  return total === null || total === 0 ? null : Math.min(1, history.stores_imported / total);
}
