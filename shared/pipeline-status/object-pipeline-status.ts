import { objectKeys } from '../artifacts/object-keys.ts';
import type { ObjectStore } from '../artifacts/object-store.ts';
import { addRun, type PipelineProcess, type PipelineRun, type PipelineStatus } from './pipeline-status.ts';

/** Overlapping runs of one process write the same object. */
const ATTEMPTS = 3;

/**
 * The last runs of each process, in one object each: for deployments without Durable Objects. Redis would bill every
 * record; a million writes a month are free in R2.
 *
 * @param onError receives every failure to keep a record.
 */
export function createObjectPipelineStatus(
  objects: Pick<ObjectStore, 'get' | 'put'>,
  onError: (error: unknown) => void = (error) => console.error('pipeline status:', error),
): PipelineStatus {
  const read = async (process: PipelineProcess) => {
    const object = await objects.get(objectKeys.pipelineRuns(process));
    return { etag: object?.etag ?? null, runs: object ? parse(await object.text()) : [] };
  };
  return {
    recordRun: async (process, run) => {
      try {
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const { etag, runs } = await read(process);
          const kept = JSON.stringify(addRun(runs, run));
          if (await objects.put(objectKeys.pipelineRuns(process), kept, { etag })) return;
        }
        onError(new Error(`the record of the ${process} changed ${ATTEMPTS} times during the write`));
      } catch (error) {
        onError(error);
      }
    },
    readRuns: async (process) => (await read(process)).runs,
  };
}

/** An unreadable record is discarded: it only describes earlier runs. */
function parse(text: string): readonly PipelineRun[] {
  try {
    const runs: unknown = JSON.parse(text);
    return Array.isArray(runs) ? (runs as PipelineRun[]) : [];
  } catch {
    return [];
  }
}
