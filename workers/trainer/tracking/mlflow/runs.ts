import { z } from 'zod';
import { hasCode, MlflowError } from './mlflow-error.ts';
import { emptyReplySchema, findOrCreate, type MlflowConnection, sendRequest } from './send-request.ts';

const metricSchema = z.object({
  key: z.string(),
  value: z.number(),
  step: z.int(),
  /** Milliseconds since 1970. Fixed here, so that a metric logged twice is the same metric. */
  timestamp: z.int(),
});
export type Metric = z.infer<typeof metricSchema>;

/** A run of MLflow: a training run, or one window of it. */
export const runPartSchema = z.object({
  /** Its name among the parts of the run. */
  part: z.string(),
  name: z.string(),
  start_time: z.int(),
  end_time: z.int(),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  metrics: z.array(metricSchema),
});
export type RunPart = z.infer<typeof runPartSchema>;

const experimentReplySchema = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string().optional() }),
});

const tagsSchema = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);

const runSchema = z.object({
  info: z.object({
    run_id: z.string(),
    artifact_uri: z.string().default(''),
    status: z.string().default('RUNNING'),
    lifecycle_stage: z.string().default('active'),
  }),
  data: z.object({ tags: tagsSchema }).default({ tags: [] }),
});

/** A run on the server. */
export interface KnownRun {
  readonly runId: string;
  /** Where its files are stored. */
  readonly artifactUri: string;
  readonly status: string;
  readonly isDeleted: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface NewRun {
  readonly experimentId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Runs per search; far more than a training run has parts. */
const SEARCH_LIMIT = 1000;

/** The experiment's id, created if it does not exist. @throws {MlflowError} */
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

/** @returns its id, or null if it does not exist @throws {MlflowError} also if it has been deleted */
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

/** The runs of an experiment with this tag, newest first, including deleted ones. @throws {MlflowError} */
export async function findRuns(
  connection: MlflowConnection,
  experimentId: string,
  tag: { readonly key: string; readonly value: string },
  limit = SEARCH_LIMIT,
): Promise<KnownRun[]> {
  const body = {
    experiment_ids: [experimentId],
    filter: `tags.\`${tag.key}\` = '${tag.value}'`,
    run_view_type: 'ALL',
    order_by: ['attributes.start_time DESC'],
    max_results: Math.min(limit, SEARCH_LIMIT),
  };
  const schema = z.object({ runs: z.array(runSchema).default([]) });
  const request = { method: 'POST', path: 'mlflow/runs/search', body, isRepeatable: true } as const;
  return (await sendRequest(connection, request, schema)).runs.map(knownRun);
}

/** Sent once: callers check whether it has happened before retrying. @throws {MlflowError} */
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
export function finishRun(
  connection: MlflowConnection,
  runId: string,
  endTime: number,
  status: 'FINISHED' | 'FAILED' = 'FINISHED',
): Promise<void> {
  const body = { run_id: runId, status, end_time: endTime };
  const request = { method: 'POST', path: 'mlflow/runs/update', body, isRepeatable: true } as const;
  return sendRequest(connection, request, emptyReplySchema);
}

export function deleteRun(connection: MlflowConnection, runId: string): Promise<void> {
  const body = { run_id: runId };
  const request = { method: 'POST', path: 'mlflow/runs/delete', body, isRepeatable: true } as const;
  return sendRequest(connection, request, emptyReplySchema);
}

export function setTag(
  connection: MlflowConnection,
  runId: string,
  key: string,
  value: string,
): Promise<void> {
  const body = { run_id: runId, key, value: cut(value, LONGEST.tag) };
  const request = { method: 'POST', path: 'mlflow/runs/set-tag', body, isRepeatable: true } as const;
  return sendRequest(connection, request, emptyReplySchema);
}

/** Existing values stay unchanged: sending a batch again changes nothing. */
export function logBatch(connection: MlflowConnection, runId: string, batch: object): Promise<void> {
  const body = { run_id: runId, ...batch };
  const request = { method: 'POST', path: 'mlflow/runs/log-batch', body, isRepeatable: true } as const;
  return sendRequest(connection, request, emptyReplySchema);
}

function knownRun({ info, data }: z.infer<typeof runSchema>): KnownRun {
  return {
    runId: info.run_id,
    artifactUri: info.artifact_uri,
    status: info.status,
    isDeleted: info.lifecycle_stage === 'deleted',
    tags: Object.fromEntries(data.tags.map(({ key, value }) => [key, value])),
  };
}

/**
 * One call of log-batch takes 1,000 metrics, 100 params, 100 tags, and 1,000 items in all; this leaves room for one tag
 * of the caller.
 */
const LIMITS = { metrics: 800, params: 100, tags: 99 };
/** Bytes of a param's and a tag's value. Servers accept 8,000 for a tag; older ones 5,000. */
const LONGEST = { param: 6000, tag: 5000 };

export interface Batch {
  readonly metrics: RunPart['metrics'];
  readonly params: readonly { readonly key: string; readonly value: string }[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** Divides the data of a run into calls of log-batch. Values that are too long are truncated, with "..." at the end. */
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

/** Truncated by UTF-8 bytes, the strictest count of databases, never inside a character. */
function cut(text: string, longest: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength <= longest) return text;
  const kept = new TextDecoder('utf-8').decode(bytes.subarray(0, longest - 3));
  return `${kept.replace(/\uFFFD+$/, '')}...`;
}
