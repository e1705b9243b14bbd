import { FEATURE_CONTRACT } from '../../../shared/artifacts/load-model.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import type { TransactionIntake } from '../../../shared/schemas/api/transactions.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { PromotionPlan } from '../../../shared/schemas/day-sheet.ts';
import { createBearerCheck } from '../access/bearer-keys.ts';
import type { RateLimiter } from '../access/rate-limit.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import { type ChampionCache, createChampionCache } from './champion-cache.ts';
import {
  type ApiDependencies,
  guardIntake,
  guardObjects,
  guardRuns,
  guardStore,
  type PipelineRunReader,
  type SalesReader,
} from './dependencies.ts';
import { type AbsurdForecasts, createAbsurdForecasts } from './implausible-forecasts.ts';
import {
  type CachedObject,
  type ClosureCache,
  type CovariateCache,
  createClosureCache,
  createCovariateCache,
  createObjectCache,
} from './isolate-caches.ts';
import { readPromotionPlan } from './promotion-plans.ts';
import { readCatalog } from './read-catalog.ts';
import { createSeriesReader, type SeriesReader } from './series-reader.ts';

/** How old a catalog or a promotion plan may be before its etag is compared. */
const DATASET_MAX_AGE_MS = 60_000;

/** What the operations share: guarded storage and what this isolate keeps of it. */
export interface ApiContext {
  readonly clock: BusinessClock;
  readonly now: () => EpochMs;
  readonly store: SalesReader;
  readonly runs: PipelineRunReader;
  /** For sending sales; null where nobody may. */
  readonly ingest: {
    readonly intake: TransactionIntake;
    /** Names the caller of an Authorization header; null for one without a valid key. */
    identify(authorization: string | undefined): Promise<string | null>;
    readonly limiter: RateLimiter | null;
  } | null;
  readonly models: ChampionCache;
  readonly series: SeriesReader;
  readonly covariates: CovariateCache;
  readonly closures: ClosureCache;
  readonly absurd: AbsurdForecasts;
  readonly plans: { get(key: string): Promise<CachedObject<PromotionPlan> | null> };
  /** @returns null while no catalog is published. */
  findCatalog(): Promise<CachedObject<Catalog> | null>;
  /** @throws {ApiProblem} `not-ready` while no catalog is published. */
  requireCatalog(): Promise<CachedObject<Catalog>>;
}

export function createApiContext(dependencies: ApiDependencies): ApiContext {
  const { clock, now, ingest } = dependencies;
  const store = guardStore(dependencies.store);
  const objects = guardObjects(dependencies.objects);
  const cacheOptions = { objects, now, maxAgeMs: DATASET_MAX_AGE_MS };
  const catalogs = createObjectCache({ ...cacheOptions, maxEntries: 1, parse: readCatalog });

  const findCatalog = () => catalogs.get(objectKeys.catalog);

  return {
    clock,
    now,
    store,
    runs: guardRuns(dependencies.runs),
    ingest:
      ingest.keys.length === 0
        ? null
        : {
            intake: guardIntake(ingest.intake),
            identify: createBearerCheck(ingest.keys),
            limiter: ingest.limiter,
          },
    models: createChampionCache({
      objects,
      now,
      loadEngine: dependencies.loadEngine,
      contract: FEATURE_CONTRACT,
    }),
    series: createSeriesReader(store, clock),
    covariates: createCovariateCache(),
    closures: createClosureCache(),
    absurd: createAbsurdForecasts((message) => console.warn(message)),
    // A horizon of 16 days touches at most four weeks.
    plans: createObjectCache({ ...cacheOptions, maxEntries: 6, parse: readPromotionPlan }),
    findCatalog,
    requireCatalog: async () => {
      const catalog = await findCatalog();
      if (catalog) return catalog;
      const detail = `${objectKeys.catalog} is not published yet`;
      throw new ApiProblem('not-ready', `${detail}; train a model and publish its dataset`, {
        missing: [{ component: 'catalog', status: 'missing', detail }],
      });
    },
  };
}
