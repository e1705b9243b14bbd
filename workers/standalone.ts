/**
 * The standalone Worker: every process in one deployment, with the embedded store.
 *
 * @module
 */
import { env as bindings } from 'cloudflare:workers';
import { createR2ObjectStore } from '../shared/models/r2-object-store.ts';
import { chooseStore } from '../shared/store/choose-store.ts';
import { createPipelineStatus } from '../shared/store/pipeline-status/create-pipeline-status.ts';
import { type ApiBindings, createEmbeddedApi, isApiPath } from './api/embedded.ts';
import { parsePipelineConfiguration } from './standalone-configuration.ts';
import { type PipelineParts, runPipeline } from './standalone-pipeline.ts';

export { SalesStoreObject } from '../shared/store/durable/sales-store-object.ts';
export { PipelineStatusObject } from '../shared/store/pipeline-status/pipeline-status-object.ts';

interface StandaloneBindings extends ApiBindings {
  /** The dashboard's files. */
  readonly ASSETS: Fetcher;
}

/** Made at start-up, which has a time limit of its own; its caches live as long as the isolate. */
const api = createEmbeddedApi(bindings as unknown as StandaloneBindings);
let pipeline: PipelineParts | null = null;

export default {
  fetch: (request, env) => {
    if (!isApiPath(new URL(request.url).pathname)) return env.ASSETS.fetch(request);
    return api.fetch(request);
  },
  scheduled: async ({ scheduledTime }, env) => {
    pipeline ??= {
      store: chooseStore(env),
      objects: createR2ObjectStore(env.ARTIFACTS),
      status: createPipelineStatus(env.PIPELINE_STATUS),
      configuration: parsePipelineConfiguration(env),
    };
    await runPipeline(pipeline, scheduledTime);
  },
} satisfies ExportedHandler<StandaloneBindings>;
