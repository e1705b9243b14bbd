/**
 * The API in a Worker: its bindings and variables, and the inference engine in this isolate.
 *
 * @module
 */
import { createEngine } from 'xgboost-wasm';
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import type { TransactionIntake } from '../../shared/schemas/api/transactions.ts';
import type { RateLimiter } from './access/rate-limit.ts';
import { type ApiApp, createApi } from './app.ts';
import { parseConfiguration } from './configuration.ts';
import type { PipelineRunReader, SalesReader } from './queries/dependencies.ts';
import { warmUp } from './warm-up.ts';

/** The bindings of every Worker with an API, with either sales store. */
export interface ApiBindings {
  readonly ARTIFACTS: R2Bucket;
  /** Limits all requests of a client; no limit where it is not bound. */
  readonly REQUEST_LIMITER?: RateLimiter;
  /** Limits the requests that send sales by their key; no limit where it is not bound. */
  readonly INGEST_LIMITER?: RateLimiter;
}

/** The parts in which the two deployments differ. */
export interface ApiParts {
  readonly store: SalesReader;
  readonly runs: PipelineRunReader;
  readonly intake: TransactionIntake;
}

/**
 * Creates the API from a Worker's bindings and variables; once per isolate, best at start-up.
 *
 * @throws {ConfigurationError} listing every variable that is missing or wrong.
 */
export function createWorkerApi(bindings: ApiBindings, { store, runs, intake }: ApiParts): ApiApp {
  const configuration = parseConfiguration(bindings);
  const clock = createBusinessClock(configuration.BUSINESS_TIME_ZONE);
  const engine = createEngine();
  const app = createApi({
    store,
    objects: createR2ObjectStore(bindings.ARTIFACTS),
    runs,
    ingest: { intake, keys: configuration.INGEST_API_KEYS, limiter: bindings.INGEST_LIMITER ?? null },
    requestLimiter: bindings.REQUEST_LIMITER ?? null,
    loadEngine: () => engine,
    clock,
    now: configuration.CLOCK_OFFSET_MS,
    accelerated: configuration.CLOCK_SPEED !== undefined,
    allowedOrigins: configuration.CORS_ALLOWED_ORIGINS,
    report: (error, requestId) => console.error(`request ${requestId}:`, error),
  });
  warmUp(app, clock).catch((error: unknown) => console.error('warm-up:', error));
  return app;
}
