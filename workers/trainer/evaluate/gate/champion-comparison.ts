import { isDeepStrictEqual } from 'node:util';
import { createEngine } from 'xgboost-wasm';
import type { PairedWindow } from '../../../../shared/artifacts/decision.ts';
import type { FeatureContract } from '../../../../shared/artifacts/load-model.ts';
import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import { type ReadPointer, RegistryError } from '../../../../shared/artifacts/publication-pointer.ts';
import { readDecisions, verifyStored } from '../../../../shared/artifacts/registry.ts';
import { at } from '../../../../shared/at.ts';
import {
  type DayNumber,
  type IsoDate,
  toDayNumber,
  toIsoDate,
} from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import type { BacktestWindow, Manifest } from '../../../../shared/schemas/manifest.ts';
import { type Dataset, lastDayOf } from '../../data/dataset.ts';
import type { ReportProgress } from '../../data/progress.ts';
import { recipeFromManifest } from '../../model/recipe.ts';
import { openPanelSeries } from '../../model/series/panel-series.ts';
import { modelRows } from '../../model/training-set/row-layout.ts';
import type { BacktestRun } from '../backtest-dataset.ts';
import { fittedContender, forecastPanel } from '../contenders.ts';
import { scorePoint } from '../metrics.ts';
import type { WindowResult } from '../window-result.ts';
import { agreeOnBaselines, compareDatasets, recordedWindow } from './same-dataset.ts';

/** The champion that a challenger is compared with. */
export interface ComparableChampion {
  readonly manifest: Manifest;
  readonly packed: Uint8Array;
  /**
   * Days by which the dataset has been moved on (time travel) since the champion was made; null for a champion
   * without a decision of the gate, for which it is unknown.
   */
  readonly movedDays: number | null;
  /** Its last training day, in the current dates of the dataset. */
  readonly lastDay: DayNumber;
  /** The first origin of its backtest, in the same dates: all its windows but the last are aligned with it. */
  readonly firstOrigin: DayNumber | null;
  /** The loss of the ties by which it went into service, as a share; 0 for one that won, or that was promoted by hand. */
  readonly tiedLoss: number;
}

/** The model in service, and whether a comparison with it is meaningful. */
export type ChampionComparison =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'incomparable';
      readonly version: string;
      readonly reason: string;
      readonly isOfOtherDataset: boolean;
      /** Whether this release can continue to serve it. */
      readonly canServe: boolean;
    }
  | {
      readonly kind: 'comparable';
      readonly version: string;
      readonly comparedChampion: ComparableChampion;
      /** Why a dataset of another name is the champion's; null where the name is the same. */
      readonly renamed: string | null;
    };

/** Whether there is a champion that this release can continue to serve. */
export function canServe(comparison: ChampionComparison): boolean {
  return comparison.kind === 'comparable' || (comparison.kind === 'incomparable' && comparison.canServe);
}

/**
 * Reads the champion. One that this release cannot serve, whose files are damaged, that was made for another dataset,
 * or that was trained on days ahead, cannot be compared: continuing to serve it is not an option.
 *
 * @param dataset ends with the last finished day
 */
export async function readComparison(
  store: Pick<ObjectStore, 'get' | 'list'>,
  pointer: ReadPointer | null,
  dataset: Dataset,
  contract: FeatureContract,
): Promise<ChampionComparison> {
  if (!pointer?.champion) return { kind: 'none' };
  const { version } = pointer.champion;
  const incomparable = (reason: string, facts: { isOfOtherDataset?: true; canServe?: false } = {}) =>
    ({ kind: 'incomparable', version, reason, isOfOtherDataset: false, canServe: true, ...facts }) as const;
  let manifest: Manifest;
  try {
    manifest = await verifyStored(store, version, contract);
  } catch (error) {
    if (error instanceof RegistryError) return incomparable(error.message, { canServe: false });
    throw error;
  }
  const { training } = manifest;
  const packed = await (await store.get(objectKeys.modelFile(version, 'model.packed')))?.bytes();
  if (!packed)
    return incomparable(`champion ${version} has been deleted during the run`, { canServe: false });
  const judged = (await readDecisions(store, version)).findLast((decision) => decision.evidence);
  const evidence = judged?.evidence;
  const movedDays = evidence ? dataset.shiftDays - evidence.shift_days : null;
  const { isSame, because } = await compareDatasets(manifest, dataset, movedDays ?? 0);
  if (!isSame) {
    const reason = `champion ${version} is of another dataset ("${training.dataset}"): ${because}`;
    return incomparable(reason, { isOfOtherDataset: true });
  }
  const dayNow = (date: IsoDate) => toDayNumber(date) + (movedDays ?? 0);
  const [first] = manifest.backtest.windows;
  const lastClosed = lastDayOf(dataset.panel);
  if (dayNow(training.last_day) > lastClosed) {
    return incomparable(
      `champion ${version} was trained on days up to ${toIsoDate(dayNow(training.last_day))}, ` +
        `which lie ahead: the history ends on ${toIsoDate(lastClosed)}`,
    );
  }
  return {
    kind: 'comparable',
    version,
    renamed:
      training.dataset === dataset.name
        ? null
        : `"${dataset.name}" is the dataset of champion ${version} ("${training.dataset}"): ${because}`,
    comparedChampion: {
      manifest,
      packed,
      movedDays,
      lastDay: dayNow(training.last_day),
      firstOrigin: first ? dayNow(first.origin) : null,
      tiedLoss: judged?.action === 'promote' && judged.by === 'gate' ? (evidence?.tied_loss ?? 0) : 0,
    },
  };
}

