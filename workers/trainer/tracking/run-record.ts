import { z } from 'zod';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { InvalidObjectError } from '../../../shared/artifacts/parse-object.ts';
import { runPartSchema } from './mlflow/runs.ts';

/** The tag by which a run and its parts are found again, on any server. */
export const RUN_KEY_TAG = 'run_key';
/** The tag that tells a run's parts apart. */
export const PART_TAG = 'part';
/** The tag of a model version that holds our version. */
export const VERSION_TAG = 'version';

/** The folder of a run's files that holds the model. */
export const MODEL_FOLDER = 'model';

/**
 * What only the training run itself knows, for whoever logs it later: R2 `models/<version>/run.json`, written before the
 * model can go into service. What became of the model, its files and its decisions are objects of their own.
 */
export const runRecordSchema = z.object({
  schema_version: z.literal(1),
  /** The model's version: no other run has it. Its letters need no escaping in a search. */
  version: z.string().regex(/^[A-Za-z0-9._-]+$/),
  run: runPartSchema,
  windows: z.array(runPartSchema),
  /** Of the version in the model registry. */
  model: z.object({ description: z.string(), tags: z.record(z.string(), z.string()) }),
  /** Files of text by their paths, joined by "/". */
  reports: z.record(z.string(), z.string()),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

export async function storeRunRecord(store: Pick<ObjectStore, 'put'>, record: RunRecord): Promise<void> {
  await store.put(objectKeys.runRecord(record.version), JSON.stringify(runRecordSchema.parse(record)));
}

/** @throws {InvalidObjectError} where it is not there, or cannot be read */
export async function readRunRecord(store: Pick<ObjectStore, 'get'>, version: string): Promise<RunRecord> {
  const key = objectKeys.runRecord(version);
  const text = await (await store.get(key))?.text();
  try {
    return runRecordSchema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    const fix = 'written by another release, or damaged: delete it to give the run up';
    throw new InvalidObjectError(`${key} cannot be read (${fix})`, { cause });
  }
}
