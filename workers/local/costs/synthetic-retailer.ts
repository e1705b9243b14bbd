import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { type DayNumber, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { DaySheet } from '../../../shared/schemas/day-sheet.ts';
import type { HistoryChunk } from '../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import { publishObjects } from '../../trainer/publish/publish-dataset.ts';

/** A retailer of any size for measurements: its numbers are meaningless but reproducible. */
export interface SyntheticRetailer {
  readonly catalog: Catalog;
  historyOf(storeNbr: string): HistoryChunk;
  daySheet(day: DayNumber): DaySheet;
}

export interface RetailerSize {
  readonly stores: number;
  readonly families: number;
  readonly liveFrom: string;
  readonly historyDays: number;
  readonly replayDays: number;
}

/** Sales of a series on a day, in milli-units. */
export type AmountOf = (store: number, family: number, day: DayNumber) => number;

/** Large enough to sell something in every tick. */
const busy: AmountOf = (store, family, day) =>
  600_000 + ((store * 37 + family * 101 + (day % 100) * 13) % 900) * 1000 + (family % 3 === 1 ? 250 : 0);

/** @param amountOf by default every series sells in every tick and is promoted: no commit can touch more fields. */
export function createSyntheticRetailer(size: RetailerSize, amountOf = busy): SyntheticRetailer {
  const firstLiveDay = toDayNumber(size.liveFrom);
  const stores = Array.from({ length: size.stores }, (_, index) => index + 1);
  const families = Array.from({ length: size.families }, (_, index) => `FAMILY NUMBER ${index}`);
  const series = stores.flatMap((store) => families.map((family) => seriesKey(String(store), family)));
  const history = Array.from({ length: size.historyDays }, (_, day) => firstLiveDay - size.historyDays + day);
  const firstDate = toIsoDate(firstLiveDay - size.historyDays);
  const curve = Array.from({ length: 24 }, () => 1 / 24);
  return {
    catalog: {
      schema_version: 1,
      dataset: 'invented',
      shift_days: 0,
      first_date: firstDate,
      live_from: size.liveFrom,
      last_date: toIsoDate(firstLiveDay + size.replayDays - 1),
      has_tickets: true,
      stores: stores.map((store) => ({
        store_nbr: String(store),
        city: 'Quito',
        state: 'P',
        type: 'D',
        cluster: 1,
      })),
      families,
      series,
      holidays: [],
      oil: [],
    },
    historyOf: (storeNbr) => ({
      store_nbr: storeNbr,
      first_date: firstDate,
      last_date: toIsoDate(firstLiveDay - 1),
      tickets: history.map((day) => 1000 + (day % 500)),
      series: families.map((family, f) => ({
        family,
        milli_units: history.map((day) => amountOf(Number(storeNbr), f, day)),
        onpromotion: history.map((day) => day % 9),
      })),
    }),
    daySheet: (day) => ({
      date: toIsoDate(day),
      series,
      milli_units: stores.flatMap((store) => families.map((_, f) => amountOf(store, f, day))),
      onpromotion: series.map((_, s) => 1 + (s % 5)),
      tickets: Object.fromEntries(stores.map((store) => [store, 3000 + store])),
      curves: Object.fromEntries(stores.map((store) => [store, curve])),
    }),
  };
}

/** Publishes the retailer's dataset. */
export async function publishRetailer(
  objects: ObjectStore,
  { catalog, historyOf, daySheet }: SyntheticRetailer,
): Promise<void> {
  const named = new Map<string, unknown>([[datasetNames.catalog, catalog]]);
  for (const { store_nbr } of catalog.stores)
    named.set(datasetNames.history(store_nbr), historyOf(store_nbr));
  for (let day = toDayNumber(catalog.live_from); day <= toDayNumber(catalog.last_date); day++) {
    named.set(datasetNames.daySheet(toIsoDate(day)), daySheet(day));
  }
  await publishObjects(catalog, named, { now: new Date() }, objects);
}
