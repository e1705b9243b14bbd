import type { EpochMs } from '../calendar/business-clock.ts';
import { PartitionFailure } from '../sales-store/partitioned/for-each-partition.ts';

/** The processes that report their runs. */
export type PipelineProcess = 'producer' | 'aggregator';

/** One run of one process, small enough to travel in a request header. */
export interface PipelineRun {
  /** The instant of the schedule, milliseconds since the epoch. */
  readonly scheduledTime: number;
  /** The outcome, e.g. `produced`, `idle`, `failed`. */
  readonly outcome: string;
  /** Counts of the run: entries, rows, dead letters. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
}

/**
 * The last runs of each process. Losing it loses no sale and no forecast: it only describes the state of the
 * pipeline.
 */
export interface PipelineStatus {
  /** Never rejects: a run must not fail because its outcome could not be recorded. */
  recordRun(process: PipelineProcess, run: PipelineRun): Promise<void>;
  /** The newest run first. */
  readRuns(process: PipelineProcess): Promise<readonly PipelineRun[]>;
}

/**
 * Runs a process and records the outcome and all numbers of its report, or why it failed.
 *
 * @throws what `work` throws, once that is recorded.
 */
export async function runRecorded<R extends { readonly outcome: string }>(
  status: PipelineStatus,
  process: PipelineProcess,
  scheduledTime: EpochMs,
  work: () => Promise<R>,
): Promise<void> {
  try {
    const { outcome, ...report } = await work();
    await status.recordRun(process, { scheduledTime, outcome, counts: numbersOf(report), error: null });
  } catch (error) {
    // The work of the other partitions is recorded in any case.
    const counts = error instanceof PartitionFailure ? numbersOf(error.report) : {};
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await status.recordRun(process, { scheduledTime, outcome: 'failed', counts, error: message });
    throw error;
  }
}

function numbersOf(report: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(report).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
