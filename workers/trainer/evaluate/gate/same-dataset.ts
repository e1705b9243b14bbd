import { at } from '../../../../shared/at.ts';
import { type DayNumber, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { createCategories } from '../../../../shared/features/index.ts';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import type { BacktestWindow, Manifest, Score } from '../../../../shared/schemas/manifest.ts';
import { type Dataset, lastDayOf } from '../../data/dataset.ts';
import { haveSeriesOfOneRetailer, isSyntheticAgainstOther } from '../../data/import/same-retailer.ts';
import { openPanelSeries } from '../../model/series/panel-series.ts';
import { baselineContenders } from '../contenders.ts';
import { actualUnits, knownPoints } from '../known-points.ts';
import { scorePoint } from '../metrics.ts';

/** Whether a model was made for a dataset, and the evidence. */
export interface DatasetMatch {
  readonly isSame: boolean;
  readonly because: string;
}

/**
 * Whether a model was made for this dataset. Its name is no evidence: exports lie in folders with a date, and folders
 * of different retailers may have the same name. It is the same if its series are those of the model's retailer and
 * their days overlap, or if the baselines that the model's backtest recorded have the same errors here on one of its
 * windows.
 *
 * @param movedDays days by which the dataset's dates have been moved on since the model was made
 */
export async function compareDatasets(
  manifest: Manifest,
  dataset: Dataset,
  movedDays: number,
): Promise<DatasetMatch> {
  const { training } = manifest;
  const shared = Math.min(training.series, countShared(manifest, dataset));
  const areThere = `${shared} of its ${training.series} series are in "${dataset.name}"`;
  const from = toDayNumber(training.first_origin) + movedDays;
  const to = toDayNumber(training.last_day) + movedDays;
  const [firstDay, lastDay] = spanOf(dataset);
  const overlaps = from <= lastDay && to >= firstDay;
  const datasets = [training.dataset, dataset.name] as const;
  const counts = [training.series, dataset.panel.series.length] as const;
  if (haveSeriesOfOneRetailer({ datasets, counts, shared }) && overlaps) {
    return { isSame: true, because: areThere };
  }
  if (await hasSharedWindow(manifest, dataset, movedDays)) {
    return { isSame: true, because: 'the baselines have the same errors there' };
  }
  const days = overlaps ? '' : `, and none of its days ${toIsoDate(from)}..${toIsoDate(to)}`;
  const synthetic = isSyntheticAgainstOther(...datasets)
    ? ', but one of the two is the synthetic dataset'
    : '';
  return { isSame: false, because: `${areThere}${synthetic}${days}` };
}

function countShared({ categories }: Manifest, { panel }: Dataset): number {
  const stores = new Set(categories.store_nbr);
  const families = new Set(categories.family);
  return panel.series.filter(({ storeNbr, family }) => stores.has(storeNbr) && families.has(family)).length;
}

async function hasSharedWindow(
  { backtest }: Manifest,
  dataset: Dataset,
  movedDays: number,
): Promise<boolean> {
  const [firstDay, lastDay] = spanOf(dataset);
  for (const { origin, scores } of backtest.windows) {
    const now = toDayNumber(origin) + movedDays;
    if (now < firstDay || now >= lastDay) continue;
    if (agreeOnBaselines(scores, await scoreBaselines(dataset, now))) return true;
  }
  return false;
}

function spanOf({ panel }: Dataset): readonly [DayNumber, DayNumber] {
  return [panel.firstDay, lastDayOf(panel)];
}

/** Tolerance between two scores of the same forecasts: rounding. */
const SAME_SCORE = 1e-9;

/**
 * The record of the window after `origin` in a model's own backtest.
 *
 * @param movedDays days by which the dataset's dates have been moved on since
 */
export function recordedWindow(
  { backtest }: Pick<Manifest, 'backtest'>,
  origin: DayNumber,
  movedDays: number,
): BacktestWindow | null {
  return backtest.windows.find((window) => toDayNumber(window.origin) + movedDays === origin) ?? null;
}

/**
 * Whether two backtests measured a window on the same sales: every baseline that both have has the same error there,
 * over the same number of points. A baseline learns nothing, so that its error depends on the sales alone.
 */
export function agreeOnBaselines(
  recorded: Readonly<Record<string, Score>>,
  now: Readonly<Record<string, Score>>,
): boolean {
  const shared = Object.keys(recorded).filter((name) => name !== MODEL && name in now);
  const isSame = (name: string) => {
    const [before, after] = [recorded[name], now[name]];
    return (
      before !== undefined &&
      after !== undefined &&
      Math.abs(before.rmsle - after.rmsle) <= SAME_SCORE &&
      before.count === after.count
    );
  };
  return shared.length > 0 && shared.every(isSame);
}

/** The errors of the baselines on the window after `origin`, as a backtest would record them. */
export async function scoreBaselines(dataset: Dataset, origin: DayNumber): Promise<Record<string, Score>> {
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const points = knownPoints(series, origin);
  const actual = actualUnits(series, origin, points);
  const scores: Record<string, Score> = {};
  for (const { name, forecast } of baselineContenders(series)) {
    const { median } = await forecast(origin, () => undefined);
    const predicted = Float64Array.from(points, (point) => at(median, point));
    scores[name] = scorePoint(actual, predicted);
  }
  return scores;
}
