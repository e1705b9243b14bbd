import type { Decision } from '../../../shared/models/decision.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { breakDown } from '../backtest/breakdown.ts';
import type { InService } from '../models/in-service.ts';
import type { Environment, OnNote } from '../report/notes.ts';
import type { TrainedModel } from '../train-model.ts';
import { isTracking, spoolDirectory } from './configuration.ts';
import { createSender } from './create-sender.ts';
import { describeTraining, NOT_KNOWN, type TrainingOutcome } from './record/describe-training.ts';
import { trainingFiles } from './record/training-files.ts';
import { agreeOnChampion } from './send/agree-on-champion.ts';
import { openSpool } from './spool/spool.ts';

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
      onNote(`MLflow: ${what} is not tracked, it cannot be kept in ${spool.directory} (${textOf(error)}).`);
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

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
