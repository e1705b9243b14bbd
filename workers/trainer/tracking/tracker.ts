import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { Environment, OnNote } from '../data/notes.ts';
import { adoptSpool } from './adopt-spool.ts';
import { connect, isTracking, readConfiguration } from './configuration.ts';
import { describeRun, type FinishedTraining } from './describe-run.ts';
import { logMissing, type TrackingOutcome } from './log-missing.ts';
import { storeRunRecord } from './run-record.ts';

/** Time limit for logging in an interactive command; the next one logs the rest. */
const LOGGING_TIME_MS = 60_000;
/** Nobody waits for the nightly run. */
export const NIGHTLY_LOGGING_TIME_MS = 600_000;

/** Runs may be left for different reasons; a few of them are shown. */
const REASONS_SHOWN = 3;

/** Logs the contents of a store to a tracking server. Never fails, and keeps its time limit. */
export interface Tracker {
  /** Stores the record of a training run: once before its model can go into service, and again if publishing fails. */
  recordRun(store: ObjectStore, training: FinishedTraining, failure: Error | null): Promise<void>;
  /** Logs what the server lacks, including the champion. */
  logMissing(store: ObjectStore): Promise<void>;
}

export interface TrackerContext {
  readonly environment: Environment;
  readonly now: () => Date;
  readonly onProgress: (step: string, done: number, total: number) => void;
  readonly onNote: OnNote;
  /** Time limit for logging; default: a minute. */
  readonly loggingTimeMs?: number;
}

/** @returns a tracker that only stores records if MLFLOW_TRACKING_URI is not set */
export function createTracker(context: TrackerContext): Tracker {
  const { environment, now, onNote, onProgress, loggingTimeMs = LOGGING_TIME_MS } = context;
  return {
    async recordRun(store, training, failure) {
      try {
        const reason = failure && `${failure.name}: ${failure.message}`;
        await storeRunRecord(
          store,
          describeRun({ ...training, endedAt: now(), environment, failure: reason }),
        );
      } catch (error) {
        const { version } = training.manifest;
        onNote(
          `The training of ${version} is not tracked: its record cannot be stored (${messageOf(error)}).`,
        );
      }
    },
    async logMissing(store) {
      if (!isTracking(environment)) return;
      const tellLeft = (reasons: readonly string[], what: string) => {
        const some = [...new Set(reasons)].slice(0, REASONS_SHOWN).join('; ');
        onNote(`MLflow: not logged yet: ${what} (${some}). The next run logs it, or npm run tracking.`);
      };
      try {
        const configuration = readConfiguration(environment);
        await adoptSpool(store, environment, onNote);
        const target = connect(configuration, AbortSignal.timeout(loggingTimeMs));
        const outcome = await logMissing(store, target, {
          onNote,
          onProgress: (done, total) => onProgress('MLflow: logging', done, total),
        });
        const { logged, left } = outcome;
        if (logged.length > 0) onNote(loggedText(outcome, configuration.baseUrl), 'info');
        if (left.length > 0)
          tellLeft(
            left.map(({ reason }) => reason),
            left.map(({ run }) => run).join(', '),
          );
      } catch (error) {
        tellLeft([messageOf(error)], 'whatever is missing there');
      }
    },
  };
}

export function loggedText({ logged }: TrackingOutcome, baseUrl: string): string {
  return `MLflow: logged ${logged.length === 1 ? logged[0] : `${logged.length} runs`} to ${baseUrl}.`;
}

/**
 * Publishes the result of a training run. Its record is stored before the champion pointer can change; whatever happens
 * then, the run is logged by this process or, if it is killed, by the next.
 *
 * @throws whatever `publish` throws, after logging it
 */
export async function publishTracked<T>(
  tracker: Tracker | undefined,
  training: FinishedTraining,
  store: ObjectStore,
  publish: () => Promise<T>,
): Promise<T> {
  await tracker?.recordRun(store, training, null);
  try {
    return await publish();
  } catch (error) {
    await tracker?.recordRun(store, training, error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    await tracker?.logMissing(store);
  }
}
