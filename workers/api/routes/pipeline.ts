import { createRoute } from '@hono/zod-openapi';
import { at } from '../../../shared/at.ts';
import type { PipelineRun } from '../../../shared/pipeline-status/pipeline-status.ts';
import { type EntryId, parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import { pipelineBodySchema } from '../../../shared/schemas/api/pipeline.ts';
import { defineOperation, jsonContent, problemResponses } from '../openapi/operation.ts';
import type { ApiContext } from '../queries/context.ts';
import { judgePipeline } from '../queries/judge-pipeline.ts';
import { freshnessOf, lagOf, lagsOf, positionOf } from '../queries/stream-position.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/pipeline',
  tags: ['pipeline'],
  operationId: 'getPipeline',
  summary: 'Runs, lag and backlog',
  description:
    'What waits to be counted and since when, dead letters, the last runs, and what is wrong with them.',
  responses: {
    200: jsonContent(pipelineBodySchema, 'State of the pipeline.'),
    ...problemResponses('store-unavailable'),
  },
});

/** Runs shown of each process. */
const LAST_RUNS = 12;

export const pipeline = ({ store, runs, findCatalog, clock, now, writes, accelerated }: ApiContext) =>
  defineOperation(route, async (c) => {
    const [status, producer, aggregator, catalog] = await Promise.all([
      store.status(),
      runs.readRuns('producer'),
      runs.readRuns('aggregator'),
      findCatalog(),
    ]);
    const { liveFrom, watermark } = status;
    const position = liveFrom === null ? null : positionOf(watermark, liveFrom, clock);
    const lags = lagsOf(status, now());
    const findings = judgePipeline({
      status,
      runs: { producer, aggregator, intake: [] },
      writes: writes(),
      now: now(),
      accelerated,
    });
    c.header('Cache-Control', 'no-store');
    return c.json(
      {
        as_of: position && freshnessOf(position).as_of,
        watermark,
        newest_entry: status.newestEntry,
        waiting_entries: status.waitingEntries,
        waiting_rows: status.waitingRows,
        oldest_waiting_at: status.oldestWaiting && instantOf(status.oldestWaiting),
        lag_ms: lagOf(status, now()),
        dead_letters: status.deadLetters,
        partitions: status.partitions.map(({ index, status: own }) => ({
          partition: index,
          answers: own !== null,
          watermark: own?.watermark ?? null,
          newest_entry: own?.newestEntry ?? null,
          identity: own?.identity ?? null,
          waiting_entries: own?.waitingEntries ?? null,
          waiting_rows: own?.waitingRows ?? null,
          lag_ms: at(lags, index),
        })),
        live_from: liveFrom,
        compacted_through: status.compactedThrough,
        history_import: {
          stores_imported: status.importedStores.length,
          stores_total: catalog?.value.stores.length ?? null,
          complete: status.compactedThrough !== null,
        },
        findings: findings.filter((finding) => finding.status !== 'ok'),
        runs: {
          producer: producer.slice(0, LAST_RUNS).map(describeRun),
          aggregator: aggregator.slice(0, LAST_RUNS).map(describeRun),
        },
      },
      200,
    );
  });

const instantOf = (id: EntryId) => new Date(parseEntryId(id).instant).toISOString();

function describeRun({ scheduledTime, finishedAt, outcome, counts, error }: PipelineRun) {
  return {
    scheduled_at: new Date(scheduledTime).toISOString(),
    finished_at: finishedAt === undefined ? null : new Date(finishedAt).toISOString(),
    outcome: error === null ? ('ok' as const) : ('failed' as const),
    detail: error ?? outcome,
    counts: { ...counts },
  };
}
