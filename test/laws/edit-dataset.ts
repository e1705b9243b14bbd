import { toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import type { Store } from '../../shared/schemas/catalog.ts';
import { MISSING } from '../../shared/schemas/history-chunk.ts';
import { compareStoreNbrs, numberOfStore, type SeriesKey, seriesKey } from '../../shared/schemas/series.ts';
import type { Dataset } from '../../workers/trainer/data/dataset.ts';

/** One series taken out of a panel; its columns may be written to. */
export interface LooseSeries {
  readonly storeNbr: string;
  readonly family: string;
  readonly milliUnits: Int32Array;
  readonly onpromotion: Uint16Array;
}

/** One store with its tickets; null where the dataset counts none. */
export interface LooseStore {
  readonly store: Store;
  readonly tickets: Int32Array | null;
}

export interface LooseDataset {
  readonly series: readonly LooseSeries[];
  readonly stores: readonly LooseStore[];
}

/** A copy of a dataset's series and stores. */
export function takeApart({ panel, stores }: Dataset): LooseDataset {
  const { dayCount, plannedDayCount, tickets } = panel;
  return {
    series: panel.series.map((series, s) => ({
      ...series,
      milliUnits: panel.milliUnits.slice(s * dayCount, (s + 1) * dayCount),
      onpromotion: panel.onpromotion.slice(s * plannedDayCount, (s + 1) * plannedDayCount),
    })),
    stores: stores.map((store, i) => ({
      store,
      tickets: tickets ? tickets.slice(i * dayCount, (i + 1) * dayCount) : null,
    })),
  };
}

/** A dataset with other series and stores, in the order of a panel: by store, then family. */
export function putTogether(dataset: Dataset, { series, stores }: LooseDataset): Dataset {
  const { dayCount, plannedDayCount } = dataset.panel;
  const orderedStores = [...stores].sort((a, b) => compareStoreNbrs(a.store.store_nbr, b.store.store_nbr));
  const ordered = [...series].sort(
    (a, b) => compareStoreNbrs(a.storeNbr, b.storeNbr) || (a.family < b.family ? -1 : 1),
  );
  const milliUnits = new Int32Array(ordered.length * dayCount);
  const onpromotion = new Uint16Array(ordered.length * plannedDayCount);
  ordered.forEach((member, s) => {
    milliUnits.set(member.milliUnits, s * dayCount);
    onpromotion.set(member.onpromotion, s * plannedDayCount);
  });
  const tickets = dataset.panel.tickets && new Int32Array(orderedStores.length * dayCount).fill(MISSING);
  orderedStores.forEach((member, i) => {
    if (member.tickets) tickets?.set(member.tickets, i * dayCount);
  });
  return {
    ...dataset,
    stores: orderedStores.map(({ store }) => store),
    families: [...new Set(ordered.map(({ family }) => family))].sort(),
    panel: {
      ...dataset.panel,
      series: ordered.map(({ storeNbr, family }) => ({ storeNbr, family })),
      ...{ milliUnits, onpromotion, tickets },
    },
  };
}

/** A copy in which some series were edited in place. */
export function editSeries(dataset: Dataset, edit: (series: LooseSeries) => void): Dataset {
  const loose = takeApart(dataset);
  loose.series.forEach(edit);
  return putTogether(dataset, loose);
}

/** Day `daysBack` before the last one becomes unknown for the series of which `isChosen` says so. */
export function forgetDay(
  dataset: Dataset,
  daysBack: number,
  isChosen: (key: SeriesKey) => boolean,
): Dataset {
  return editSeries(dataset, ({ storeNbr, family, milliUnits }) => {
    if (isChosen(seriesKey(storeNbr, family))) milliUnits[milliUnits.length - 1 - daysBack] = MISSING;
  });
}

/** The dataset as it was `days` days ago; what was planned then is known. */
export function daysAgo(dataset: Dataset, days: number): Dataset {
  const dayCount = dataset.panel.dayCount - days;
  const { series, stores } = takeApart(dataset);
  const shorter = { ...dataset, panel: { ...dataset.panel, dayCount } };
  return putTogether(shorter, {
    series: series.map((member) => ({ ...member, milliUnits: member.milliUnits.slice(0, dayCount) })),
    stores: stores.map(({ store, tickets }) => ({ store, tickets: tickets?.slice(0, dayCount) ?? null })),
  });
}

/** All dates moved forward by whole weeks, as time travel moves them. */
export function moveWeeks(dataset: Dataset, weeks: number): Dataset {
  const moved = (date: string) => toIsoDate(toDayNumber(date) + 7 * weeks);
  return {
    ...dataset,
    shiftDays: dataset.shiftDays + 7 * weeks,
    holidays: dataset.holidays.map((holiday) => ({ ...holiday, date: moved(holiday.date) })),
    oil: dataset.oil.map((price) => ({ ...price, date: moved(price.date) })),
    panel: { ...dataset.panel, firstDay: dataset.panel.firstDay + 7 * weeks },
  };
}

/** An id that no store has: the number after the highest. */
export function newStoreNbr(stores: readonly { readonly store: Store }[]): string {
  return String(1 + Math.max(0, ...stores.map(({ store }) => numberOfStore(store.store_nbr) ?? 0)));
}
