import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { type ClosureCalendar, createClosureCalendar } from '../../../shared/features/closure-calendar.ts';
import { type Covariates, createCovariates, HORIZON } from '../../../shared/features/index.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';

/** An object in the memory of this isolate, parsed once per version. */
export interface CachedObject<T> {
  /** Tells versions apart. */
  readonly etag: string;
  readonly value: T;
}

/** Calendar, holiday and oil tables of one horizon, made once per catalog, model and origin. */
export interface CovariateCache {
  get(catalog: CachedObject<Catalog>, manifest: Manifest, origin: DayNumber): Covariates;
}

export function createCovariateCache(): CovariateCache {
  let cached: { readonly key: string; readonly covariates: Covariates } | null = null;
  return {
    get: ({ etag, value }, manifest, origin) => {
      const key = JSON.stringify([etag, manifest.version, origin]);
      if (cached?.key !== key) {
        const covariates = createCovariates(value, origin, origin + HORIZON, manifest.categories);
        cached = { key, covariates };
      }
      return cached.covariates;
    },
  };
}

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
