import { type DayNumber, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { haveSeriesOfOneRetailer, isTwinBesideAnother } from '../datasets/same-retailer.ts';
import { agreeOnBaselines } from './recorded-window.ts';
import { scoreBaselines } from './score-baselines.ts';

/** Whether a model was made for a dataset, and what tells. */
export interface Kinship {
  readonly isSame: boolean;
  readonly because: string;
}

/**
 * Whether a model was made for this dataset. Its name says nothing: exports lie in folders with a date, and folders of
 * different retailers may be called the same. It is the same if its series are those of the model's retailer and their
 * days overlap, or if the baselines that the model's backtest recorded come out the same here on one of its windows.
 *
 * @param movedDays days by which the dataset's dates have been moved on since the model was made
 */
export async function compareDatasets(
  manifest: Manifest,
  dataset: Dataset,
  movedDays: number,
): Promise<Kinship> {
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
  const twin = isTwinBesideAnother(...datasets) ? ', but one of the two is the twin' : '';
  return { isSame: false, because: `${areThere}${twin}${days}` };
}

function countShared({ categories }: Manifest, { panel }: Dataset): number {
  const stores = new Set(categories.store_nbr);
  const families = new Set(categories.family);
  return panel.series.filter(({ storeNbr, family }) => stores.has(String(storeNbr)) && families.has(family))
    .length;
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
  return [panel.firstDay, panel.firstDay + panel.dayCount - 1];
}
