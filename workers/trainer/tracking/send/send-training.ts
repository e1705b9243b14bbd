import { artifactFolder, uploadArtifact } from '../mlflow/artifacts.ts';
import {
  batchesOf,
  createRun,
  deleteRun,
  ensureExperiment,
  findRuns,
  finishRun,
  type KnownRun,
  logBatch,
} from '../mlflow/runs.ts';
import { findOrCreate } from '../mlflow/send-request.ts';
import { PART_TAG, RUN_KEY_TAG, type RunPart, type TrainingRecord } from '../record/tracking-record.ts';
import { aFewAtATime } from './map-concurrent.ts';
import { moveChampion, registerVersion } from './model-registry.ts';
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

/** The run that the server has made for a part. */
export type PartRun = Sending['progress']['runs'][string];

export interface Parts {
  /** The run of a part, made where it is not there. @param more tags of it @throws {MlflowError} */
  ensure(part: RunPart, more: Readonly<Record<string, string>>): Promise<PartRun>;
  /** A create that took longer than the time for a request may have come through after it was looked for. */
  removeOthers(): Promise<void>;
}

/** Creates each part's run once, whatever gets lost on the way. */
export function createParts(sending: Sending, record: TrainingRecord, experimentId: string): Parts {
  const { connection } = sending.target;
  const search = () => findRuns(connection, experimentId, { key: RUN_KEY_TAG, value: record.key });
  let known: ReturnType<typeof search> | null = null;
  /** What was there when sending began, asked once for all parts. */
  const searchOnce = () => {
    known ??= search();
    return known;
  };

  return {
    async ensure(part, more) {
      const before = sending.progress.runs[part.part];
      if (before) return before;
      let lookUp = searchOnce;
      const { runId, artifactUri } = await findOrCreate(
        connection,
        async () => (await lookUp()).find(({ tags }) => tags[PART_TAG] === part.part) ?? null,
        (): Promise<KnownRun> => {
          // Should the create fail, it has to be looked for anew.
          lookUp = search;
          const { name, start_time, tags } = part;
          return createRun(connection, {
            experimentId,
            name,
            startTime: start_time,
            tags: { ...tags, ...more },
          });
        },
      );
      const run = { run_id: runId, artifact_uri: artifactUri };
      await sending.save({ runs: { ...sending.progress.runs, [part.part]: run } });
      return run;
    },
    async removeOthers() {
      const ours = new Set(Object.values(sending.progress.runs).map(({ run_id }) => run_id));
      for (const { runId } of await search()) {
        if (!ours.has(runId)) await deleteRun(connection, runId);
      }
    },
  };
}
