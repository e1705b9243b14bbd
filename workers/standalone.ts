/**
 * The standalone Worker: every process in one deployment, with the embedded store.
 *
 * @module
 */
import type { ApiApp } from './api/app.ts';
import { type ApiBindings, createEmbeddedApi, isApiPath } from './api/embedded.ts';

export { SalesStoreObject } from '../shared/store/durable/sales-store-object.ts';
export { PipelineStatusObject } from '../shared/store/pipeline-status/pipeline-status-object.ts';

interface StandaloneBindings extends ApiBindings {
  /** The dashboard's files. */
  readonly ASSETS: Fetcher;
}

/** One per isolate: its caches live as long. */
let api: ApiApp | null = null;

export default {
  fetch: (request, env) => {
    if (!isApiPath(new URL(request.url).pathname)) return env.ASSETS.fetch(request);
    api ??= createEmbeddedApi(env);
    return api.fetch(request);
  },
} satisfies ExportedHandler<StandaloneBindings>;
