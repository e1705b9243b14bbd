import { expect, it } from 'vitest';
import { isoMonthOf, isoWeekOf } from '../../../../../shared/calendar/date-parts.ts';
import { toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { type EntryId, entryIdAt } from '../../../../../shared/sales-store/entry-id.ts';
import { PartitionCountError } from '../../../../../shared/sales-store/partition-id.ts';
import { PartitionFailure } from '../../../../../shared/sales-store/partitioned/for-each-partition.ts';
import {
  createPartitionedStore,
  type PartitionedStore,
} from '../../../../../shared/sales-store/partitioned/partitioned-store.ts';
import { partitionNamespace } from '../../../../../shared/sales-store/upstash/keys.ts';
import { createUpstashClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';
import { createUpstashSalesStore } from '../../../../../shared/sales-store/upstash/upstash-sales-store.ts';
import type { SeriesKey } from '../../../../../shared/schemas/series.ts';
import type { RedisBridge } from '../../../../../workers/local/redis-bridge/redis-bridge.ts';
import { deliveredRow } from '../../../../contract/sales-store/context.ts';
import {
  createPipeline,
  LIVE_FROM,
  type PipelineFixture,
  tickAt,
} from '../../../../support/pipeline/pipeline-fixture.ts';
import { describeWithRedis } from '../../../../support/redis/with-redis.ts';
import { bill } from './bill.ts';
import { dump } from './dump.ts';

const SMALL = { stores: 20, families: 4, historyDays: 20, batchSize: 40 };
let namespaces = 0;

function openAt(bridge: RedisBridge, namespace: string, count: number) {
  const client = createUpstashClient({ url: bridge.url, token: bridge.token });
  const stores = Array.from({ length: count }, (_, index) =>
    createUpstashSalesStore(client, { namespace: namespace + partitionNamespace(index) }),
  );
  return { store: createPartitionedStore(stores), client, namespace };
}

const open = (bridge: RedisBridge, count: number) => openAt(bridge, `divided ${++namespaces}:`, count);

/** Imports, sends and counts the ticks up to the last, as crons would. */
async function play(pipeline: PipelineFixture, store: PartitionedStore, lastTick: number): Promise<void> {
  await pipeline.aggregateAll(store, tickAt(0));
  await pipeline.produceInto(store, tickAt(lastTick));
  await pipeline.aggregateAll(store, tickAt(lastTick));
}

/** All that a reader can see. */
async function readEverything(store: PartitionedStore, series: readonly string[]) {
  const first = toDayNumber(LIVE_FROM);
  const buckets = [];
  for (const day of [first - 1, first, first + 1]) {
    for (const kind of [
      'sales_daily',
      'onpromotion_daily',
      'transactions_daily',
      'sales_intraday',
    ] as const) {
      buckets.push(await store.readBucket(kind, toIsoDate(day)));
    }
  }
  buckets.push(await store.readBucket('sales_weekly', isoWeekOf(first)));
  buckets.push(await store.readBucket('sales_monthly', isoMonthOf(first)));
  const days = [first, first + 1].map(toIsoDate);
  return {
    buckets: Object.fromEntries(
      buckets.map((bucket) => [`${bucket.kind} ${bucket.period}`, { ...bucket.fields }]),
    ),
    readings: await Promise.all(series.map((key) => store.readSeries(key as SeriesKey, LIVE_FROM))),
    readTogether: await store.readManySeries(series as SeriesKey[], LIVE_FROM),
    fields: await Promise.all(series.map((key) => store.readField('sales_daily', days, key))),
    slots: await store.readField('sales_intraday', days, '100'),
    deadLetters: await store.readDeadLetters(100),
  };
}

async function findDifferences(pipeline: PipelineFixture, store: PartitionedStore): Promise<string[]> {
  const found = await Promise.all(store.partitions.map((one) => pipeline.findDifferences(one.store)));
  return found.flat();
}

/** Fails every request to a partition of the store, before it is carried out. */
function failPartition(bridge: RedisBridge, namespace: string, index: number): void {
  const own = namespace + partitionNamespace(index);
  bridge.injectFaults(({ commands }) =>
    commands.flat().some((argument) => argument.startsWith(own))
      ? { kind: 'status', status: 502, carriedOut: false }
      : null,
  );
}

describeWithRedis('a divided stream', (bridge) => {
  it('gives the same buckets and readings as an undivided one, for the same replayed day', async () => {
    const pipeline = await createPipeline(SMALL);
    const whole = open(bridge(), 1);
    const divided = open(bridge(), 8);
    for (const { store } of [whole, divided]) {
      await play(pipeline, store, 150);
      await play(pipeline, store, 300);
      expect(await findDifferences(pipeline, store)).toEqual([]);
    }
    const expected = await readEverything(whole.store, pipeline.series);
    expect(Object.keys(expected.buckets['sales_daily 2026-01-07'] ?? {})).toHaveLength(80);
    expect(Object.keys(expected.buckets['sales_intraday 2026-01-07'] ?? {})).toHaveLength(288);
    expect(expected.readings).not.toContain(null);
    expect(await readEverything(divided.store, pipeline.series)).toEqual(expected);
    const { partitions: _, identity, ...status } = await whole.store.status();
    expect(await divided.store.status()).toMatchObject({ ...status, compactedThrough: LIVE_FROM });
    const identities = divided.store.partitions.map(async ({ store }) => (await store.status()).identity);
    expect(new Set([identity, ...(await Promise.all(identities))]).size, 'each is a store of its own').toBe(
      9,
    );
    for (const partition of divided.store.partitions) {
      const rows = (await partition.store.readStream(null, 1000)).flatMap(
        ({ payload }) => (JSON.parse(payload) as { transactions: { store_nbr: number }[] }).transactions,
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.every(({ store_nbr }) => partition.owns(String(store_nbr)))).toBe(true);
    }
  });

  it('of one partition is the undivided one, to the last byte and command', async () => {
    const pipeline = await createPipeline(SMALL);
    const plain = openAt(bridge(), 'undivided 1:', 1);
    const divided = openAt(bridge(), 'undivided 2:', 1);
    const [only] = plain.store.partitions;
    if (!only) throw new Error('a store has a partition');
    const cycles = [0, 1, 2, 288];
    const bills = [];
    for (const tick of cycles) {
      bills.push([
        await bill(bridge(), async () => {
          await pipeline.produce(only.store, tickAt(tick));
          await pipeline.aggregate(only.store, tickAt(tick));
        }),
        await bill(bridge(), async () => {
          await pipeline.produceInto(divided.store, tickAt(tick));
          await pipeline.aggregateAll(divided.store, tickAt(tick));
        }),
      ]);
    }
    for (const [before, after] of bills) expect(after).toEqual(before);
    // Each is a store of its own.
    for (const { client, namespace } of [plain, divided]) {
      expect(await client.exec(['HDEL', `${namespace}stream:state`, 'identity'])).toBe(1);
    }
    const expected = await dump(plain.client, plain.namespace);
    expect(Object.keys(expected).length).toBeGreaterThan(6);
    expect(await dump(divided.client, divided.namespace)).toEqual(expected);
  });

  it('goes on where a partition fails, says which, and loses nothing of it', async () => {
    const pipeline = await createPipeline(SMALL);
    const { store, namespace } = open(bridge(), 8);
    await play(pipeline, store, 10);
    failPartition(bridge(), namespace, 3);
    try {
      const produced: unknown = await pipeline.produceInto(store, tickAt(30)).catch((e: unknown) => e);
      expect(produced).toBeInstanceOf(PartitionFailure);
      expect(produced).toMatchObject({
        message: expect.stringMatching(/^1 of 8 partitions failed: partition 3: UpstashStoreError/),
        report: { outcome: 'produced', entries: 7 * 20 },
      });
      const counted: unknown = await pipeline.aggregateAll(store, tickAt(30)).catch((e: unknown) => e);
      expect(counted).toMatchObject({ report: { outcome: 'aggregated', entries: 7 * 20, lagMs: 0 } });
      const status = await store.status();
      expect(status.partitions.map(({ status: own }) => own?.watermark ?? 'no answer')).toEqual(
        Array.from({ length: 8 }, (_, i) => (i === 3 ? 'no answer' : entryIdAt(tickAt(30)))),
      );
      const healthy = pipeline.series.find((key) => !store.partitions[3]?.owns(key.split(':')[0] ?? ''));
      expect(await store.readSeries(healthy as SeriesKey, LIVE_FROM)).not.toBeNull();
    } finally {
      bridge().injectFaults(null);
    }
    expect((await store.status()).partitions[3]?.status).toMatchObject({ watermark: entryIdAt(tickAt(10)) });
    expect(await pipeline.aggregateAll(store, tickAt(30))).toMatchObject({ lagMs: 20 * 300_000 });
    await pipeline.produceInto(store, tickAt(40));
    expect(await pipeline.aggregateAll(store, tickAt(40))).toMatchObject({ entries: 7 * 10 + 30, lagMs: 0 });
    expect(await findDifferences(pipeline, store)).toEqual([]);
    const undisturbed = open(bridge(), 8);
    await play(pipeline, undisturbed.store, 40);
    expect(await readEverything(store, pipeline.series)).toEqual(
      await readEverything(undisturbed.store, pipeline.series),
    );
  });

  it('is not opened before every partition answers, and takes no tick before that', async () => {
    const pipeline = await createPipeline(SMALL);
    const { store, namespace, client } = open(bridge(), 4);
    failPartition(bridge(), namespace, 2);
    await expect(pipeline.produceInto(store, tickAt(3))).rejects.toMatchObject({
      report: { outcome: 'not-open', entries: 0 },
    });
    await expect(pipeline.aggregateAll(store, tickAt(3))).rejects.toThrow(/^1 of 4 partitions failed/);
    bridge().injectFaults(null);
    expect(await dump(client, namespace)).toEqual({});
    expect(await pipeline.aggregateAll(store, tickAt(3))).toMatchObject({ imported: 20 });
    expect(await pipeline.produceInto(store, tickAt(3))).toMatchObject({ entries: 12, rows: 120 });
  });

  it.each([
    [1, 8],
    [8, 1],
    [8, 4],
    [8, 16],
  ])('made for %i partitions is refused to be %i, and stays as it is', async (made, wanted) => {
    const pipeline = await createPipeline(SMALL);
    const { store, namespace, client } = open(bridge(), made);
    await play(pipeline, store, 5);
    const before = await dump(client, namespace);
    const other = openAt(bridge(), namespace, wanted).store;
    const delivery = {
      key: 'k',
      digest: 'd',
      note: '',
      rows: [deliveredRow('a', { storeNbr: '5' })],
      notBefore: 1,
      rememberMs: 1e9,
      rowsPerEntry: 10,
    };
    for (const work of [
      () => other.status(),
      () => pipeline.produceInto(other, tickAt(9)),
      () => pipeline.aggregateAll(other, tickAt(9)),
      () => other.ingest(delivery),
    ]) {
      const refusal: unknown = await work().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(PartitionCountError);
      expect(String(refusal)).toContain(`set STREAM_PARTITIONS to ${made} again`);
    }
    expect(await dump(client, namespace)).toEqual(before);
  });

  it('counts no row in the wrong partition', async () => {
    const pipeline = await createPipeline(SMALL);
    const { store } = open(bridge(), 8);
    await play(pipeline, store, 3);
    const stranger = store.partitions.find(({ owns }) => !owns('7'));
    if (!stranger) throw new Error('eight partitions have more than one owner');
    const before = await store.readBucket('sales_daily', LIVE_FROM);
    const row = {
      id: 'x',
      ts: tickAt(2),
      store_nbr: '7',
      family: 'FAMILY NUMBER 1',
      units: 5,
      onpromotion: 0,
    };
    const id: EntryId = `${tickAt(3)}-1`;
    await stranger.store.append([
      { id, payload: JSON.stringify({ transactions: [row], tickets: { '7': 3 } }) },
    ]);
    expect(await pipeline.aggregateAll(store, tickAt(3))).toMatchObject({ rows: 0, deadLetters: 2 });
    expect((await store.readBucket('sales_daily', LIVE_FROM)).fields).toEqual(before.fields);
    expect(await store.readDeadLetters(1)).toMatchObject([{ entryId: id, row: -1 }]);
    expect((await store.readDeadLetters(9)).map(({ reason }) => reason)).toContain(
      'store_nbr: store 7 belongs to another partition of the stream',
    );
  });

  it('takes in a delivery once, though partitions fail between its parts', async () => {
    const pipeline = await createPipeline(SMALL);
    const { store, namespace } = open(bridge(), 8);
    await play(pipeline, store, 1);
    const rows = Array.from({ length: 60 }, (_, i) =>
      deliveredRow(`sale ${i}`, { storeNbr: String(1 + (i % 20)), json: JSON.stringify({ sale: i }) }),
    );
    const delivery = {
      key: 'a key',
      digest: 'aa',
      note: 'n',
      rows,
      notBefore: tickAt(1),
      rememberMs: 1e9,
      rowsPerEntry: 5,
    };
    for (const index of [3, 6]) {
      failPartition(bridge(), namespace, index);
      await expect(store.ingest(delivery)).rejects.toThrow(/upstream error/);
      bridge().injectFaults(null);
    }
    // Each attempt has reached the partition that the other has not: nothing is left to take in.
    const answer = await store.ingest(delivery);
    expect(answer).toMatchObject({ outcome: 'repeated', duplicates: [], note: 'n' });
    expect(await store.ingest(delivery)).toEqual(answer);
    expect(await store.ingest({ ...delivery, digest: 'bb', rows: rows.slice(0, 1) })).toEqual({
      outcome: 'key-conflict',
    });
    const again = await store.ingest({ ...delivery, key: null, rows: rows.slice(0, 7).reverse() });
    expect(again).toMatchObject({ outcome: 'taken', entries: [], duplicates: [0, 1, 2, 3, 4, 5, 6] });
    const changed = rows.map((row, i) => (i % 7 === 0 ? { ...row, contentHash: 8 } : row));
    expect(await store.ingest({ ...delivery, key: null, rows: changed })).toMatchObject({
      entries: [],
      duplicates: rows.flatMap((_, i) => (i % 7 === 0 ? [] : [i])),
      conflicts: rows.flatMap((_, i) => (i % 7 === 0 ? [i] : [])),
    });
    const sold: number[] = [];
    for (const partition of store.partitions) {
      for (const { id, payload } of await partition.store.readStream(`${tickAt(1)}-0`, 1000)) {
        expect(id.endsWith('-0')).toBe(false);
        const batch = JSON.parse(payload) as { transactions: { sale: number }[] };
        for (const { sale } of batch.transactions) {
          expect(partition.owns(rows[sale]?.storeNbr ?? '')).toBe(true);
          sold.push(sale);
        }
      }
    }
    expect(sold.sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
  });
});

describeWithRedis('billed commands of eight partitions', (bridge) => {
  it('are at most eight times those of one, and requests stay few', async () => {
    const pipeline = await createPipeline({ stores: 54, families: 33, historyDays: 430, batchSize: 50 });
    const { store } = open(bridge(), 8);
    await pipeline.aggregateAll(store, tickAt(0));
    let requests = 0;
    bridge().injectFaults(() => {
      requests++;
      return null;
    });
    let most = { total: 0, calls: {} };
    for (let n = 1; n <= 40; n++) {
      const bought = await bill(bridge(), async () => {
        await pipeline.produceInto(store, tickAt(n));
        expect(await pipeline.aggregateAll(store, tickAt(n))).toMatchObject({ entries: 8, rows: 50 });
      });
      if (bought.total > most.total) most = bought;
    }
    console.info(`a cycle: at most ${most.total} commands, ${requests / 40} requests`, most.calls);
    expect(most.total).toBeGreaterThan(8 * 5);
    expect(most.total).toBeLessThanOrEqual(8 * 20);
    expect(requests / 40).toBeLessThanOrEqual(40);
    await pipeline.produceInto(store, tickAt(287));
    await pipeline.aggregateAll(store, tickAt(287));
    requests = 0;
    const closing = await bill(bridge(), async () => {
      await pipeline.produceInto(store, tickAt(288));
      expect(await pipeline.aggregateAll(store, tickAt(288))).toMatchObject({
        compacted: 1782,
        compactionRemaining: 0,
      });
    });
    bridge().injectFaults(null);
    console.info(`closing a day: ${closing.total} commands, ${requests} requests`);
    expect(closing.total).toBeGreaterThan(8);
    expect(closing.total).toBeLessThan(8 * 150);
    const reading = await bill(bridge(), async () => {
      expect(await store.readSeries('44:FAMILY NUMBER 3', '2026-01-07')).not.toBeNull();
    });
    expect(reading.total).toBeGreaterThan(0);
    expect(reading.total).toBeLessThanOrEqual(6);
  });
});
