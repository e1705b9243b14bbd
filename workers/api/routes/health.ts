import { createRoute } from '@hono/zod-openapi';
import { ModelError } from '../../../shared/artifacts/load-model.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import {
  type Component,
  type ComponentState,
  healthBodySchema,
  readyBodySchema,
} from '../../../shared/schemas/api/health.ts';
import { API_VERSION } from '../openapi/document.ts';
import { defineOperation, jsonContent, problemResponses } from '../openapi/operation.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import type { ApiContext } from '../queries/context.ts';

const healthRoute = createRoute({
  method: 'get',
  path: '/v1/health',
  tags: ['health'],
  summary: 'Liveness',
  description: 'Always 200 while the process is alive, with the state of its dependencies.',
  responses: { 200: jsonContent(healthBodySchema, 'The process is alive.'), ...problemResponses() },
});

export const health = (context: ApiContext) =>
  defineOperation(healthRoute, async (c) => {
    const components = await readComponentStates(context);
    const status = components.every((state) => state.status === 'ok') ? 'ok' : 'degraded';
    c.header('Cache-Control', 'no-store');
    return c.json({ status, version: API_VERSION, components } as const, 200);
  });

const readyRoute = createRoute({
  method: 'get',
  path: '/v1/ready',
  tags: ['health'],
  summary: 'Readiness',
  description:
    '200 once the catalog is published, a model is loaded and the history of every store is imported.',
  responses: {
    200: jsonContent(readyBodySchema, 'Every request can be answered.'),
    ...problemResponses('not-ready'),
  },
});

export const ready = (context: ApiContext) =>
  defineOperation(readyRoute, async (c) => {
    const components = await readComponentStates(context);
    const missing = components.filter(({ status }) => status === 'missing' || status === 'unavailable');
    if (missing.length > 0) {
      const detail = missing.map((state) => `${state.component}: ${state.detail}`).join('; ');
      throw new ApiProblem('not-ready', detail, { missing });
    }
    c.header('Cache-Control', 'no-store');
    return c.json({ status: 'ready' } as const, 200);
  });

/** Reads the state of every dependency of the API; never throws. */
export async function readComponentStates(context: ApiContext): Promise<ComponentState[]> {
  const [catalog, model, [store, history]] = await Promise.all([
    stateOf('catalog', async () => {
      const found = await context.findCatalog();
      if (!found) return { status: 'missing', detail: 'no catalog is published' };
      const { dataset, series } = found.value;
      return { status: 'ok', detail: `${dataset}, ${series.length} series` };
    }),
    stateOf('model', async () => {
      const served = await context.served();
      const { degraded } = served;
      if (served.kind === 'batch') {
        const { origin, modelVersion } = served.forecasts;
        const detail = `the forecasts that ${modelVersion} made on ${origin} answer, marked stale: ${served.degraded.reason}`;
        return { status: 'degraded', detail };
      }
      const { version } = served.manifest;
      if (degraded) return { status: 'degraded', detail: `${version} answers: ${degraded.reason}` };
      return { status: 'ok', detail: version };
    }),
    readStoreStates(context),
  ]);
  const implausible = context.implausible.summary();
  const forecasts = {
    component: 'forecasts',
    status: implausible === null ? 'ok' : 'degraded',
    detail: implausible ?? 'none had to be replaced',
  } as const;
  return [store, history, catalog, model, forecasts];
}

async function readStoreStates({
  store,
  findCatalog,
}: ApiContext): Promise<[ComponentState, ComponentState]> {
  let importDetail = 'not known while the store does not answer';
  let imported = false;
  const state = await stateOf('store', async () => {
    const { watermark, waitingEntries, importedStores, compactedThrough, liveFrom, partitions } =
      await store.status();
    const total = await findCatalog().catch(() => null);
    imported = liveFrom !== null && compactedThrough !== null;
    importDetail = imported
      ? `compacted through ${compactedThrough}`
      : `${importedStores.length} of ${total?.value.stores.length ?? 'an unknown number of'} stores imported`;
    const detail = `watermark ${watermark ?? 'not set'}, ${waitingEntries} entries waiting`;
    const silent = partitions.filter(({ status }) => status === null).map(({ index }) => index);
    if (silent.length === 0) return { status: 'ok', detail };
    return { status: 'degraded', detail: `partitions ${silent.join(', ')} do not answer; ${detail}` };
  });
  const history = {
    component: 'history',
    status: imported ? 'ok' : 'missing',
    detail: importDetail,
  } as const;
  return [state, history];
}

async function stateOf(
  component: Component,
  read: () => Promise<Omit<ComponentState, 'component'>>,
): Promise<ComponentState> {
  try {
    return { component, ...(await read()) };
  } catch (error) {
    const missing = error instanceof ModelError && error.code === 'no-model';
    const detail = messageOf(error);
    return { component, status: missing ? 'missing' : 'unavailable', detail };
  }
}
