import type { Store } from '../../../../shared/schemas/catalog.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { parseSeriesKey, seriesKey } from '../../../../shared/schemas/series.ts';
import { unknownStore } from '../csv/read-stores.ts';
import type { Dataset, Panel } from '../dataset.ts';

/**
 * Adds series of which the dataset knows no sales, such as those that have only been sold live: their days are missing
 * and not on promotion. Series that it has already are passed over.
 *
 * @param keys `store_nbr:family`
 * @param stores attributes of stores that the dataset may not have
 */
export function addSeries(dataset: Dataset, keys: Iterable<string>, stores: readonly Store[]): Dataset {
  const { panel } = dataset;
  const places = new Map(panel.series.map((series, s) => [seriesKey(series.storeNbr, series.family), s]));
  const added = [...new Set(keys)].filter((key) => !places.has(key as ReturnType<typeof seriesKey>));
  if (added.length === 0) return dataset;
  const series = [...panel.series, ...added.map(parseSeriesKey)].sort(
    (a, b) => a.storeNbr - b.storeNbr || (a.family < b.family ? -1 : 1),
  );
  const from = series.map(({ storeNbr, family }) => places.get(seriesKey(storeNbr, family)) ?? null);
  const known = new Map([...stores, ...dataset.stores].map((store) => [store.store_nbr, store]));
  const storeNbrs = [
    ...new Set([
      ...dataset.stores.map((store) => store.store_nbr),
      ...series.map(({ storeNbr }) => storeNbr),
    ]),
  ].sort((a, b) => a - b);
  const storePlaces = new Map(dataset.stores.map(({ store_nbr }, index) => [store_nbr, index]));
  const tickets = panel.tickets;
  const widened: Panel = {
    ...panel,
    series,
    milliUnits: takeRows(
      panel.milliUnits,
      panel.dayCount,
      from,
      new Int32Array(series.length * panel.dayCount).fill(MISSING),
    ),
    onpromotion: takeRows(
      panel.onpromotion,
      panel.plannedDayCount,
      from,
      new Uint16Array(series.length * panel.plannedDayCount),
    ),
    tickets:
      tickets &&
      takeRows(
        tickets,
        panel.dayCount,
        storeNbrs.map((storeNbr) => storePlaces.get(storeNbr) ?? null),
        new Int32Array(storeNbrs.length * panel.dayCount).fill(MISSING),
      ),
  };
  return {
    ...dataset,
    stores: storeNbrs.map((storeNbr) => known.get(storeNbr) ?? unknownStore(storeNbr)),
    families: [...new Set(series.map(({ family }) => family))].sort(),
    panel: widened,
  };
}

/** Copies rows of `length` values; a row that comes from nowhere stays as `out` has it. */
function takeRows<T extends Int32Array | Uint16Array>(
  rows: T,
  length: number,
  from: readonly (number | null)[],
  out: T,
): T {
  from.forEach((source, row) => {
    if (source !== null) out.set(rows.subarray(source * length, (source + 1) * length), row * length);
  });
  return out;
}
