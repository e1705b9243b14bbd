import { z } from 'zod';
import type { MlflowConnection } from './connection.ts';
import { findOrCreate } from './find-or-create.ts';
import { hasCode, MlflowError } from './mlflow-error.ts';
import { emptyReplySchema, sendRequest } from './send-request.ts';

const experimentReplySchema = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string().optional() }),
});

const tagsSchema = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);

const runSchema = z.object({
  info: z.object({ run_id: z.string(), artifact_uri: z.string().default('') }),
  data: z.object({ tags: tagsSchema }).default({ tags: [] }),
});

/** A run as the server knows it. */
export interface KnownRun {
  readonly runId: string;
  /** Where its files belong. */
  readonly artifactUri: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface NewRun {
  readonly experimentId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Runs that one search returns; far more than a training run has parts. */
const SEARCH_LIMIT = 1000;

/** The experiment's id; it is created where it is not there. @throws {MlflowError} */
export function ensureExperiment(connection: MlflowConnection, name: string): Promise<string> {
  return findOrCreate(
    connection,
    () => findExperiment(connection, name),
    async () => {
      const schema = z.object({ experiment_id: z.string() });
      const path = 'mlflow/experiments/create';
      const request = { method: 'POST', path, body: { name }, isRepeatable: false } as const;
      return (await sendRequest(connection, request, schema)).experiment_id;
    },
  );
}

/** @returns its id, or null where it is not there @throws {MlflowError} also where it has been deleted */
export async function findExperiment(connection: MlflowConnection, name: string): Promise<string | null> {
  const path = 'mlflow/experiments/get-by-name';
  const request = { method: 'GET', path, query: { experiment_name: name }, isRepeatable: true } as const;
  try {
    const { experiment } = await sendRequest(connection, request, experimentReplySchema);
    if (experiment.lifecycle_stage !== 'deleted') return experiment.experiment_id;
  } catch (error) {
    if (hasCode(error, 'RESOURCE_DOES_NOT_EXIST')) return null;
    throw error;
  }
  throw new MlflowError(
    'rejected',
    `MLflow at ${connection.baseUrl}: the experiment "${name}" has been deleted: restore it, or name another one ` +
      'in MLFLOW_EXPERIMENT_NAME',
  );
}

/** The runs of an experiment that have this tag, deleted ones left out. @throws {MlflowError} */
export async function findRuns(
  connection: MlflowConnection,
  experimentId: string,
  tag: { readonly key: string; readonly value: string },
): Promise<KnownRun[]> {
  const body = {
    experiment_ids: [experimentId],
    filter: `tags.\`${tag.key}\` = '${tag.value}'`,
    max_results: SEARCH_LIMIT,
  };
  const schema = z.object({ runs: z.array(runSchema).default([]) });
  const request = { method: 'POST', path: 'mlflow/runs/search', body, isRepeatable: true } as const;
  return (await sendRequest(connection, request, schema)).runs.map(knownRun);
}

/** Sent once: whoever calls looks whether it has happened before trying again. @throws {MlflowError} */
export async function createRun(connection: MlflowConnection, run: NewRun): Promise<KnownRun> {
  const body = {
    experiment_id: run.experimentId,
    start_time: run.startTime,
    run_name: run.name,
    tags: Object.entries(run.tags).map(([key, value]) => ({ key, value })),
  };
  const request = { method: 'POST', path: 'mlflow/runs/create', body, isRepeatable: false } as const;
  return knownRun((await sendRequest(connection, request, z.object({ run: runSchema }))).run);
}

/** @param endTime milliseconds since 1970 */
export function finishRun(connection: MlflowConnection, runId: string, endTime: number): Promise<void> {
  const body = { run_id: runId, status: 'FINISHED', end_time: endTime };
  const request = { method: 'POST', path: 'mlflow/runs/update', body, isRepeatable: true } as const;
  return sendRequest(connection, request, emptyReplySchema);
}

export function deleteRun(connection: MlflowConnection, runId: string): Promise<void> {
  const body = { run_id: runId };
  const request = { method: 'POST', path: 'mlflow/runs/delete', body, isRepeatable: true } as const;
  return sendRequest(connection, request, emptyReplySchema);
}

/** Values that are there already stay as they are: sending a batch again changes nothing. */
export function logBatch(connection: MlflowConnection, runId: string, batch: object): Promise<void> {
  const body = { run_id: runId, ...batch };
  const request = { method: 'POST', path: 'mlflow/runs/log-batch', body, isRepeatable: true } as const;
  return sendRequest(connection, request, emptyReplySchema);
}

function knownRun({ info, data }: z.infer<typeof runSchema>): KnownRun {
  return {
    runId: info.run_id,
    artifactUri: info.artifact_uri,
    tags: Object.fromEntries(data.tags.map(({ key, value }) => [key, value])),
  };
}
