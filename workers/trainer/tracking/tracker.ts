import type { Decision } from '../../../shared/artifacts/decision.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { Environment, OnNote } from '../data/notes.ts';
import { breakDown } from '../evaluate/breakdown.ts';
import type { TrainedModel } from '../evaluate/train-model.ts';
import { type InService, readInService } from '../publish/change-champion.ts';
import { connect, isTracking, readConfiguration, spoolDirectory } from './configuration.ts';
import { describeTraining, NOT_KNOWN, type TrainingOutcome } from './record/describe-training.ts';
import { trainingFiles } from './record/training-files.ts';
import { agreeOnChampion } from './send/model-registry.ts';
import { type SpoolOutcome, sendSpool } from './send/send-spool.ts';
import type { Target } from './send/sending.ts';
import { openSpool, type Spool, waitingText } from './spool/spool.ts';
import type { SpoolEntry } from './spool/spool-entry.ts';

/** Time that sending may take of a command that somebody waits for; what is left is sent by the next. */
const SENDING_TIME_MS = 60_000;
/** For the nightly run nobody waits. */
export const NIGHTLY_SENDING_TIME_MS = 600_000;

/** Entries may wait for different reasons, of which a few tell enough. */
const REASONS_SHOWN = 3;

/** @param afterwards done in what is left of the time */
export type SendWaiting = (
  afterwards?: (outcome: SpoolOutcome, target: Target) => Promise<void>,
) => Promise<void>;

/** Sends what waits in a spool, and tells what could not be sent. Never fails. */
export function createSender(spool: Spool, context: TrackerContext): SendWaiting {
  const { environment, now, onNote, onProgress, sendingTimeMs = SENDING_TIME_MS } = context;
  const tellWaiting = (reasons: readonly string[], entries: readonly Pick<SpoolEntry, 'since'>[]) => {
    const some = [...new Set(reasons)].slice(0, REASONS_SHOWN).join('; ');
    const waiting = waitingText(
      entries.map(({ since }) => since),
      now(),
    );
    onNote(
      `MLflow: not sent yet (${some}). ${waiting}: kept in ${spool.directory} and sent by the next run, or by ` +
        'npm run tracking -- send.',
    );
  };
  return async (afterwards) => {
    try {
      const configuration = readConfiguration(environment);
      const target = connect(configuration, AbortSignal.timeout(sendingTimeMs));
      const outcome = await sendSpool(spool, target, {
        now,
        onNote,
        onProgress: (done, total) => onProgress('MLflow: sending', done, total),
      });
      const { sent, left } = outcome;
      if (sent.length > 0) onNote(sentNote(outcome, configuration.baseUrl), 'info');
      if (left.length > 0)
        tellWaiting(
          left.map(({ reason }) => reason),
          left,
        );
      await afterwards?.(outcome, target);
    } catch (error) {
      const reasons = [messageOf(error)];
      const waiting = await spool.list().catch((failure: unknown) => {
        reasons.push(messageOf(failure));
        return [];
      });
      tellWaiting(reasons, waiting);
    }
  };
}

export function sentNote({ sent }: SpoolOutcome, baseUrl: string): string {
  return `MLflow: sent ${sent.length === 1 ? sent[0] : `${sent.length} entries`} to ${baseUrl}.`;
}

export interface FinishedTraining {
  readonly model: Pick<TrainedModel, 'backtest' | 'run' | 'curve' | 'ubj'>;
  readonly manifest: Manifest;
  readonly decision: Decision;
  readonly startedAt: Date;
}

/** How publishing ended. */
export interface Ending {
  /** Asked when it is needed, since sending takes a while. */
  readonly readInService: () => Promise<InService>;
  /** What was thrown; null where nothing was. */
  readonly failure: Error | null;
}

/** A training run that is kept on disk. */
export interface KeptTraining {
  /** Notes what became of it, sends it with whatever else waits, and has the alias `champion` agree with what is in service. */
  finish(ending: Ending): Promise<void>;
}

/**
 * Tells a tracking server what happens. Never fails, and takes no longer than it may: everything is written to the spool
 * first, and what cannot be sent stays there.
 */
