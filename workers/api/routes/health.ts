import { createRoute } from '@hono/zod-openapi';
import { ModelError } from '../../../shared/artifacts/load-model.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import type { PartitionedStatus } from '../../../shared/sales-store/partitioned/partitioned-status.ts';
import {
  type Component,
  type ComponentState,
  type HealthBody,
  healthBodySchema,
  readyBodySchema,
} from '../../../shared/schemas/api/health.ts';
import { API_VERSION } from '../openapi/document.ts';
import { defineOperation, jsonContent, problemResponses } from '../openapi/operation.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import type { ApiContext } from '../queries/context.ts';
import { fixOf } from '../queries/failure-fix.ts';
import {
  describeProcesses,
  judgePipeline,
  lastWrite,
  type PipelineFacts,
} from '../queries/judge-pipeline.ts';
import type { Served } from '../queries/publication-cache.ts';
import { backlogAge } from '../queries/stream-position.ts';
import { withinTime } from '../queries/within-time.ts';

const healthRoute = createRoute({
  method: 'get',
  path: '/v1/health',
  tags: ['health'],
  operationId: 'getHealth',
  summary: 'Health',
  description:
    'Always 200 while the process is alive, within 3 s: the state of everything it depends on, the last runs, what ' +
    'waits to be counted, and what to do about what is wrong.',
  responses: { 200: jsonContent(healthBodySchema, 'The process is alive.'), ...problemResponses() },
});

export const health = (context: ApiContext) =>
  defineOperation(healthRoute, async (c) => {
    c.header('Cache-Control', 'no-store');
    return c.json(await readHealth(context), 200);
  });

const readyRoute = createRoute({
  method: 'get',
  path: '/v1/ready',
  tags: ['health'],
  operationId: 'getReadiness',
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
    const { components } = await readNeeded(context);
    const missing = components.filter(isMissing);
    if (missing.length > 0) {
      const detail = missing.map((state) => `${state.component}: ${state.detail}`).join('; ');
      throw new ApiProblem('not-ready', detail, { missing });
    }
    c.header('Cache-Control', 'no-store');
    return c.json({ status: 'ready' } as const, 200);
  });

const PUBLISH = 'Train and publish: npm run train';
const IMPORT = 'Runs of the aggregator import it; where none succeeds, see the components store and pipeline';

const isMissing = ({ status }: ComponentState) => status === 'missing' || status === 'unavailable';

/** Reads the state of everything; never throws, and takes no longer than the limit of one reading. */
async function readHealth(context: ApiContext): Promise<HealthBody> {
  const [needed, runs] = await Promise.all([readNeeded(context), readRuns(context)]);
  const { status, served } = needed;
  const facts: PipelineFacts = {
    status,
    runs: runs.value ?? { producer: [], aggregator: [], intake: [] },
    writes: context.writes(),
    now: context.now(),
    accelerated: context.accelerated,
  };
  const judged = judgePipeline(facts).map((state): ComponentState => {
    const isRead =
      runs.value !== null || (state.component !== 'pipeline' && state.component !== 'continuity');
    if (isRead) return state;
    const { component } = state;
    return { component, status: 'unavailable', detail: runs.detail, fix: fixOf(runs.detail) };
  });
  const components = [...needed.components, judgeForecasts(context), ...judged];
  const has = (wanted: ComponentState['status']) => components.some((state) => state.status === wanted);
  const wrote = lastWrite(facts);
  return {
    status: has('failing')
      ? 'failing'
      : components.every((state) => state.status === 'ok')
        ? 'ok'
        : 'degraded',
    ready: !needed.components.some(isMissing),
    version: API_VERSION,
    components,
    processes: runs.value && describeProcesses({ runs: runs.value }),
    backlog: status && describeBacklog(status, context.now()),
    last_write_at: wrote === null ? null : new Date(wrote).toISOString(),
    publication: served && describePublication(served),
  };
}

function describeBacklog(status: PartitionedStatus, now: number): HealthBody['backlog'] {
  const { waitingEntries, waitingRows, oldestWaiting } = status;
  return {
    entries: waitingEntries,
    rows: waitingRows,
    oldest_at: oldestWaiting && new Date(parseEntryId(oldestWaiting).instant).toISOString(),
    age_ms: backlogAge(status, now),
  };
}

