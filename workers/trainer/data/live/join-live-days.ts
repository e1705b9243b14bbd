import { type DayNumber, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import {
  extendSeries,
  extendTickets,
  type SeriesTail,
} from '../../../../shared/sales-store/series-reading.ts';
import type { Store } from '../../../../shared/schemas/catalog.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { compareStoreNbrs, parseSeriesKey, seriesKey } from '../../../../shared/schemas/series.ts';
import { unknownStore } from '../csv/read-store-tables.ts';
import { type Dataset, historyOf, lastDayOf, type Panel } from '../dataset.ts';
import type { LiveSales } from './live-sales.ts';

/**
 * The closed history of a dataset whose days from `live.liveFrom` on were counted from the stream: its own days before
 * that, then those of the store. Later days of its files are not used, except for the plan of promotions.
 *
 * Days are joined by the functions that serve readings of the store, so that a model is trained on what it is served: a
 * series without a row on a day on which its store has rows or tickets has sold nothing; on any other day, and on days
 * that neither the files nor the store have, it is missing.
 *
 * @param dataset has every series of the live days
 * @throws {NoHistoryError} if the dataset has no day before the first live one
 */
export function joinLiveDays(
  dataset: Dataset,
  live: Pick<LiveSales, 'liveFrom' | 'closedThrough' | 'days'>,
): Dataset {
  const before = historyOf(dataset, toIsoDate(live.liveFrom));
  const through = Math.max(live.closedThrough, live.liveFrom - 1);
  const { panel, stores } = before;
  const { firstDay, series } = panel;
  if (through === lastDayOf(panel)) return before;

  const dayCount = through - firstDay + 1;
  const plannedDayCount = Math.max(panel.plannedDayCount, dayCount);
  const milliUnits = new Int32Array(series.length * dayCount);
  const onpromotion = new Uint16Array(series.length * plannedDayCount);
  const tails = gatherTails(live);
  series.forEach(({ storeNbr, family }, s) => {
    const plan = panel.onpromotion.subarray(s * panel.plannedDayCount, (s + 1) * panel.plannedDayCount);
    const columns = {
      firstDay,
      milliUnits: panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount),
      onpromotion: plan.subarray(0, panel.dayCount),
    };
    const joined = extendSeries(columns, tails.of(storeNbr, seriesKey(storeNbr, family)), through);
    milliUnits.set(joined.milliUnits, s * dayCount);
    onpromotion.set(joined.onpromotion, s * plannedDayCount);
    onpromotion.set(plan.subarray(dayCount), s * plannedDayCount + dayCount);
  });
  return {
    ...before,
    oil: dataset.oil.filter(({ date }) => toDayNumber(date) <= through),
    panel: { firstDay, dayCount, plannedDayCount, series, milliUnits, onpromotion, tickets: joinTickets() },
  };

  function joinTickets(): Int32Array | null {
    if (!panel.tickets && !live.days.some(({ tickets }) => tickets.size > 0)) return null;
    const joined = new Int32Array(stores.length * dayCount);
    stores.forEach(({ store_nbr }, store) => {
      const known = panel.tickets?.subarray(store * panel.dayCount, (store + 1) * panel.dayCount);
      const column = { firstDay, tickets: known ?? new Int32Array(panel.dayCount).fill(MISSING) };
      joined.set(extendTickets(column, tails.of(store_nbr, ''), through).tickets, store * dayCount);
    });
    return joined;
  }
}

/** The live days by series and store, in the form of the store's own readings. */
function gatherTails({ liveFrom, days }: Pick<LiveSales, 'liveFrom' | 'days'>): {
  of(storeNbr: string, key: string): SeriesTail;
} {
  type ByDay = Map<DayNumber, number>;
  const nothing: ByDay = new Map();
  const units = new Map<string, ByDay>();
  const promoted = new Map<string, ByDay>();
  const tickets = new Map<string, ByDay>();
  const storeDays = new Map<string, Set<DayNumber>>();
  const put = <K>(table: Map<K, ByDay>, key: K, day: DayNumber, value: number) => {
    const known = table.get(key);
    if (known) known.set(day, value);
    else table.set(key, new Map([[day, value]]));
  };
  const open = (storeNbr: string, day: DayNumber) => {
    const known = storeDays.get(storeNbr);
    if (known) known.add(day);
    else storeDays.set(storeNbr, new Set([day]));
  };
  days.forEach((live, index) => {
    const day = liveFrom + index;
    for (const [key, value] of live.sales) {
      put(units, key, day, value);
      open(parseSeriesKey(key).storeNbr, day);
    }
    for (const [key, value] of live.onpromotion) put(promoted, key, day, value);
    for (const [storeNbr, value] of live.tickets) {
      put(tickets, storeNbr, day, value);
      open(storeNbr, day);
    }
  });
  return {
    of: (storeNbr, key) => ({
      milliUnits: units.get(key) ?? nothing,
      onpromotion: promoted.get(key) ?? nothing,
      tickets: tickets.get(storeNbr) ?? nothing,
      storeDays: storeDays.get(storeNbr) ?? new Set(),
    }),
  };
}

/**
 * Adds series without sales in the dataset, such as those that were only sold live: their days are missing and not on
 * promotion. Existing series are skipped.
 *
 * @param keys `store:family`
 * @param stores attributes of stores that the dataset may lack
 */
export function addSeries(dataset: Dataset, keys: Iterable<string>, stores: readonly Store[]): Dataset {
  const { panel } = dataset;
  const places = new Map<string, number>(
    panel.series.map((series, s) => [seriesKey(series.storeNbr, series.family), s]),
  );
  const added = [...new Set(keys)].filter((key) => !places.has(key));
  if (added.length === 0) return dataset;
  const series = [...panel.series, ...added.map(parseSeriesKey)].sort(
    (a, b) => compareStoreNbrs(a.storeNbr, b.storeNbr) || (a.family < b.family ? -1 : 1),
  );
  const from = series.map(({ storeNbr, family }) => places.get(seriesKey(storeNbr, family)) ?? null);
  const known = new Map([...stores, ...dataset.stores].map((store) => [store.store_nbr, store]));
  const storeNbrs = [
    ...new Set([
      ...dataset.stores.map((store) => store.store_nbr),
      ...series.map(({ storeNbr }) => storeNbr),
    ]),
  ].sort(compareStoreNbrs);
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

/** Copies rows of `length` values; a row without a source keeps its values in `out`. */
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
