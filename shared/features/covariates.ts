import type { DayNumber } from '../calendar/day-number.ts';
import type { Catalog, Store } from '../schemas/catalog.ts';
import type { SeriesId } from '../schemas/series.ts';
import { tabulateCalendar, tabulateHolidays, tabulateSameDates } from './calendar-features.ts';
import { tabulateOil } from './oil-features.ts';
import { type Categories, categoryCodesOf } from './static-features.ts';

/** The part of a catalog that features are made of. */
export type CovariateSource = Pick<Catalog, 'shift_days' | 'stores' | 'holidays' | 'oil'>;

/**
 * Everything that a feature row needs in addition to the series' history: tables by day, row by row from `fromDay`
 * on, and the codes of the series' static categories. Stores of one city share their tables.
 */
export interface SeriesCovariates {
  readonly fromDay: DayNumber;
  readonly toDay: DayNumber;
  readonly calendar: Float32Array;
  /** Days from the same source date of the year before. */
  readonly sameDates: Uint16Array;
  readonly holidays: Float32Array;
  readonly oil: Float32Array;
  readonly statics: Float32Array;
}

export interface Covariates {
  /** @throws {UnknownStoreError} when the catalog has no such store. */
  of(series: SeriesId): SeriesCovariates;
}

export class UnknownStoreError extends Error {
  override name = 'UnknownStoreError';
}

/**
 * Tabulates the days `fromDay..toDay`: the earliest origin to the last target day. Tables of a place are created on
 * the first request for one of its stores. 60 days cost well under a millisecond; keep the result while the catalog
 * stays the same.
 */
export function createCovariates(
  source: CovariateSource,
  fromDay: DayNumber,
  toDay: DayNumber,
  categories: Categories,
): Covariates {
  const calendar = tabulateCalendar(source.shift_days, fromDay, toDay);
  const sameDates = tabulateSameDates(source.shift_days, fromDay, toDay);
  const oil = tabulateOil(source.oil, fromDay, toDay);
  const stores = new Map<string, Store>(source.stores.map((store) => [store.store_nbr, store]));
  const codesOf = categoryCodesOf(categories);
  const holidaysByPlace = new Map<string, Float32Array>();

  const holidaysAt = (store: Store): Float32Array => {
    const place = JSON.stringify([store.city, store.state]);
    const known = holidaysByPlace.get(place);
    if (known) return known;
    const table = tabulateHolidays(source.holidays, store, fromDay, toDay);
    holidaysByPlace.set(place, table);
    return table;
  };

  return {
    of({ storeNbr, family }) {
      const store = stores.get(storeNbr);
      if (!store) throw new UnknownStoreError(`store ${storeNbr} is not in the catalog`);
      const statics = codesOf(store, family);
      return { fromDay, toDay, calendar, sameDates, oil, holidays: holidaysAt(store), statics };
    },
  };
}
