import { storeHistories } from '../datasets/closures/infer-closures.ts';
import { isShut } from '../datasets/closures/mark-closed-days.ts';
import type { Dataset } from '../datasets/dataset.ts';

/** 1 on the days on which a store was closed, as told by the whole history, by store number and day of the panel. */
export function closedDaysByStore(dataset: Dataset): ReadonlyMap<number, Uint8Array> {
  return new Map(
    storeHistories(dataset).map(({ store, states }) => [
      store.store_nbr,
      states.map((state) => Number(isShut(state))),
    ]),
  );
}
