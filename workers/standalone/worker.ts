/**
 * The standalone Worker: every process in one deployment, with the embedded store.
 *
 * @module
 */
import { env as bindings } from 'cloudflare:workers';
import { createR2ObjectStore } from '../../shared/artifacts/r2-object-store.ts';
import { chooseStore, type StoreBindings } from '../../shared/sales-store/bindings/choose-store.ts';
import type { SalesStoreObject } from '../../shared/sales-store/durable/sales-store-object.ts';
import { type ApiBindings, createWorkerApi, isApiPath } from '../api/create-worker-api.ts';
import { createTransactionIntake } from '../producer/ingest/transaction-intake.ts';
import { parsePipelineConfiguration } from './configuration.ts';
import { type PipelineParts, runPipeline } from './pipeline.ts';
import { createPipelineStatus } from './pipeline-status.ts';

export { SalesStoreObject } from '../../shared/sales-store/durable/sales-store-object.ts';
export { PipelineStatusObject } from './pipeline-status.ts';

interface StandaloneBindings extends ApiBindings, Omit<StoreBindings, 'SALES_STORE'> {
  readonly SALES_STORE: DurableObjectNamespace<SalesStoreObject>;
  readonly PIPELINE_STATUS: DurableObjectNamespace;
  /** The dashboard's files. */
  readonly ASSETS: Fetcher;
}

const environment = bindings as unknown as StandaloneBindings;
const store = chooseStore(environment);
const objects = createR2ObjectStore(environment.ARTIFACTS);
const status = createPipelineStatus(environment.PIPELINE_STATUS);

/** Opened by the first run or delivery: invalid variables must not stop the API. */
let pipeline: (PipelineParts & { readonly intake: ReturnType<typeof createTransactionIntake> }) | null = null;

function openPipeline() {
  if (pipeline) return pipeline;
  const configuration = parsePipelineConfiguration(environment);
  const { clock } = configuration.replay;
  const intake = createTransactionIntake({
    store,
    objects,
    clock,
    limits: configuration.ingest,
    now: Date.now,
  });
  pipeline = { store, objects, status, configuration, intake };
  return pipeline;
}

/** Made at start-up, which has a time limit of its own; its caches live as long as the isolate. */
const api = createWorkerApi(environment, {
  store,
  runs: status,
  intake: { takeIn: async (incoming) => openPipeline().intake.takeIn(incoming) },
});

export default {
  fetch: (request, env) => {
    if (!isApiPath(new URL(request.url).pathname)) return env.ASSETS.fetch(request);
    return api.fetch(request);
  },
  scheduled: ({ scheduledTime }) => runPipeline(openPipeline(), scheduledTime),
} satisfies ExportedHandler<StandaloneBindings>;
