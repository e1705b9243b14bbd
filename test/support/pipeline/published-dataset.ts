import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { type DayNumber, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { DaySheet, Intraday } from '../../../shared/schemas/day-sheet.ts';
import type { HistoryChunk } from '../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import { publishObjects } from '../../../workers/trainer/publish/publish-dataset.ts';

/** Wednesday: the ISO week and the month are both in progress. */
export const LIVE_FROM = '2026-01-07';
const FAMILIES = ['DAIRY', 'GROCERY I', 'BREAD/BAKERY'];
export const STORES = [1, 2, 10];
export const SERIES = STORES.flatMap((store) => FAMILIES.map((family) => seriesKey(String(store), family)));

const HISTORY_DAYS = 30;
const REPLAY_DAYS = 3;
const firstLiveDay = toDayNumber(LIVE_FROM);

export const catalog: Catalog = {
  schema_version: 1,
  dataset: 'invented',
  shift_days: 0,
  first_date: toIsoDate(firstLiveDay - HISTORY_DAYS),
  live_from: LIVE_FROM,
  last_date: toIsoDate(firstLiveDay + REPLAY_DAYS - 1),
  has_tickets: true,
  stores: STORES.map((store) => ({
    store_nbr: String(store),
    city: 'Quito',
    state: 'Pichincha',
    type: 'D',
    cluster: 1,
  })),
  families: FAMILIES,
  series: SERIES,
  holidays: [],
  oil: [],
};

/** Any whole number, the same each time. */
function amount(store: number, family: number, day: DayNumber): number {
  return ((store * 37 + family * 101 + (day % 100) * 13) % 60) * 1000 + (family === 1 ? 250 : 0);
}

export function historyChunk(store: number): HistoryChunk {
  const days = Array.from({ length: HISTORY_DAYS }, (_, day) => firstLiveDay - HISTORY_DAYS + day);
  return {
    store_nbr: String(store),
    first_date: catalog.first_date,
    last_date: toIsoDate(firstLiveDay - 1),
    tickets: days.map((day) => 100 + store + (day % 7)),
    series: FAMILIES.map((family, f) => ({
      family,
      milli_units: days.map((day) => amount(store, f, day)),
      onpromotion: days.map((day) => day % 3),
    })),
  };
}

/** Day `index` of the replay; store 10 is closed on the second. */
export function daySheet(index: number): DaySheet {
  const day = firstLiveDay + index;
  const open = STORES.filter((store) => !(store === 10 && index === 1));
  const curve = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 20 ? 1 / 12 : 0));
  return {
    date: toIsoDate(day),
    series: SERIES,
    milli_units: STORES.flatMap((store) =>
      FAMILIES.map((_, f) => (open.includes(store) ? amount(store, f, day) : 0)),
    ),
    onpromotion: SERIES.map((_, s) => (s + index) % 4),
    tickets: Object.fromEntries(open.map((store) => [String(store), 90 + store])),
    curves: Object.fromEntries(open.map((store) => [String(store), curve])),
  };
}

const intraday: Intraday = {
  days: { [toIsoDate(firstLiveDay - 7)]: Array.from({ length: 288 }, (_, slot) => (slot < 100 ? 0 : slot)) },
};

/** Publishes the dataset, with objects of it replaced or, where the value is null, left out. */
export async function publishSampleDataset(
  objects: ObjectStore,
  changes: ReadonlyMap<string, unknown> = new Map(),
): Promise<void> {
  const named = new Map([...publishedObjects(), ...changes]);
  for (const [name, value] of named) if (value === null) named.delete(name);
  const published = { ...catalog, ...(named.get(datasetNames.catalog) as Catalog) };
  await publishObjects(published, named, { now: new Date('2026-01-07T00:00:00Z') }, objects);
}

/** Every object of the dataset by its name. */
export function publishedObjects(): Map<string, unknown> {
  const objects = new Map<string, unknown>([
    [datasetNames.catalog, catalog],
    [datasetNames.intraday, intraday],
  ]);
  for (const store of STORES) objects.set(datasetNames.history(String(store)), historyChunk(store));
  for (let index = 0; index < REPLAY_DAYS; index++) {
    const sheet = daySheet(index);
    objects.set(datasetNames.daySheet(sheet.date), sheet);
  }
  return objects;
}
