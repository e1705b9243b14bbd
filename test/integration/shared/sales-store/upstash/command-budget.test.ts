import { expect, it } from 'vitest';
import { deliveredRow } from '../../../../contract/sales-store/context.ts';
import { createPipeline, tickAt } from '../../../../support/pipeline/pipeline-fixture.ts';
import { describeWithRedis, emptyStore } from '../../../../support/redis/with-redis.ts';
import { bill } from './bill.ts';

/** What the design allows for a whole five-minute cycle. */
const BUDGET = 20;

describeWithRedis('billed commands, those inside scripts counted by Redis itself', (bridge) => {
  it.each([
    { rows: 50, cycles: 40 },
    { rows: 1782, cycles: 6 },
  ])('of a whole cycle of $rows transactions are at most 20', async ({ rows, cycles }) => {
    const pipeline = await createPipeline({ stores: 54, families: 33, historyDays: 20, batchSize: rows });
    const { store } = emptyStore(bridge());
    await pipeline.aggregate(store, tickAt(0));
    let most = { total: 0, calls: {} };
    // The first cycles of a day touch series that the day does not have yet, the later ones series that it has.
    for (let n = 1; n <= cycles; n++) {
      const bought = await bill(bridge(), async () => {
        const produced = await pipeline.produce(store, tickAt(n));
        const counted = await pipeline.aggregate(store, tickAt(n));
        expect(produced.rows).toBe(rows);
        expect(counted).toMatchObject({ outcome: 'aggregated', entries: 1, rows: produced.rows });
      });
      if (bought.total > most.total) most = bought;
    }
    console.info(`${rows} transactions: at most ${most.total} commands`, JSON.stringify(most.calls));
    expect(most.total).toBeGreaterThan(5);
    expect(most.total).toBeLessThanOrEqual(BUDGET);
    expect(await pipeline.findDifferences(store)).toEqual([]);
  });

  it.each([
    { rows: 50, most: 9 },
    { rows: 5000, most: 29 },
  ])('of a delivery of $rows sent transactions are at most $most', async ({ rows, most }) => {
    const { store } = emptyStore(bridge());
    const delivery = (name: string) => ({
      key: name,
      digest: '0a',
      note: '[0]',
      rows: Array.from({ length: rows }, (_, i) => deliveredRow(`${name} ${i}`)),
      notBefore: 1000,
      rememberMs: 86_400_000,
      rowsPerEntry: 250,
    });
    await store.ingest(delivery('first'));
    const bought = await bill(bridge(), () => store.ingest(delivery('second')));
    console.info(`a delivery of ${rows}: ${bought.total} commands`, JSON.stringify(bought.calls));
    expect(bought.total).toBeGreaterThan(0);
    expect(bought.total).toBeLessThanOrEqual(most);
    const again = await bill(bridge(), async () => {
      expect(await store.ingest(delivery('second'))).toMatchObject({ outcome: 'repeated' });
    });
    expect(again.total).toBeGreaterThan(0);
    expect(again.total).toBeLessThanOrEqual(3);
  });

  it('of closing a day at the reference size are few, and everything fits into the memory of the free plan', async () => {
    const pipeline = await createPipeline({ stores: 54, families: 33, historyDays: 430, batchSize: 50 });
    const { store } = emptyStore(bridge());
    await pipeline.aggregate(store, tickAt(0));
    await pipeline.produce(store, tickAt(287));
    await pipeline.aggregate(store, tickAt(287));
    const memory = await bridge().usedMemory();
    const bought = await bill(bridge(), async () => {
      await pipeline.produce(store, tickAt(288));
      expect(await pipeline.aggregate(store, tickAt(288))).toMatchObject({
        compacted: 1782,
        compactionRemaining: 0,
      });
    });
    console.info(`closing a day: ${bought.total} commands`, JSON.stringify(bought.calls));
    console.info(`memory of redis-server after one live day: ${(memory / 1e6).toFixed(1)} MB`);
    expect(bought.total).toBeGreaterThan(0);
    expect(bought.total).toBeLessThan(300);
    expect(memory).toBeLessThan(256_000_000);
    const reading = await bill(bridge(), async () => {
      expect(await store.readSeries('44:FAMILY NUMBER 3', '2026-01-07')).not.toBeNull();
    });
    console.info(`reading one series: ${reading.total} commands`, JSON.stringify(reading.calls));
    expect(reading.total).toBeGreaterThan(0);
    expect(reading.total).toBeLessThanOrEqual(6);
  });
});
