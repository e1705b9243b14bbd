import { type DayNumber, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { parseSeriesKey, seriesKey } from '../../../../shared/schemas/series.ts';
import { extendSeries, extendTickets, type SeriesTail } from '../../../../shared/store/series-reading.ts';
import type { Dataset } from '../dataset.ts';
import { historyOf } from '../history-of.ts';
import type { LiveSales } from './live-sales.ts';

/**
 * The closed history of a dataset whose days from `live.liveFrom` on were counted from the stream: its own days before
 * that, then those of the store. What its files say of later days is not used, but for the plan of promotions.
 *
 * Days are joined by the very functions by which the store answers a reading, so that a model is trained on what it is
 * served: a series without a row on a day on which its store has rows or tickets has sold nothing; on any other day,
 * and on days that neither the files nor the store have, it is missing.
 *
 * @param dataset has every series of the live days
 * @throws {RangeError} when the dataset has no day before the first live one
 */
export function joinLiveDays(
  dataset: Dataset,
  live: Pick<LiveSales, 'liveFrom' | 'closedThrough' | 'days'>,
): Dataset {
  const before = historyOf(dataset, toIsoDate(live.liveFrom));
  const through = Math.max(live.closedThrough, live.liveFrom - 1);
  const { panel } = before;
  const { firstDay, series, stores } = { ...panel, stores: before.stores };
  if (through === firstDay + panel.dayCount - 1) return before;

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

/** The live days by series and store, in the form in which the store's own readings have them. */
function gatherTails({ liveFrom, days }: Pick<LiveSales, 'liveFrom' | 'days'>): {
  of(storeNbr: number, key: string): SeriesTail;
} {
  type ByDay = Map<DayNumber, number>;
  const nothing: ByDay = new Map();
  const units = new Map<string, ByDay>();
  const promoted = new Map<string, ByDay>();
  const tickets = new Map<number, ByDay>();
  const storeDays = new Map<number, Set<DayNumber>>();
  const put = <K>(table: Map<K, ByDay>, key: K, day: DayNumber, value: number) => {
    const known = table.get(key);
    if (known) known.set(day, value);
    else table.set(key, new Map([[day, value]]));
  };
  const open = (storeNbr: number, day: DayNumber) => {
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
