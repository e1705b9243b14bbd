/**
 * The API over the embedded store: a SQLite Durable Object, R2, and the inference engine in this isolate.
 *
 * @module
 */
import { createEngine } from 'xgboost-wasm';
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import { createR2ObjectStore } from '../../shared/models/r2-object-store.ts';
import { chooseStore, type StoreBindings } from '../../shared/store/choose-store.ts';
import type { SalesStoreObject } from '../../shared/store/durable/sales-store-object.ts';
import { createPipelineStatus } from '../../shared/store/pipeline-status/create-pipeline-status.ts';
import { type ApiApp, createApi } from './app.ts';
import { parseConfiguration } from './configuration.ts';
import { rehearse } from './rehearse.ts';

export interface ApiBindings extends Omit<StoreBindings, 'SALES_STORE'> {
  readonly SALES_STORE: DurableObjectNamespace<SalesStoreObject>;
  readonly PIPELINE_STATUS: DurableObjectNamespace;
  readonly ARTIFACTS: R2Bucket;
}

/**
 * Makes the API out of a Worker's bindings and variables; once per isolate, best at start-up.
 *
 * @throws {ConfigurationError} listing every variable that is missing or wrong.
 */
export function createEmbeddedApi(bindings: ApiBindings): ApiApp {
  const configuration = parseConfiguration(bindings);
  const clock = createBusinessClock(configuration.BUSINESS_TIME_ZONE);
  const engine = createEngine();
  const app = createApi({
    store: chooseStore(bindings),
    objects: createR2ObjectStore(bindings.ARTIFACTS),
    runs: createPipelineStatus(bindings.PIPELINE_STATUS),
    loadEngine: () => engine,
    clock,
    now: Date.now,
    allowedOrigins: configuration.CORS_ALLOWED_ORIGINS,
    report: (error, requestId) => console.error(`request ${requestId}:`, error),
  });
  rehearse(app, clock).catch((error: unknown) => console.error('rehearsal:', error));
  return app;
}

/** Whether the API answers this path; every other one is the dashboard's. */
export function isApiPath(path: string): boolean {
  return path === '/openapi.json' || path === '/v1' || path.startsWith('/v1/');
}
