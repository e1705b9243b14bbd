import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Dataset } from '../dataset.ts';
import { type StoreHistory, storeHistories } from './infer-closures.ts';
import { DAY } from './past-closures.ts';

/** Whether nobody could buy anything on a day, so that it says nothing of demand. */
export function isShut(state: number | undefined): boolean {
  return (
    state === DAY.dayOff ||
    state === DAY.closed ||
    state === DAY.silent ||
    state === DAY.notOpenYet ||
    state === DAY.declared
  );
}

/**
 * The dataset with the days on which a store was shut as MISSING: a closure is no demand of zero, whether the files say
 * nothing of it or write zeros.
 */
export function markClosedDays(dataset: Dataset, histories = storeHistories(dataset)): Dataset {
  const { panel } = dataset;
  const statesOf = new Map<number, StoreHistory['states']>(
    histories.map(({ store, states }) => [store.store_nbr, states]),
  );
  const milliUnits = panel.milliUnits.slice();
  panel.series.forEach(({ storeNbr }, s) => {
    const row = milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount);
    statesOf.get(storeNbr)?.forEach((state, day) => {
      if (isShut(state)) row[day] = MISSING;
    });
  });
  return { ...dataset, panel: { ...panel, milliUnits } };
}
