import { proxyDurable } from 'itty-durable';
import type { PipelineRun, PipelineStatus } from './pipeline-status.ts';

const OBJECT_NAME = 'pipeline';
const MAX_ERROR_LENGTH = 500;

/** The object's methods as itty-durable's proxy offers them: every call is a request, every answer parsed JSON. */
interface StatusProxy {
  recordRun(process: string, run: PipelineRun): Promise<unknown>;
  readRuns(process: string): Promise<readonly PipelineRun[]>;
}

/** @param onError hears of every record that could not be kept. */
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

/** The arguments travel in a header, which takes neither long nor non-ASCII text. */
function toHeaderText(error: string | null): string | null {
  return error === null ? null : error.slice(0, MAX_ERROR_LENGTH).replace(/[^\x20-\x7e\n]/g, '?');
}
