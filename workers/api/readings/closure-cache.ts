import { type ClosureCalendar, createClosureCalendar } from '../../../shared/calendar/closures.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { CachedObject } from './object-cache.ts';

/** The closure calendar of the catalog that was asked for last. */
export interface ClosureCache {
  get(catalog: CachedObject<Catalog>): ClosureCalendar;
}

export function createClosureCache(): ClosureCache {
  let cached: { readonly etag: string; readonly calendar: ClosureCalendar } | null = null;
  return {
    get({ etag, value }) {
      if (cached?.etag !== etag) cached = { etag, calendar: createClosureCalendar(value.closures) };
      return cached.calendar;
    },
  };
}