function describePublication({ entry, kind, degraded }: Served): HealthBody['publication'] {
  return {
    id: entry.id,
    answers: kind,
    model: entry.model,
    newest_model: degraded === null ? entry.model : degraded.newestVersion,
    not_newest_because: degraded?.reason ?? null,
  };
}

async function readRuns({
  runs,
}: ApiContext): Promise<{ value: PipelineFacts['runs'] | null; detail: string }> {
  try {
    const [producer, aggregator, intake] = await withinTime(() =>
      Promise.all([runs.readRuns('producer'), runs.readRuns('aggregator'), runs.readRuns('intake')]),
    );
    return { value: { producer, aggregator, intake }, detail: '' };
  } catch (error) {
    return { value: null, detail: messageOf(error) };
  }
}

function judgeForecasts({ implausible }: ApiContext): ComponentState {
  const summary = implausible.summary();
  if (summary === null) return { component: 'forecasts', status: 'ok', detail: 'none had to be replaced' };
  const fix = 'Train and publish again (npm run train), or roll back to an earlier model (npm run models)';
  return { component: 'forecasts', status: 'degraded', detail: summary, fix };
}

/** What every answer needs, and thus readiness. */
async function readNeeded(context: ApiContext): Promise<{
  readonly components: ComponentState[];
  readonly status: PartitionedStatus | null;
  readonly served: Served | null;
}> {
  let served: Served | null = null;
  const [catalog, model, [store, history, status]] = await Promise.all([
    stateOf('catalog', async () => {
      const found = await context.findCatalog();
      if (!found) return { status: 'missing', detail: 'no catalog is published', fix: PUBLISH };
      const { dataset, series } = found.value;
      return { status: 'ok', detail: `${dataset}, ${series.length} series` };
    }),
    stateOf('model', async () => {
      served = await context.served();
      return describeModel(served);
    }),
    readStoreStates(context),
  ]);
  return { components: [store, history, catalog, model], status, served };
}

function describeModel(served: Served): Omit<ComponentState, 'component'> {
  const { degraded } = served;
  const fix = 'Train and publish a model that this build can serve: npm run train';
  if (served.kind === 'batch') {
    const { origin, modelVersion } = served.forecasts;
    const detail = `the forecasts that ${modelVersion} made on ${origin} answer, marked stale: ${served.degraded.reason}`;
    return { status: 'degraded', detail, fix };
  }
  const { version } = served.manifest;
  if (degraded) return { status: 'degraded', detail: `${version} answers: ${degraded.reason}`, fix };
  return { status: 'ok', detail: version };
}

async function readStoreStates({
  store,
  findCatalog,
}: ApiContext): Promise<[ComponentState, ComponentState, PartitionedStatus | null]> {
  let importDetail = 'not known while the store does not answer';
  let imported = false;
  let read: PartitionedStatus | null = null;
  const state = await stateOf('store', async () => {
    read = await store.status();
    const { watermark, importedStores, compactedThrough, liveFrom, partitions } = read;
    imported = liveFrom !== null && compactedThrough !== null;
    if (imported) importDetail = `compacted through ${compactedThrough}`;
    else {
      const total = await findCatalog().catch(() => null);
      importDetail = `${importedStores.length} of ${total?.value.stores.length ?? 'an unknown number of'} stores imported`;
    }
    const detail = `watermark ${watermark ?? 'not set'}, ${read.waitingEntries} entries waiting`;
    const silent = partitions.filter(({ status }) => status === null).map(({ index }) => index);
    if (silent.length === 0) return { status: 'ok', detail };
    const what = `partitions ${silent.join(', ')} do not answer; ${detail}`;
    return { status: 'degraded', detail: what, fix: fixOf('does not answer') };
  });
  const history: ComponentState = imported
    ? { component: 'history', status: 'ok', detail: importDetail }
    : { component: 'history', status: 'missing', detail: importDetail, fix: IMPORT };
  return [state, history, read];
}

async function stateOf(
  component: Component,
  read: () => Promise<Omit<ComponentState, 'component'>>,
): Promise<ComponentState> {
  try {
    return { component, ...(await withinTime(read)) };
  } catch (error) {
    const missing = error instanceof ModelError && error.code === 'no-model';
    const detail = messageOf(error);
    if (missing) return { component, status: 'missing', detail, fix: PUBLISH };
    return { component, status: 'unavailable', detail, fix: fixOf(`${(error as Error).name}: ${detail}`) };
  }
}
