import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { type Covariates, createCovariates, HORIZON } from '../../../shared/features/index.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { CachedObject } from './object-cache.ts';

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
