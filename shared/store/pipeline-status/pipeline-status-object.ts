import { createDurable } from 'itty-durable';
import type { PipelineProcess, PipelineRun } from './pipeline-status.ts';

/** Runs kept of each process: four hours of five-minute runs. */
const KEPT_RUNS = 50;

/**
 * Keeps the last runs of each process. itty-durable stores every property of the object after each call and loads
 * them before the first; the methods are reached through `createPipelineStatus`.
 */
export class PipelineStatusObject extends createDurable({ autoPersist: true }) {
  runs: Partial<Record<PipelineProcess, PipelineRun[]>> = {};

  /** A run that is recorded again replaces its first record. */
  recordRun(process: PipelineProcess, run: PipelineRun): { readonly kept: number } {
    const others = (this.runs[process] ?? []).filter((known) => known.scheduledTime !== run.scheduledTime);
    const kept = [run, ...others].sort((a, b) => b.scheduledTime - a.scheduledTime).slice(0, KEPT_RUNS);
    this.runs[process] = kept;
    return { kept: kept.length };
  }

  readRuns(process: PipelineProcess): readonly PipelineRun[] {
    return this.runs[process] ?? [];
  }
}
