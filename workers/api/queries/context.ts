import { FEATURE_CONTRACT } from '../../../shared/artifacts/load-model.ts';
import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import type { TransactionIntake } from '../../../shared/schemas/api/transactions.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import { createBearerCheck } from '../access/bearer-keys.ts';
import { letThroughOnFailure, type RateLimiter } from '../access/rate-limit.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import {
  type ApiDependencies,
  guardIntake,
  guardObjects,
  guardRuns,
  guardStore,
  type PipelineRunReader,
  type SalesReader,
} from './dependencies.ts';
import { createImplausibleForecasts, type ImplausibleForecasts } from './implausible-forecasts.ts';
import {
  type CachedObject,
  type ClosureCache,
  type CovariateCache,
  createClosureCache,
  createCovariateCache,
} from './isolate-caches.ts';
import { createPublicationCache, type Served, type ServedDataset } from './publication-cache.ts';
import { createSeriesReader, type SeriesReader } from './series-reader.ts';
import { type WriteWatch, watchIntake } from './write-watch.ts';

/** What the operations share: guarded storage and what this isolate keeps of it. */
export interface ApiContext {
  readonly clock: BusinessClock;
  readonly now: () => EpochMs;
  /** Time runs faster than the clock, as `npm start -- --speed` has it. */
  readonly accelerated: boolean;
  readonly store: SalesReader;
  readonly runs: PipelineRunReader;
  /** What became of the deliveries that this isolate has taken. */
  readonly writes: () => WriteWatch;
  /** For ingestion; null where it is disabled. */
  readonly ingest: {
    readonly intake: TransactionIntake;
    /** Names the caller of an Authorization header; null for one without a valid key. */
    identify(authorization: string | undefined): Promise<string | null>;
    readonly limiter: RateLimiter | null;
  } | null;
  readonly series: SeriesReader;
  readonly covariates: CovariateCache;
  readonly closures: ClosureCache;
  readonly implausible: ImplausibleForecasts;
  /**
   * The publication that answers, with its dataset: a request takes it once and holds it.
   * @throws {ModelError} when nothing can be forecast with.
   */
  served(): Promise<Served>;
  /** @returns null while no catalog is published. */
  findCatalog(): Promise<CachedObject<Catalog> | null>;
  /**
   * @param dataset the one in service where it is left out
   * @throws {ApiProblem} `not-ready` while no catalog is published.
   */
  requireCatalog(dataset?: ServedDataset): Promise<CachedObject<Catalog>>;
}

export function createApiContext(dependencies: ApiDependencies): ApiContext {
  const { clock, now, ingest, accelerated = false } = dependencies;
  const watched = watchIntake(ingest.intake, now);
  const store = guardStore(dependencies.store);
  const objects = guardObjects(dependencies.objects);
  const { loadEngine } = dependencies;
  const publications = createPublicationCache({ objects, now, loadEngine, contract: FEATURE_CONTRACT });
  const findCatalog = async () => (await publications.dataset())?.catalog() ?? null;

  return {
    clock,
    now,
    accelerated,
    writes: watched.writes,
    store,
    runs: guardRuns(dependencies.runs),
    ingest:
      ingest.keys.length === 0
        ? null
        : {
            intake: guardIntake(watched.intake),
            identify: createBearerCheck(ingest.keys),
            limiter: ingest.limiter && letThroughOnFailure(ingest.limiter, dependencies.report),
          },
    series: createSeriesReader(store, clock),
    covariates: createCovariateCache(),
    closures: createClosureCache(),
    implausible: createImplausibleForecasts((message) => console.warn(message)),
    served: publications.served,
    findCatalog,
    requireCatalog: async (dataset) => {
      const catalog = await (dataset ? dataset.catalog() : findCatalog());
      if (catalog) return catalog;
      const detail = `${datasetNames.catalog} is not published yet`;
      throw new ApiProblem('not-ready', `${detail}; train a model and publish its dataset`, {
        missing: [{ component: 'catalog', status: 'missing', detail }],
      });
    },
  };
}
