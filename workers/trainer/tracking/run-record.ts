import { z } from 'zod';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { InvalidObjectError } from '../../../shared/artifacts/parse-object.ts';
import { runPartSchema } from './mlflow/runs.ts';

/** The tag that identifies a run and its parts, on any server. */
export const RUN_KEY_TAG = 'run_key';
/** The tag that distinguishes a run's parts. */
export const PART_TAG = 'part';
/** The tag of a model version that holds our version. */
export const VERSION_TAG = 'version';

/** The folder of the model among a run's files. */
export const MODEL_FOLDER = 'model';

/**
 * The data that only the training run itself has, for whoever logs it later: R2 `models/<version>/run.json`, written
 * before the model can go into service. Decision, files and data checks are objects of their own.
 */
export const runRecordSchema = z.object({
  schema_version: z.literal(1),
  /** The model's version, unique to the run. Its characters need no escaping in a search. */
  version: z.string().regex(/^[A-Za-z0-9._-]+$/),
  run: runPartSchema,
  windows: z.array(runPartSchema),
  /** Tags of the version in the model registry. */
  model: z.object({ description: z.string(), tags: z.record(z.string(), z.string()) }),
  /** Text files by their paths, joined by "/". */
  reports: z.record(z.string(), z.string()),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

export async function storeRunRecord(store: Pick<ObjectStore, 'put'>, record: RunRecord): Promise<void> {
  await store.put(objectKeys.runRecord(record.version), JSON.stringify(runRecordSchema.parse(record)));
}

/** @throws {InvalidObjectError} if it is missing or cannot be read */
export async function readRunRecord(store: Pick<ObjectStore, 'get'>, version: string): Promise<RunRecord> {
  const key = objectKeys.runRecord(version);
  const text = await (await store.get(key))?.text();
  try {
    return runRecordSchema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    const fix = 'written by another release, or damaged: delete it to abandon the run';
    throw new InvalidObjectError(`${key} cannot be read (${fix})`, { cause });
  }
}
