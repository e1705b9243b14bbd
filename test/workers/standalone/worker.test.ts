/// <reference types="@cloudflare/vitest-plugin/types" />
import { createScheduledController } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import { createR2ObjectStore } from '../../../shared/artifacts/r2-object-store.ts';
import { createDurableSalesStore } from '../../../shared/sales-store/durable/durable-sales-store.ts';
import { createPipelineStatus } from '../../../workers/standalone/pipeline-status.ts';
import worker from '../../../workers/standalone/worker.ts';
import { publishedKey } from '../../support/object-store/read-published.ts';
import { publishSampleDataset } from '../../support/pipeline/published-dataset.ts';
import { bindings } from '../bindings.ts';
import { findDifferences, tickAt } from '../pipeline-system.ts';

const store = createDurableSalesStore(bindings.SALES_STORE);
const status = createPipelineStatus(bindings.PIPELINE_STATUS);

async function cron(scheduledTime: number): Promise<void> {
  const controller = createScheduledController({
    scheduledTime: new Date(scheduledTime),
    cron: '*/5 * * * *',
  });
  await worker.scheduled(controller);
}

describe('the standalone cron', () => {
  it('with nothing published has nothing to do, and says so', async () => {
    await cron(tickAt(1));
    expect((await status.readRuns('producer'))[0]).toMatchObject({
      outcome: 'nothing-to-replay',
      error: null,
    });
    expect((await status.readRuns('aggregator'))[0]).toMatchObject({ outcome: 'no-dataset', error: null });
  });

  it('starts by itself within a few runs, then produces and counts a tick in each', async () => {
    await publishSampleDataset(createR2ObjectStore(bindings.ARTIFACTS));
    await cron(tickAt(3));
    expect((await status.readRuns('aggregator'))[0]).toMatchObject({
      outcome: 'importing',
      counts: { imported: 1, entries: 0 },
    });
    await cron(tickAt(3));
    await cron(tickAt(3));
    expect((await status.readRuns('aggregator'))[0]).toMatchObject({
      outcome: 'aggregated',
      counts: { imported: 1, entries: 3 },
    });
    await cron(tickAt(4));
    expect((await status.readRuns('producer'))[0]).toMatchObject({
      outcome: 'produced',
      counts: { entries: 1 },
    });
    expect((await status.readRuns('aggregator'))[0]).toMatchObject({
      outcome: 'aggregated',
      counts: { entries: 1, lagMs: 0 },
    });
    expect((await store.status()).watermark).toBe(`${tickAt(4)}-0`);
    expect(await findDifferences(store)).toEqual([]);
  });

  it('runs the aggregator although the producer fails, and ends as failed', async () => {
    const now = tickAt(5);
    await store.append([{ id: `${now - 1000}-0`, payload: '{"transactions":[]}' }]);
    const sheet = await publishedKey(
      createR2ObjectStore(bindings.ARTIFACTS),
      datasetNames.daySheet('2026-01-07'),
    );
    await bindings.ARTIFACTS.put(sheet, 'rubbish');
    await expect(cron(now)).rejects.toThrow('1 of 2 processes failed');
    expect((await status.readRuns('producer'))[0]).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('replay/2026-01-07.json'),
    });
    expect((await status.readRuns('aggregator'))[0]).toMatchObject({
      outcome: 'aggregated',
      counts: { entries: 1 },
    });
  });
});
