import { HORIZON } from '../../../shared/features/index.ts';
import { forEachConcurrent } from '../data/for-each-concurrent.ts';
import type { Target } from './configuration.ts';
import { artifactFolder, uploadArtifact } from './mlflow/artifacts.ts';
import { createModelVersion, ensureRegisteredModel, findModelVersion } from './mlflow/registry.ts';
import {
  batchesOf,
  createRun,
  deleteRun,
  findRuns,
  finishRun,
  type KnownRun,
  logBatch,
  type RunPart,
  setTag,
} from './mlflow/runs.ts';
import { findOrCreate } from './mlflow/send-request.ts';
import { MODEL_FOLDER, PART_TAG, RUN_KEY_TAG, type RunRecord, VERSION_TAG } from './run-record.ts';
import type { StoredRun } from './stored-runs.ts';

export interface LogContext {
  readonly target: Target;
  readonly experimentId: string;
  readonly onNote: (note: string) => void;
}

/** MLflow's tag for the parent of a nested run. */
const PARENT_TAG = 'mlflow.parentRunId';
/** Number of batches of a part that have been logged, so that an interrupted run is continued. */
const BATCHES_TAG = 'batches_logged';
/** Marks a duplicate run that was deleted, as opposed to one deleted by a person. */
export const DUPLICATE_TAG = 'duplicate';
/** The run's version number in the model registry, if it has one. */
export const MODEL_VERSION_TAG = 'model_version';
/** Windows logged concurrently: self-hosted servers have few workers. */
const WINDOWS_AT_ONCE = 4;
/** Description of the registered model, on MLflow's pages. */
const MODEL_DESCRIPTION = `Daily demand by store and product family, ${HORIZON} days ahead. The alias champion is the model in service.`;

/**
 * Logs a training run: the run, its files and the nested runs of its windows. Existing parts are found by their tags,
 * so an interrupted run that is logged again yields one run; it is marked as ended once all of it has been logged.
 *
 * @returns the run on the server, and whether anything of it was missing; null if a person has deleted it
 * @throws {MlflowError}
 */
export async function logRun(
  context: LogContext,
  run: StoredRun,
): Promise<{ readonly parent: KnownRun; readonly wasMissing: boolean } | null> {
  const { connection } = context.target;
  const { record, isComplete } = run;
  const parts = await openParts(context, record.version);
  const parent = await parts.ensure(record.run);
  if (parent.isDeleted) return null;
  const status = isComplete ? 'FINISHED' : 'FAILED';
  if (parent.status === status) return { parent, wasMissing: false };
  await logBatches(context, record.run, parent);
  await updateTags(context, record.run, parent);
  await uploadFiles(context, run, parent);
  await forEachConcurrent(record.windows, WINDOWS_AT_ONCE, async (window) => {
    const nested = await parts.ensure({ ...window, tags: { ...window.tags, [PARENT_TAG]: parent.runId } });
    if (nested.status === 'FINISHED' || nested.isDeleted) return;
    await logBatches(context, window, nested);
    await finishRun(connection, nested.runId, window.end_time);
  });
  await parts.removeOthers();
  await finishRun(connection, parent.runId, record.run.end_time, status);
  return { parent, wasMissing: true };
}

async function logBatches(
  { target: { connection } }: LogContext,
  part: RunPart,
  { runId, tags }: KnownRun,
): Promise<void> {
  const logged = Number(tags[BATCHES_TAG] ?? 0);
  for (const [i, batch] of batchesOf(part).entries()) {
    if (i < logged) continue;
    // A server writes params and metrics before tags: if the tag exists, so does the rest.
    const marked = [...batch.tags, { key: BATCHES_TAG, value: String(i + 1) }];
    await logBatch(connection, runId, { ...batch, tags: marked });
  }
}

/** The decision about a model may have changed since its run was created. */
async function updateTags(
  { target: { connection } }: LogContext,
  part: RunPart,
  { runId, tags: before }: KnownRun,
): Promise<void> {
  for (const [key, value] of Object.entries(part.tags)) {
    if (before[key] !== value) await setTag(connection, runId, key, value);
  }
}

async function uploadFiles(
  { target: { connection }, onNote }: LogContext,
  { record, files }: StoredRun,
  { runId, artifactUri }: KnownRun,
): Promise<void> {
  const folder = artifactFolder(connection.baseUrl, artifactUri);
  if (folder === null) {
    const why = `the server keeps files at ${artifactUri || 'a place of its own'} and does not pass them on`;
    await setTag(connection, runId, 'files', `not sent: ${why}`);
    onNote(
      `MLflow: ${record.version} is logged without its files: ${why} (mlflow server --serve-artifacts does).`,
    );
    return;
  }
  for (const [path, content] of files) await uploadArtifact(connection, folder, path, content);
}

interface Parts {
  /** The run of a part, created if it does not exist. @throws {MlflowError} */
  ensure(part: RunPart): Promise<KnownRun>;
  /** A create that timed out may still succeed after a search for it. */
  removeOthers(): Promise<void>;
}

/** Creates each part's run once, whatever replies are lost. */
async function openParts(
  { target: { connection }, experimentId }: LogContext,
  version: string,
): Promise<Parts> {
  const search = async () => {
    const runs = await findRuns(connection, experimentId, { key: RUN_KEY_TAG, value: version });
    return runs.filter(({ tags }) => tags[DUPLICATE_TAG] === undefined);
  };
  const before = await search();
  const ours = new Set<string>();
  return {
    async ensure({ part, name, start_time, tags }) {
      const ofPart = (runs: readonly KnownRun[]) => {
        const found = runs.filter((run) => run.tags[PART_TAG] === part);
        return found.find(({ isDeleted }) => !isDeleted) ?? found[0] ?? null;
      };
      let lookUp = async () => before;
      const run = await findOrCreate(
        connection,
        async () => ofPart(await lookUp()),
        () => {
          // If the create fails, it must be searched for again.
          lookUp = search;
          return createRun(connection, { experimentId, name, startTime: start_time, tags });
        },
      );
      ours.add(run.runId);
      return run;
    },
    async removeOthers() {
      for (const { runId, isDeleted } of await search()) {
        if (ours.has(runId) || isDeleted) continue;
        await setTag(connection, runId, DUPLICATE_TAG, 'yes');
        await deleteRun(connection, runId);
      }
    },
  };
}

/** Registers the model of a logged run as a version, once. @throws {MlflowError} */
export async function registerVersion(
  { target: { connection, model } }: LogContext,
  { version, model: about }: RunRecord,
  { runId, artifactUri }: KnownRun,
): Promise<void> {
  await ensureRegisteredModel(connection, model, MODEL_DESCRIPTION);
  const number = await findOrCreate(
    connection,
    () => findModelVersion(connection, model, { key: VERSION_TAG, value: version }),
    () =>
      createModelVersion(connection, {
        model,
        source: `${artifactUri}/${MODEL_FOLDER}`,
        runId,
        description: about.description,
        tags: about.tags,
      }),
  );
  await setTag(connection, runId, MODEL_VERSION_TAG, String(number));
}
