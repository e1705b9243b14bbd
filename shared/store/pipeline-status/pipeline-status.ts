/** The processes that report their runs. */
export type PipelineProcess = 'producer' | 'aggregator' | 'monitor';

/** One run of one process, small enough to travel in a request header. */
export interface PipelineRun {
  /** The instant for which the run was due, milliseconds since the epoch. */
  readonly scheduledTime: number;
  /** What came of it, e.g. `produced`, `idle`, `failed`. */
  readonly outcome: string;
  /** What the run counted: entries, rows, dead letters. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
}

/** The last runs of each process. Losing it loses no sale and no forecast: it only says how the pipeline fares. */
export interface PipelineStatus {
  /** Never rejects: a run must not fail because its outcome could not be noted. */
  recordRun(process: PipelineProcess, run: PipelineRun): Promise<void>;
  /** The newest run first. */
  readRuns(process: PipelineProcess): Promise<readonly PipelineRun[]>;
}
