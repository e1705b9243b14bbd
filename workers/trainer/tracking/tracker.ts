import type { Decision } from '../../../shared/models/decision.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { breakDown } from '../backtest/breakdown.ts';
import type { TrainedModel } from '../train-model.ts';
import { isTracking, readConfiguration, spoolDirectory } from './configuration.ts';
import { connect } from './connect.ts';
import { describeTraining } from './record/describe-training.ts';
import type { Environment } from './record/source-tags.ts';
import { trainingFiles } from './record/training-files.ts';
import { type SpoolOutcome, sendSpool } from './send/send-spool.ts';
import { openSpool } from './spool/spool.ts';

/**
 * Time that sending may take of a command that has other things to do; what is left is sent by the next. Somebody waits
 * for most commands, for the nightly run nobody does.
 */
const SENDING_TIME_MS = 60_000;
export const NIGHTLY_SENDING_TIME_MS = 600_000;

export interface FinishedTraining {
  readonly model: Pick<TrainedModel, 'backtest' | 'run' | 'curve' | 'ubj'>;
  readonly manifest: Manifest;
  readonly decision: Decision;
  readonly startedAt: Date;
}

/**
 * Tells a tracking server what happens. Never fails, and takes no longer than it may: everything is written to the spool
 * first, and what cannot be sent stays there.
 */
export interface Tracker {
  trackTraining(training: FinishedTraining): Promise<void>;
  /** A model was put into service by hand. @param since the moment of the decision */
  trackChampion(version: string, since: Date): Promise<void>;
}

export interface TrackerContext {
  readonly environment: Environment;
  readonly now: () => Date;
  readonly onProgress: (step: string, done: number, total: number) => void;
  readonly onNote: (note: string) => void;
  /** Time that sending may take; a minute where it is left out. */
  readonly sendingTimeMs?: number;
}

/** @returns a tracker that does nothing where MLFLOW_TRACKING_URI is not set */
export function createTracker(context: TrackerContext): Tracker {
  const { environment, now, onNote, sendingTimeMs = SENDING_TIME_MS } = context;
  if (!isTracking(environment)) {
    return { trackTraining: () => Promise.resolve(), trackChampion: () => Promise.resolve() };
  }
  const spool = openSpool(spoolDirectory(environment), now);
  const kept = (reason: string) =>
    onNote(
      `MLflow: not sent yet (${reason}). It is kept in ${spool.directory} and sent by the next run, or by ` +
        'npm run tracking -- send.',
    );
  const send = async () => {
    const configuration = readConfiguration(environment);
    const outcome = await sendSpool(spool, connect(configuration, AbortSignal.timeout(sendingTimeMs)), {
      now,
      onNote,
      onProgress: (done, total) => context.onProgress('MLflow: sending', done, total),
    });
    const first = outcome.left[0];
    if (outcome.sent.length > 0) onNote(sentNote(outcome, configuration.baseUrl));
    if (first) kept(first.reason);
  };
  /** Whatever goes wrong here, a full disk included, must not take the model with it. */
  const keepAndSend = async (keep: () => Promise<unknown>) => {
    try {
      await keep();
    } catch (error) {
      return onNote(
        `MLflow: this is not tracked, it cannot be kept in ${spool.directory} (${textOf(error)}).`,
      );
    }
    await send().catch((error: unknown) => kept(textOf(error)));
  };

  return {
    trackTraining: ({ model, manifest, decision, startedAt }) =>
      keepAndSend(async () => {
        const families = model.run.workshop.series.map(({ family }) => family);
        const breakdown = breakDown(model.run.results, model.backtest, families);
        const facts = { manifest, decision, summary: model.backtest, breakdown };
        const files = trainingFiles({ ...facts, run: model.run, ubj: model.ubj });
        const more = { curve: model.curve, startedAt, endedAt: now(), environment };
        const record = describeTraining({ ...facts, ...more }, [...files.keys()]);
        return spool.add(record, startedAt, files);
      }),
    trackChampion: (version, since) =>
      keepAndSend(async () => {
        const champion_since = since.toISOString();
        return spool.add({ schema_version: 1, kind: 'champion', key: version, champion_since }, since);
      }),
  };
}

export function sentNote({ sent }: SpoolOutcome, baseUrl: string): string {
  return `MLflow: sent ${sent.length === 1 ? sent[0] : `${sent.length} entries`} to ${baseUrl}.`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
