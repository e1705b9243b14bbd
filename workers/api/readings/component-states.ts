import { ModelError } from '../../../shared/models/model-error.ts';
import type { Component, ComponentState } from '../../../shared/schemas/api/health.ts';
import type { ApiContext } from '../context.ts';

/** Asks everything that the API depends on how it is; never throws. */
export async function readComponentStates(context: ApiContext): Promise<ComponentState[]> {
  const [catalog, model, [store, history]] = await Promise.all([
    stateOf('catalog', async () => {
      const found = await context.findCatalog();
      if (!found) return { status: 'missing', detail: 'no catalog is published' };
      const { dataset, series } = found.value;
      return { status: 'ok', detail: `${dataset}, ${series.length} series` };
    }),
    stateOf('model', async () => {
      await context.models.refresh();
      const { manifest, degraded } = context.models.served();
      if (degraded) return { status: 'degraded', detail: `${manifest.version} answers: ${degraded.reason}` };
      return { status: 'ok', detail: manifest.version };
    }),
    readStoreStates(context),
  ]);
  const absurd = context.absurd.summary();
  const forecasts = {
    component: 'forecasts',
    status: absurd === null ? 'ok' : 'degraded',
    detail: absurd ?? 'none had to be replaced',
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
    const detail = error instanceof Error ? error.message : String(error);
    return { component, status: missing ? 'missing' : 'unavailable', detail };
  }
}