/**
 * The champion's error on each window of the challenger's backtest. A model that has seen a window's sales would look
 * better than it is, so the champion's error is, in this order: what its own backtest recorded for the same days;
 * that of the stored model in service, if it has not seen the window; that of its recipe, refitted on the days
 * before. Where the challenger has the same recipe, that model has been fitted already. Trees cannot be refitted on a
 * history that is too short for them.
 *
 * @returns no pair for a window for which none of these is available
 */
export async function pairWindows(
  dataset: Dataset,
  { results, summary, fitContext, recipe: own }: BacktestRun,
  comparedChampion: ComparableChampion,
  onProgress: ReportProgress,
): Promise<PairedWindow[]> {
  const recipe = recipeFromManifest(comparedChampion.manifest);
  const isSameRecipe = isDeepStrictEqual(recipe, own);
  const pairs: PairedWindow[] = [];
  for (const [i, result] of results.entries()) {
    const window = at(summary.windows, i);
    const challenger = window.scores[MODEL]?.rmsle ?? Number.NaN;
    const pair = (champion: number, source: PairedWindow['source']) =>
      pairs.push({ origin: toIsoDate(result.origin), challenger, champion, source });
    const recorded = recordedError(comparedChampion, result, window);
    if (recorded !== null) pair(recorded, 'recorded');
    else if (comparedChampion.movedDays !== null && comparedChampion.lastDay <= result.origin) {
      pair(errorOf(result, await forecastStored(dataset, comparedChampion, result)), 'stored');
    } else if (isSameRecipe) pair(challenger, 'refitted');
    else if (recipe && (recipe.isSmoothing || !own.isSmoothing)) {
      const contender = fittedContender('champion', fitContext, recipe);
      const { median } = await contender.forecast(result.origin, (part, done, total) =>
        onProgress(`champion, window ${i + 1} of ${results.length}: ${part}`, done, total),
      );
      pair(errorOf(result, median), 'refitted');
    }
  }
  return pairs;
}

/**
 * The record of a window in the champion's own backtest; null unless the baselines it recorded there show that it was
 * measured on the same sales.
 */
function recordedError(
  { manifest, movedDays }: ComparableChampion,
  { origin }: WindowResult,
  { scores }: BacktestWindow,
): number | null {
  const recorded = recordedWindow(manifest, origin, movedDays ?? 0)?.scores;
  const model = recorded?.[MODEL];
  if (!recorded || !model || model.count !== scores[MODEL]?.count) return null;
  return agreeOnBaselines(recorded, scores) ? model.rmsle : null;
}

async function forecastStored(
  dataset: Dataset,
  { manifest, packed }: ComparableChampion,
  { origin }: WindowResult,
): Promise<Float64Array> {
  const forest = (await createEngine()).loadPacked(packed);
  try {
    // The champion has its own codes of stores and families.
    const series = openPanelSeries(dataset, manifest.categories);
    const { promotion_response = null, peer_levels = null, smoothing_share = 0 } = manifest;
    const layout = modelRows({
      promotionResponse: promotion_response,
      peers: peer_levels,
      smoothingShare: smoothing_share,
    });
    return forecastPanel(series, origin, layout, (rows) => forest.predict(rows, { output: 'margin' })).median;
  } finally {
    forest.dispose();
  }
}

/** RMSLE of a forecast of every series and horizon on the window's points. */
function errorOf(result: WindowResult, units: Float64Array): number {
  const predicted = result.actual.map((_, i) =>
    at(units, at(result.series, i) * HORIZON + at(result.h, i) - 1),
  );
  return scorePoint(result.actual, predicted).rmsle;
}
