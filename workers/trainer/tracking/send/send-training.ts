import { artifactFolder, uploadArtifact } from '../mlflow/artifacts.ts';
import { batchesOf } from '../mlflow/batches.ts';
import { ensureExperiment, finishRun, logBatch } from '../mlflow/runs.ts';
import type { RunPart, TrainingRecord } from '../record/tracking-record.ts';
import { aFewAtATime } from './a-few-at-a-time.ts';
import { moveChampion } from './move-champion.ts';
import { registerVersion } from './register-version.ts';
import { createParts, type PartRun } from './run-parts.ts';
import type { Sending } from './sending.ts';

/** A tag of MLflow's: the run that a nested one belongs to. */
const PARENT_TAG = 'mlflow.parentRunId';
/** Windows that are sent at the same time: a server of one's own has few workers. */
const WINDOWS_AT_ONCE = 4;

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
  await aFewAtATime(record.windows, WINDOWS_AT_ONCE, async (window) => {
    const run = await parts.ensure(window, { [PARENT_TAG]: parent.run_id });
    await sendBatches(sending, window, run);
    await finish(sending, window, run);
  });
  await finish(sending, record.run, parent);
  await sending.step('no second run', parts.removeOthers);
  await registerVersion(sending, record, parent);
  if (record.champion_since !== null) {
    const { key, champion_since } = record;
    await sending.step('champion', () => moveChampion(sending, key, champion_since));
  }
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