export interface Tracker {
  /** Before the model can go into service, so that it is known of whatever happens then. */
  keepTraining(training: FinishedTraining): Promise<KeptTraining>;
  /** A model was put into service by hand. @param since the moment of the decision */
  trackChampion(version: string, since: Date): Promise<void>;
}

export interface TrackerContext {
  readonly environment: Environment;
  readonly now: () => Date;
  readonly onProgress: (step: string, done: number, total: number) => void;
  readonly onNote: OnNote;
  /** Time that sending may take; a minute where it is left out. */
  readonly sendingTimeMs?: number;
}

/** @returns a tracker that does nothing where MLFLOW_TRACKING_URI is not set */
export function createTracker(context: TrackerContext): Tracker {
  const { environment, now, onNote } = context;
  if (!isTracking(environment))
    return { keepTraining: async () => NOT_KEPT, trackChampion: async () => undefined };
  const spool = openSpool(spoolDirectory(environment), now);
  const send = createSender(spool, context);
  /** Whatever goes wrong here, a full disk included, must not take the model with it. */
  const keep = async <T>(what: string, write: () => Promise<T>): Promise<T | null> => {
    try {
      return await write();
    } catch (error) {
      onNote(
        `MLflow: ${what} is not tracked, it cannot be kept in ${spool.directory} (${messageOf(error)}).`,
      );
      return null;
    }
  };

  return {
    async keepTraining({ model, manifest, decision, startedAt }) {
      const kept = await keep(`the training of ${manifest.version}`, async () => {
        const families = model.run.workshop.series.map(({ family }) => family);
        const breakdown = breakDown(model.run.results, model.backtest, families);
        const facts = { manifest, decision, summary: model.backtest, breakdown };
        const files = trainingFiles({ ...facts, run: model.run, ubj: model.ubj });
        const more = { curve: model.curve, startedAt, endedAt: now(), environment };
        const recordOf = (outcome: TrainingOutcome) =>
          describeTraining({ ...facts, ...more }, outcome, [...files.keys()]);
        return { recordOf, files, name: await spool.add(recordOf(NOT_KNOWN), startedAt, files) };
      });
      if (kept === null) return NOT_KEPT;
      const { recordOf, files, name } = kept;
      return {
        async finish({ readInService, failure }) {
          const record = recordOf({
            wentIntoService: isInService(await readInService(), manifest.version),
            failure: failure instanceof Error ? `${failure.name}: ${failure.message}` : null,
          });
          await keep(`what became of ${manifest.version}`, async () => {
            if (!(await spool.rewrite(name, record))) await spool.add(record, startedAt, files);
          });
          await send(async ({ sent }, target) => {
            const inService = sent.includes(name) ? await readInService() : null;
            if (inService?.kind === 'known' && inService.champion) {
              await agreeOnChampion(target, inService.champion, onNote);
            }
          });
        },
      };
    },
    async trackChampion(version, since) {
      const champion_since = since.toISOString();
      const kept = await keep(`${version} in service`, () =>
        spool.add({ schema_version: 1, kind: 'champion', key: version, champion_since }, since),
      );
      if (kept !== null) await send();
    },
  };
}

const NOT_KEPT: KeptTraining = { finish: () => Promise.resolve() };

function isInService(inService: InService, version: string): boolean | null {
  return inService.kind === 'known' ? inService.champion?.version === version : null;
}

/**
 * Publishes what a training run made, so that the tracking server hears of it whatever happens: the run is kept on disk
 * before the champion pointer can move, and sent afterwards with what became of it. A process that is killed in between
 * leaves it to the next run.
 *
 * @throws whatever `publish` throws, once that has been told, too
 */
export async function publishTracked<T>(
  tracker: Tracker | undefined,
  training: FinishedTraining,
  store: Pick<ObjectStore, 'get'>,
  publish: () => Promise<T>,
): Promise<T> {
  const kept = await tracker?.keepTraining(training);
  const end = async (failure: Error | null) =>
    kept?.finish({ readInService: () => readInService(store), failure });
  let published: T;
  try {
    published = await publish();
  } catch (error) {
    await end(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  await end(null);
  return published;
}
