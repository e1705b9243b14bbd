import { createDurable, proxyDurable } from 'itty-durable';
import {
  addRun,
  type PipelineProcess,
  type PipelineRun,
  type PipelineStatus,
} from '../../shared/pipeline-status/pipeline-status.ts';

/**
 * Keeps the last runs of each process. itty-durable stores every property of the object after each call and loads
 * them before the first; the methods are reached through `createPipelineStatus`.
 */
export class PipelineStatusObject extends createDurable({ autoPersist: true }) {
  runs: Partial<Record<PipelineProcess, PipelineRun[]>> = {};

  recordRun(process: PipelineProcess, run: PipelineRun): { readonly kept: number } {
    const kept = addRun(this.runs[process] ?? [], run);
    this.runs[process] = kept;
    return { kept: kept.length };
  }

  readRuns(process: PipelineProcess): readonly PipelineRun[] {
    return this.runs[process] ?? [];
  }
}

const OBJECT_NAME = 'pipeline';
const MAX_ERROR_LENGTH = 500;

/** The object's methods as itty-durable's proxy offers them: every call is a request, every result parsed JSON. */
interface StatusProxy {
  recordRun(process: string, run: PipelineRun): Promise<unknown>;
  readRuns(process: string): Promise<readonly PipelineRun[]>;
}

/** @param onError receives every failure to keep a record. */
export function createPipelineStatus(
  namespace: DurableObjectNamespace,
  onError: (error: unknown) => void = (error) => console.error('pipeline status:', error),
): PipelineStatus {
  const object = (): StatusProxy => proxyDurable(namespace, { parse: true }).get(OBJECT_NAME);
  return {
    recordRun: async (process, run) => {
      try {
        await object().recordRun(process, { ...run, error: toHeaderText(run.error) });
      } catch (error) {
        onError(error);
      }
    },
    readRuns: (process) => object().readRuns(process),
  };
}

/** The arguments travel in a header, which allows neither long nor non-ASCII text. */
function toHeaderText(error: string | null): string | null {
  return error === null ? null : error.slice(0, MAX_ERROR_LENGTH).replace(/[^\x20-\x7e\n]/g, '?');
}
