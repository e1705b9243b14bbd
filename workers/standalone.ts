/**
 * The standalone Worker: every process in one deployment, with the embedded store.
 *
 * @module
 */
export { SalesStoreObject } from '../shared/store/durable/sales-store-object.ts';
export { PipelineStatusObject } from '../shared/store/pipeline-status/pipeline-status-object.ts';

export default {
  fetch: () =>
    Response.json(
      {
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        detail: 'The API is not wired in yet.',
      },
      { status: 503, headers: { 'Content-Type': 'application/problem+json' } },
    ),
} satisfies ExportedHandler;
