import { artifactFolder, uploadArtifact } from '../mlflow/artifacts.ts';
import { batchesOf } from '../mlflow/batches.ts';
import { findOrCreate } from '../mlflow/find-or-create.ts';
import { createRun, deleteRun, ensureExperiment, findRuns, finishRun, logBatch } from '../mlflow/runs.ts';
import { PART_TAG, RUN_KEY_TAG, type RunPart, type TrainingRecord } from '../record/tracking-record.ts';
import { moveChampion } from './move-champion.ts';
import { registerVersion } from './register-version.ts';
import type { Sending } from './sending.ts';

/** A tag of MLflow's: the run that a nested one belongs to. */
const PARENT_TAG = 'mlflow.parentRunId';

/** The run that the server has made for a part. */
type PartRun = Sending['progress']['runs'][string];

/**
 * Sends a training run: the run, its files, the nested runs of its windows, the model's version and the champion alias.
 * Broken off anywhere and sent again, it yields one run.
 *
 * @throws {MlflowError}
 */
export async function sendTraining(sending: Sending, record: TrainingRecord): Promise<void> {
  const { connection, experiment } = sending.target;
  const experimentId = sending.progress.experiment_id ?? (await ensureExperiment(connection, experiment));
  if (sending.progress.experiment_id === null) await sending.save({ experiment_id: experimentId });
  const parts = createParts(sending, record, experimentId);

  const parent = await parts.ensure(record.run, {});
  await sendBatches(sending, record.run, parent);
  await sendFiles(sending, record, parent);
  for (const window of record.windows) {
    const run = await parts.ensure(window, { [PARENT_TAG]: parent.run_id });
    await sendBatches(sending, window, run);
    await finish(sending, window, run);
  }
  await finish(sending, record.run, parent);
  await sending.step('no second run', parts.removeOthers);
  await registerVersion(sending, record, parent);
  if (record.champion_since !== null) {
    const { key, champion_since } = record;
    await sending.step('champion', () => moveChampion(sending, key, champion_since));
  }
}

/** Creates each part's run once, whatever gets lost on the way. */
function createParts(sending: Sending, record: TrainingRecord, experimentId: string) {
  const { connection } = sending.target;
  const search = () => findRuns(connection, experimentId, { key: RUN_KEY_TAG, value: record.key });
  let known: Awaited<ReturnType<typeof search>> | null = null;

  const find = async ({ part }: RunPart): Promise<PartRun | null> => {
    known ??= await search();
    const found = known.find(({ tags }) => tags[PART_TAG] === part);
    // Should the create that follows fail, it has to be looked for anew.
    if (!found) return null;
    return { run_id: found.runId, artifact_uri: found.artifactUri };
  };
  const create = async ({ name, start_time, tags }: RunPart, more: Readonly<Record<string, string>>) => {
    const request = { experimentId, name, startTime: start_time, tags: { ...tags, ...more } };
    try {
      const { runId, artifactUri } = await createRun(connection, request);
      return { run_id: runId, artifact_uri: artifactUri };
    } catch (error) {
      known = null;
      throw error;
    }
  };

  return {
    async ensure(part: RunPart, more: Readonly<Record<string, string>>): Promise<PartRun> {
      const before = sending.progress.runs[part.part];
      if (before) return before;
      const run = await findOrCreate(
        connection,
        () => find(part),
        () => create(part, more),
      );
      await sending.save({ runs: { ...sending.progress.runs, [part.part]: run } });
      return run;
    },
    /** A create that took longer than the time for a request may have come through after it was looked for. */
    async removeOthers(): Promise<void> {
      const ours = new Set(Object.values(sending.progress.runs).map(({ run_id }) => run_id));
      for (const { runId } of await search()) {
        if (!ours.has(runId)) await deleteRun(connection, runId);
      }
    },
  };
}

async function sendBatches(sending: Sending, part: RunPart, { run_id }: PartRun): Promise<void> {
  for (const [i, batch] of batchesOf(part).entries()) {
    await sending.step(`${part.part}: batch ${i + 1}`, () =>
      logBatch(sending.target.connection, run_id, batch),
    );
  }
}

function finish(sending: Sending, part: RunPart, { run_id }: PartRun): Promise<void> {
  return sending.step(`${part.part}: finished`, () =>
    finishRun(sending.target.connection, run_id, part.end_time),
  );
}

async function sendFiles(sending: Sending, record: TrainingRecord, parent: PartRun): Promise<void> {
  const { connection } = sending.target;
  const folder = artifactFolder(connection.baseUrl, parent.artifact_uri);
  if (folder === null) {
    await sending.step('no files', async () => {
      const why = `the server keeps files at ${parent.artifact_uri || 'a place of its own'} and does not pass them on`;
      await logBatch(connection, parent.run_id, { tags: [{ key: 'files', value: `not sent: ${why}` }] });
      sending.note(
        `MLflow: ${record.key} goes without its files: ${why} (mlflow server --serve-artifacts does).`,
      );
    });
    return;
  }
  for (const path of record.artifacts) {
    await sending.step(`file ${path}`, async () =>
      uploadArtifact(connection, folder, path, await sending.entry.readFile(path)),
    );
  }
}
