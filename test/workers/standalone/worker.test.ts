/// <reference types="@cloudflare/vitest-plugin/types" />
import { createExecutionContext, createScheduledController } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import { createR2ObjectStore } from '../../../shared/artifacts/r2-object-store.ts';
import { createDurableSalesStore } from '../../../shared/sales-store/durable/durable-sales-store.ts';
import { entryIdAt } from '../../../shared/sales-store/entry-id.ts';
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
  await worker.scheduled(
    controller,
    bindings as Parameters<typeof worker.scheduled>[1],
    createExecutionContext(),
  );
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
    // Each run imports one store; the others follow at once, the last of them counts.
    expect((await status.readRuns('aggregator'))[0]).toMatchObject({
      outcome: 'aggregated',
      counts: { imported: 3, entries: 3, followUps: 2 },
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

  it('counts two deliveries of 5,000 rows and the ticks around them in one cron, within the limits of the free plan', async () => {
    const rows = (name: string) =>
      Array.from({ length: 5000 }, (_, i) => {
        const sale = { id: `${name}-${i}`, ts: tickAt(4) - 60_000, store_nbr: 1, family: 'DAIRY', units: 1 };
        const json = JSON.stringify({ ...sale, onpromotion: 0 });
        return { storeNbr: '1', id: sale.id, line: null, contentHash: i, json };
      });
    const before = await store.status();
    for (const name of ['first', 'second']) {
      await store.ingest({
        ...{
          key: null,
          digest: '0a',
          note: '',
          notBefore: tickAt(0),
          rememberMs: 9 * 86_400_000,
          rowsPerEntry: 250,
        },
        rows: rows(name),
      });
    }
    expect(await store.status()).toMatchObject({
      waitingEntries: 40,
      waitingRows: 10_000,
      oldestWaiting: `${tickAt(4)}-1`,
    });
    await cron(tickAt(6));
    const { counts } = (await status.readRuns('aggregator'))[0] ?? {};
    expect(counts).toMatchObject({ entries: 42, lagMs: 0 });
    expect(counts?.followUps).toBeGreaterThan(5);
    expect(counts?.followUps).toBeLessThanOrEqual(24 - 2);
    expect(await store.status()).toMatchObject({
      watermark: `${tickAt(6)}-0`,
      waitingEntries: 0,
      waitingRows: 0,
      oldestWaiting: null,
      deadLetters: before.deadLetters,
    });
    expect(await findDifferences(store)).toEqual([]);
  });

  it('notices that the store is not the one that was there before', async () => {
    const [last] = await status.readRuns('aggregator');
    const after = entryIdAt(tickAt(40));
    if (last) await status.recordRun('aggregator', { ...last, store: [after] });
    await cron(tickAt(6));
    expect((await status.readRuns('aggregator'))[0]).toMatchObject({
      error: null,
      loss: { from: tickAt(6), to: tickAt(40) },
    });
  });

  it('runs the aggregator although the producer fails, and ends as failed', async () => {
    const now = tickAt(7);
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
