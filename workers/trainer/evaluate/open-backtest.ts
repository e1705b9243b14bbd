import { at } from '../../../shared/at.ts';
import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import type { Categories } from '../../../shared/features/index.ts';
import { type Dataset, lastDayOf } from '../data/dataset.ts';
import type { FitContext } from '../model/recipe.ts';
import { categoriesByLevel } from '../model/series/categories-by-level.ts';
import { openPanelSeries } from '../model/series/panel-series.ts';
import type { Xgboost } from '../model/xgboost/xgboost.ts';
import { backtestOrigins, smoothingOrigins } from './windows.ts';

export interface OpenedBacktest {
  /** Of the windows, oldest first. */
  readonly origins: readonly DayNumber[];
  readonly firstOrigin: DayNumber;
  /** As of the first origin: no later day is used. */
  readonly categories: Categories;
  readonly fitContext: FitContext;
}

/**
 * The last windows of a dataset, and its series as of the first of them.
 *
 * @param dataset ends with the last finished day
 * @param alignTo an origin of an earlier backtest, see `backtestOrigins`
 * @throws {TooFewDaysError}
 */
export function openBacktest(
  dataset: Dataset,
  { windows, threads }: { readonly windows: number; readonly threads: number },
  xgboost: Xgboost,
  alignTo?: DayNumber,
): OpenedBacktest {
  const { firstDay } = dataset.panel;
  const origins = backtestOrigins(firstDay, lastDayOf(dataset.panel), windows, alignTo);
  return openAt(origins, dataset, threads, xgboost);
}

/**
 * The same of a history that is too short for trees.
 *
 * @throws {TooFewDaysError}
 */
export function openSmoothingBacktest(
  dataset: Dataset,
  { windows, threads }: { readonly windows: number; readonly threads: number },
  xgboost: Xgboost,
): OpenedBacktest {
  const origins = smoothingOrigins(dataset.panel.firstDay, lastDayOf(dataset.panel), windows);
  return openAt(origins, dataset, threads, xgboost);
}

/** @param origins at least one */
function openAt(
  origins: readonly DayNumber[],
  dataset: Dataset,
  threads: number,
  xgboost: Xgboost,
): OpenedBacktest {
  const firstOrigin = at(origins, 0);
  const categories = categoriesByLevel(dataset, firstOrigin);
  const fitContext = { xgboost, series: openPanelSeries(dataset, categories), threads };
  return { origins, firstOrigin, categories, fitContext };
}
