import { isDeepStrictEqual } from 'node:util';
import { createEngine } from 'xgboost-wasm';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { scorePoint } from '../../../shared/forecast/metrics.ts';
import type { PairedWindow } from '../../../shared/models/decision.ts';
import type { BacktestWindow } from '../../../shared/schemas/manifest.ts';
import type { BacktestRun } from '../backtest/backtest-dataset.ts';
import { MODEL } from '../backtest/contender.ts';
import { fittedContender, forecastPanel } from '../backtest/contenders/fitted.ts';
import type { WindowResult } from '../backtest/window-result.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { recipeFromManifest } from '../recipe.ts';
import type { ReportProgress } from '../report/report-progress.ts';
import { openPanelSeries } from '../training-set/panel-series.ts';
import { modelRows } from '../training-set/row-layout.ts';
import { agreeOnBaselines, recordedWindow } from './recorded-window.ts';
import type { Rival } from './rival.ts';

/**
 * The champion's error on each window of the challenger's backtest. A model that has seen a window's sales would look
 * better than it is, so the champion's error is, in this order: what its own backtest recorded for the very same days;
 * that of the very model in service, if it has not seen the window; that of its recipe, refitted on the days before. Where
 * the challenger has the same recipe, that very model has been fitted already.
 *
 * @returns no pair for a window for which none of these can be had
 */
export async function pairWindows(
  dataset: Dataset,
  { results, summary, workshop, recipe: own }: BacktestRun,
  rival: Rival,
  onProgress: ReportProgress,
): Promise<PairedWindow[]> {
  const recipe = recipeFromManifest(rival.manifest);
  const isSameRecipe = isDeepStrictEqual(recipe, own);
  const pairs: PairedWindow[] = [];
  for (const [i, result] of results.entries()) {
    const window = summary.windows[i] as BacktestWindow;
    const challenger = window.scores[MODEL]?.rmsle ?? Number.NaN;
    const pair = (champion: number, source: PairedWindow['source']) =>
      pairs.push({ origin: toIsoDate(result.origin), challenger, champion, source });
    const recorded = recordedError(rival, result, window);
    if (recorded !== null) pair(recorded, 'recorded');
    else if (rival.movedDays !== null && rival.lastDay <= result.origin) {
      pair(errorOf(result, await forecastStored(dataset, rival, result)), 'stored');
    } else if (isSameRecipe) pair(challenger, 'refitted');
    else if (recipe) {
      const contender = fittedContender('champion', workshop, recipe);
      const { median } = await contender.forecast(result.origin, (part, done, total) =>
        onProgress(`champion, window ${i + 1} of ${results.length}: ${part}`, done, total),
      );
      pair(errorOf(result, median), 'refitted');
    }
  }
  return pairs;
}

/**
 * What the champion's own backtest says of a window; null unless the baselines it recorded there show that it was
 * measured on the same sales.
 */
function recordedError(
  { manifest, movedDays }: Rival,
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
  { manifest, packed }: Rival,
  { origin }: WindowResult,
): Promise<Float64Array> {
  const forest = (await createEngine()).loadPacked(packed);
  try {
    // The champion knows stores and families by its own codes.
    const series = openPanelSeries(dataset, manifest.categories);
    const { promotion_response = null, peer_levels = null } = manifest;
    const layout = modelRows({ promotionResponse: promotion_response, peers: peer_levels });
    return forecastPanel(series, origin, layout, (rows) => forest.predict(rows, { output: 'margin' })).median;
  } finally {
    forest.dispose();
  }
}

/** RMSLE of a forecast of every series and horizon on the window's points. */
function errorOf(result: WindowResult, units: Float64Array): number {
  const predicted = result.actual.map(
    (_, i) => units[(result.series[i] as number) * HORIZON + (result.h[i] as number) - 1] as number,
  );
  return scorePoint(result.actual, predicted).rmsle;
}
