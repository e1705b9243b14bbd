import { fileURLToPath } from 'node:url';
import type { IsoDate } from '../../shared/calendar/day-number.ts';
import type { Manifest } from '../../shared/schemas/manifest.ts';
import { historyOf } from './datasets/history-of.ts';
import { loadDataset } from './load-dataset.ts';
import { publishDataset } from './publish/dataset/publish-dataset.ts';
import { createDirectorySink } from './publish/directory-object-store.ts';
import { createManifest, modelVersion, promoteModel, storeModel } from './publish/publish-model.ts';
import type { ReportProgress } from './report/report-progress.ts';
import { type TrainedModel, trainModel } from './train-model.ts';
import { type TrainingFlags, trainingOptionsOf } from './training-flags.ts';
import { findLibrary } from './xgboost/find-library.ts';
import { openXgboost, type Xgboost } from './xgboost/xgboost.ts';

const CACHE_DIRECTORY = fileURLToPath(new URL('../../.cache/xgboost', import.meta.url));

export interface TrainingRun {
  readonly model: TrainedModel;
  readonly manifest: Manifest;
  readonly liveFrom: IsoDate;
}

export interface TrainingContext {
  /** The moment of the run. */
  readonly now: Date;
  /** The business day on which it takes place. */
  readonly today: IsoDate;
  readonly onProgress: ReportProgress;
  readonly onNote: (note: string) => void;
}

/**
 * From files to a published model: read, move in time, backtest, fit, publish. The dataset and the model's files are
 * written before the champion pointer: a run that is interrupted leaves the model before it in service.
 */
export async function runTraining(flags: TrainingFlags, context: TrainingContext): Promise<TrainingRun> {
  const { now, onProgress, onNote } = context;
  const xgboost = await findXgboost(onNote);
  const { dataset, liveFrom, notes } = await loadDataset(flags, flags.today ?? context.today, onProgress);
  for (const note of notes) onNote(note);

  const model = await trainModel(historyOf(dataset, liveFrom), trainingOptionsOf(flags), xgboost, onProgress);
  const version = modelVersion(model.ubj, now);
  const manifest = createManifest(model, version, now);

  const store = createDirectorySink(flags.out);
  await storeModel(store, model, manifest);
  await publishDataset(dataset, { liveFrom }, store, (done, total) => onProgress('publishing', done, total));
  await promoteModel(store, version, now);
  return { model, manifest, liveFrom };
}

/** Finds XGBoost's library, or fetches it, and opens it. */
export async function findXgboost(onNote: (note: string) => void): Promise<Xgboost> {
  const path = await findLibrary({
    environment: process.env,
    platform: process.platform,
    arch: process.arch,
    cacheDirectory: CACHE_DIRECTORY,
    onFetch: (wheel) => onNote(`Fetching ${wheel} with pip, once, into ${CACHE_DIRECTORY}.`),
  });
  return openXgboost(path);
}
