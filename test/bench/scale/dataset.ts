import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import { publishObjects } from '../../../workers/trainer/publish/publish-dataset.ts';

const LIVE_FROM = '2026-01-07';
const firstLiveDay = toDayNumber(LIVE_FROM);
export const clock = createBusinessClock('America/Guayaquil');
const TICK_MS = 300_000;

/** The instant at which tick `n` of the day is due. */
export const tickAt = (n: number) => clock.startOf(firstLiveDay) + n * TICK_MS;

/** Any number of stores and products, with one day to replay and an empty history. */
export async function publishSynthetic(
  objects: ObjectStore,
  { stores, products }: { readonly stores: number; readonly products: number },
): Promise<void> {
  const storeNbrs = Array.from({ length: stores }, (_, index) => index + 1);
  const families = Array.from(
    { length: products },
    (_, index) => `PRODUCT ${String(index).padStart(5, '0')}`,
  );
  const series = storeNbrs.flatMap((store) => families.map((family) => seriesKey(String(store), family)));
  const named = new Map<string, unknown>();
  const catalog: Catalog = {
    schema_version: 1,
    dataset: 'scale',
    shift_days: 0,
    first_date: LIVE_FROM,
    live_from: LIVE_FROM,
    last_date: LIVE_FROM,
    has_tickets: false,
    stores: storeNbrs.map((store) => ({
      store_nbr: String(store),
      city: '',
      state: '',
      type: '',
      cluster: 0,
    })),
    families,
    series: [],
    holidays: [],
    oil: [],
  };
  named.set(datasetNames.catalog, catalog);
  const lastDate = toIsoDate(firstLiveDay - 1);
  for (const store of storeNbrs) {
    const chunk = { store_nbr: store, first_date: lastDate, last_date: lastDate, tickets: null, series: [] };
    named.set(datasetNames.history(String(store)), chunk);
  }
  const curve = Array.from({ length: 24 }, () => 1 / 24);
  named.set(datasetNames.daySheet(LIVE_FROM), {
    date: LIVE_FROM,
    series,
    // Enough for every series to sell something in every tick.
    milli_units: series.map((_, i) => 600_000 + (i % 900) * 1000),
    onpromotion: series.map((_, i) => i % 3),
    tickets: Object.fromEntries(storeNbrs.map((store) => [store, 5000])),
    curves: Object.fromEntries(storeNbrs.map((store) => [store, curve])),
  });
  await publishObjects(catalog, named, { now: new Date() }, objects);
}
