import type { EpochMs } from '../calendar/business-clock.ts';
import { PartialRunError } from '../errors/partial-run-error.ts';
import type { RecordedMark, StoreLoss } from './store-loss.ts';

/** The processes that report their runs; `intake` reports deliveries that could not be written, and no others. */
export type PipelineProcess = 'producer' | 'aggregator' | 'intake';

/** One run of one process, small enough to travel in a request header. */
export interface PipelineRun {
  /** The instant of the schedule, milliseconds since the epoch. */
  readonly scheduledTime: number;
  /** When it ended; missing in records of earlier versions. */
  readonly finishedAt?: EpochMs;
  /** The outcome, e.g. `produced`, `idle`, `failed`. */
  readonly outcome: string;
  /** Counts of the run: entries, rows, dead letters. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
  /** How many attempts of this run failed; missing for one. */
  readonly failures?: number;
  /** How far the store had counted at its end; of the aggregator. */
  readonly store?: RecordedMark;
  /** What the store has lost not long ago; of the aggregator. */
  readonly loss?: StoreLoss;
}

/**
 * The last runs of each process. Losing it loses no sale and no forecast: it only describes the state of the
 * pipeline.
 */
export interface PipelineStatus {
  /** Never rejects: a run must not fail because its outcome could not be recorded. */
  recordRun(process: PipelineProcess, run: PipelineRun): Promise<void>;
  /** The run that was recorded last first. */
  readRuns(process: PipelineProcess): Promise<readonly PipelineRun[]>;
}

/** Runs kept of each process: four hours of five-minute runs. */
const KEPT_RUNS = 50;

/**
 * The runs to keep when one more is recorded. A repeated run replaces its first record. In the order in which they were
 * recorded, not that of their schedule: after a clock was set back the newest run has not the latest instant.
 */
export function addRun(runs: readonly PipelineRun[], run: PipelineRun): PipelineRun[] {
  const earlier = runs.find(({ scheduledTime }) => scheduledTime === run.scheduledTime);
  const repeated = run.error !== null && earlier !== undefined && earlier.error !== null;
  const added = repeated ? { ...run, failures: (earlier.failures ?? 1) + 1 } : run;
  return [added, ...runs.filter((known) => known !== earlier)].slice(0, KEPT_RUNS);
}

/** When a run is due, and the clock that tells when it ends. */
export interface RunTime {
  readonly scheduledTime: EpochMs;
  readonly now: () => EpochMs;
}

/**
 * Runs a process and records the outcome and all numbers of its report, or why it failed.
 *
 * @param describe what else is recorded; of a failed run it gets null.
 * @throws what `work` throws, once that is recorded.
 */
export async function runRecorded<R extends { readonly outcome: string }>(
  status: PipelineStatus,
  process: PipelineProcess,
  { scheduledTime, now }: RunTime,
  work: () => Promise<R>,
  describe: (report: R | null) => Pick<PipelineRun, 'store' | 'loss'> = () => ({}),
): Promise<void> {
  try {
    const report = await work();
    await status.recordRun(process, {
      ...describeRun(scheduledTime, report),
      finishedAt: now(),
      ...describe(report),
    });
  } catch (error) {
    // The part of the work that was done is recorded in any case.
    const counts = error instanceof PartialRunError ? numbersOf(error.report as object) : {};
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const failed = { scheduledTime, finishedAt: now(), outcome: 'failed', counts, error: message };
    await status.recordRun(process, { ...failed, ...describe(null) });
    throw error;
  }
}

/** The record of a run that did not fail. */
export function describeRun(
  scheduledTime: EpochMs,
  { outcome, ...report }: { readonly outcome: string },
): Omit<PipelineRun, 'finishedAt'> {
  return { scheduledTime, outcome, counts: numbersOf(report), error: null };
}

function numbersOf(report: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(report).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
