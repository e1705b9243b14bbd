import { createEngine } from 'xgboost-wasm';
import { readPointer } from '../../../shared/artifacts/current-publication.ts';
import { FEATURE_CONTRACT } from '../../../shared/artifacts/load-model.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import type { DataChecks } from '../data/checks/data-check.ts';
import { storeProfile } from '../data/checks/data-profile.ts';
import { checkData, failedChecks, requirePassed } from '../data/checks/run-checks.ts';
import { loadTrainingData } from '../data/import/load-training-data.ts';
import { archiveLiveDays } from '../data/live/live-archive.ts';
import type { LiveSource } from '../data/live/read-live-sales.ts';
import type { OnNote } from '../data/notes.ts';
import type { ReportProgress } from '../data/progress.ts';
import { canServe, readComparison } from '../evaluate/gate/champion-comparison.ts';
import { decide } from '../evaluate/gate/decide.ts';
import { readGateRules, requireWindows } from '../evaluate/gate/read-rules.ts';
import { trainModel } from '../evaluate/train-model.ts';
import { limitWindows } from '../evaluate/windows.ts';
import { findXgboost } from '../model/xgboost/find-library.ts';
import type { Xgboost } from '../model/xgboost/xgboost.ts';
import { openObjectStore, probeWriting } from '../publish/object-store/open-object-store.ts';
import { pruneStore } from '../publish/prune-store.ts';
import { createManifest, modelVersion } from '../publish/publish-model.ts';
import { publishTraining } from '../publish/publish-training.ts';
import type { TrainingRun } from '../report/training-text.ts';
import { publishTracked, type Tracker } from '../tracking/tracker.ts';
import { type TrainingFlags, trainingOptionsOf } from './training-flags.ts';

export interface TrainingContext {
  /** Time of the run. */
  readonly now: Date;
  /** Business day of the run. */
  readonly today: IsoDate;
  readonly onProgress: ReportProgress;
  readonly onNote: OnNote;
  /** Receives the findings of the data checks, before any of them stops the run. */
  readonly onChecks?: (checks: DataChecks) => void;
  /** Where finished live days are read from; null or absent for none. */
  readonly live?: LiveSource | null;
  /** Where to publish; default: the location in the flags. */
  readonly store?: ObjectStore;
  /** Logs the run when it has ended; default: no logging. */
  readonly tracker?: Tracker;
  /** The XGBoost library; default: found or downloaded. */
  readonly xgboost?: Xgboost;
}

/**
 * From files to a published model: reads, moves in time, backtests, fits, compares with the champion, publishes,
 * prunes. An interrupted run leaves the previous model in service.
 *
 * First of all, pointer and store are tested: a run that could not publish is not started.
 *
 * A refused model is stored as well. The dataset is published nevertheless, unless the champion that stays in service
 * belongs to another one.
 */
export async function runTraining(flags: TrainingFlags, context: TrainingContext): Promise<TrainingRun> {
  const { now, onProgress, onNote } = context;
  const rules = await readGateRules(flags.rules);
  const asked = await trainingOptionsOf(flags);
  requireWindows(rules, asked.windows);
  const store = context.store ?? openObjectStore(flags.out, process.env);
  const pointer = await readPointer(store);
  await probeWriting(store, flags.out);
  const today = flags.today ?? context.today;
  const live = context.live ?? null;
  const data = await loadTrainingData({ flags, today, objects: store, live, onProgress });
  const { dataset, history, liveFrom, notes } = data;
  for (const note of notes) onNote(note, 'info');
  const checks = await checkData(data, today, store, flags.allowFailedChecks);
  context.onChecks?.(checks);
  await store.put(objectKeys.lastDataChecks, checksJson(checks));
  if (failedChecks(checks).length > 0) await context.tracker?.logMissing(store);
  requirePassed(checks);
  // Archived before anything else can fail: live days must not be lost because a model fails.
  if (data.live) await archiveLiveDays(store, data.live);
  const affected = 'scores, intervals and the comparison with the champion';
  const options = { ...asked, windows: limitWindows(history.panel, asked.windows, affected, onNote) };

  const xgboost = context.xgboost ?? (await findXgboost(onNote));
  const contract = FEATURE_CONTRACT;
  const comparison = await readComparison(store, pointer, history, contract);
  const alignTo =
    comparison.kind === 'comparable' ? (comparison.comparedChampion.firstOrigin ?? undefined) : undefined;
  const model = await trainModel(history, options, xgboost, onProgress, alignTo);
  const version = modelVersion(model.ubj, now);
  const manifest = createManifest(model, version, now);
  const isForced = flags.force ?? false;
  const decision = await decide({
    dataset: history,
    challenger: model,
    version,
    comparison,
    hold: pointer?.pointer.hold ?? null,
    rules,
    isForced,
    now,
    onProgress,
  });

  const keepsOtherDataset =
    decision.action === 'refuse' && comparison.kind === 'incomparable' && comparison.isOfOtherDataset;
  const training = { model, manifest, decision, startedAt: now };
  const published = await publishTracked(context.tracker, training, store, async () => {
    await store.put(objectKeys.dataChecks(version), checksJson(checks));
    const engine = await createEngine();
    return publishTraining(store, {
      ...{ model, manifest, decision, history, liveFrom, contract, engine, pointer, now, onProgress, onNote },
      dataset: keepsOtherDataset ? null : dataset,
    });
  });
  if (!keepsOtherDataset) await storeProfile(store, history, onNote);
  const pruned = await pruneStore(store, flags, { now, forecasts: published.forecasts, onNote });
  const isServing = decision.action === 'promote' || canServe(comparison);
  return { model, manifest, liveFrom, decision, isServing, checks, published, pruned };
}

function checksJson(checks: DataChecks): string {
  return `${JSON.stringify(checks, null, 1)}\n`;
}
