import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { type ClosureCalendar, createClosureCalendar } from '../../../shared/features/closure-calendar.ts';
import { type Covariates, createCovariates, HORIZON } from '../../../shared/features/index.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { ObjectReader } from './dependencies.ts';

/** An object in the memory of this isolate, parsed once per version. */
export interface CachedObject<T> {
  readonly etag: string;
  readonly value: T;
}

interface Entry<T> {
  object: CachedObject<T> | null;
  checkedAt: EpochMs;
}

/**
 * Keeps parsed objects. An entry older than `maxAgeMs` is compared by etag and parsed again only when it changed;
 * an object that is not there is looked for again at once, because something waits for it.
 */
export function createObjectCache<T>(options: {
  readonly objects: ObjectReader;
  readonly now: () => EpochMs;
  readonly maxAgeMs: number;
  readonly maxEntries: number;
  readonly parse: (text: string, key: string) => T;
}): { get(key: string): Promise<CachedObject<T> | null> } {
  const entries = new Map<string, Entry<T>>();

  const get = async (key: string): Promise<CachedObject<T> | null> => {
    const now = options.now();
    const entry = entries.get(key);
    if (entry?.object && now - entry.checkedAt < options.maxAgeMs) return entry.object;

    const stored = await options.objects.get(key);
    const known = entry?.object;
    const object =
      stored === null || stored.etag === known?.etag
        ? stored && (known ?? null)
        : { etag: stored.etag, value: options.parse(await stored.text(), key) };
    entries.delete(key);
    if (object) entries.set(key, { object, checkedAt: now });
    for (const oldest of entries.keys()) {
      if (entries.size <= options.maxEntries) break;
      entries.delete(oldest);
    }
    return object;
  };

  return { get };
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
