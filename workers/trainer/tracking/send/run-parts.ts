import { findOrCreate } from '../mlflow/find-or-create.ts';
import { createRun, deleteRun, findRuns, type KnownRun } from '../mlflow/runs.ts';
import { PART_TAG, RUN_KEY_TAG, type RunPart, type TrainingRecord } from '../record/tracking-record.ts';
import type { Sending } from './sending.ts';

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
