import { createRoute } from '@hono/zod-openapi';
import { pipelineBodySchema } from '../../../shared/schemas/api/pipeline.ts';
import type { ApiContext } from '../context.ts';
import { defineOperation } from '../openapi/operation.ts';
import { jsonContent, problemResponses } from '../openapi/responses.ts';
import { historyMissing } from '../problems/history-missing.ts';
import { lagOf } from '../readings/lag.ts';
import { freshnessOf, positionOf } from '../readings/position.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/pipeline',
  tags: ['pipeline'],
  summary: 'Runs, lag and backlog',
  description:
    'How far the counted sales are behind the stream, what waits, what was refused, and the last runs.',
  responses: {
    200: jsonContent(pipelineBodySchema, 'State of the pipeline.'),
    ...problemResponses('not-ready', 'store-unavailable'),
  },
});

export const pipeline = ({ store, runs, findCatalog, clock }: ApiContext) =>
  defineOperation(route, async (c) => {
    const [status, runsByProcess, catalog] = await Promise.all([
      store.status(),
      runs.readRuns(),
      findCatalog(),
    ]);
    if (status.liveFrom === null) throw historyMissing();
    const position = positionOf(status.watermark, status.liveFrom, clock);
    c.header('Cache-Control', 'no-store');
    return c.json(
      {
        ...freshnessOf(position),
        newest_entry: status.newestEntry,
        waiting_entries: status.waitingEntries,
        lag_ms: lagOf(status, position),
        dead_letters: status.deadLetters,
        live_from: status.liveFrom,
        compacted_through: status.compactedThrough,
        history_import: {
          stores_imported: status.importedStores.length,
          stores_total: catalog?.value.catalog.stores.length ?? null,
          complete: status.compactedThrough !== null,
        },
        runs: Object.fromEntries(
          Object.entries(runsByProcess).map(([process, list]) => [process, [...list]]),
        ),
      },
      200,
    );
  });
