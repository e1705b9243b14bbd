import { z } from 'zod';
import type { RunPart } from '../record/tracking-record.ts';
import { hasCode, MlflowError } from './mlflow-error.ts';
import { emptyReplySchema, findOrCreate, type MlflowConnection, sendRequest } from './send-request.ts';

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

/** What one call of log-batch takes: 1,000 metrics, 100 params, 100 tags, and 1,000 items in all. */
const LIMITS = { metrics: 800, params: 100, tags: 100 };
/** Bytes of a param's and a tag's value. A server takes 8,000 of a tag's; older ones took 5,000. */
const LONGEST = { param: 6000, tag: 5000 };

export interface Batch {
  readonly metrics: RunPart['metrics'];
  readonly params: readonly { readonly key: string; readonly value: string }[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** Divides what is known of a run into calls of log-batch. Values that are too long are cut, with "..." at the end. */
export function batchesOf({ metrics, params, tags }: RunPart): Batch[] {
  const pairs = (values: Readonly<Record<string, string>>, longest: number) =>
    Object.entries(values).map(([key, value]) => ({ key, value: cut(value, longest) }));
  const columns = {
    metrics: divide(metrics, LIMITS.metrics),
    params: divide(pairs(params, LONGEST.param), LIMITS.params),
    tags: divide(pairs(tags, LONGEST.tag), LIMITS.tags),
  };
  const count = Math.max(columns.metrics.length, columns.params.length, columns.tags.length);
  return Array.from({ length: count }, (_, i) => ({
    metrics: columns.metrics[i] ?? [],
    params: columns.params[i] ?? [],
    tags: columns.tags[i] ?? [],
  }));
}

function divide<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/** Cut by bytes as UTF-8, which is what databases count at worst, never through a character. */
function cut(text: string, longest: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength <= longest) return text;
  const kept = new TextDecoder('utf-8').decode(bytes.subarray(0, longest - 3));
  return `${kept.replace(/\uFFFD+$/, '')}...`;
}
