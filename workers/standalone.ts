export default { fetch: () => new Response('x') };
export class SalesStoreObject {}
export class PipelineStatusObject {}
