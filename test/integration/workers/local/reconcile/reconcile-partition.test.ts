import { expect, it } from 'vitest';
import { openCurrentDataset } from '../../../../../shared/artifacts/current-publication.ts';
import type { SalesStore } from '../../../../../shared/sales-store/sales-store.ts';
import { createUpstashAudit } from '../../../../../shared/sales-store/upstash/audit.ts';
import { createKeys, nameOfField } from '../../../../../shared/sales-store/upstash/keys.ts';
import type { RedisClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';
import type { SeriesKey } from '../../../../../shared/schemas/series.ts';
import { reconcilePartition } from '../../../../../workers/local/reconcile/reconcile-partition.ts';
import { type PartitionReport, verdictOf } from '../../../../../workers/local/reconcile/report.ts';
import { describeReconciliation } from '../../../../contract/describe-reconciliation.ts';
import {
  createPipeline,
  LIVE_FROM,
  type PipelineFixture,
  tickAt,
} from '../../../../support/pipeline/pipeline-fixture.ts';
import { compareBucketsWithStream } from '../../../../support/pipeline/stream-sums.ts';
import { describeWithRedis, emptyStore } from '../../../../support/redis/with-redis.ts';

const TIME_ZONE = 'America/Guayaquil';
const SIZE = { stores: 2, families: 3, historyDays: 10, batchSize: 6 };
const SERIES = '1:FAMILY NUMBER 1' as SeriesKey;

interface Prepared {
  readonly pipeline: PipelineFixture;
  readonly store: SalesStore;
  readonly client: RedisClient;
  readonly key: (name: string) => string;
  reconcile(repair?: boolean, wrap?: (client: RedisClient) => RedisClient): Promise<PartitionReport>;
}

const linesOf = ({ differences }: PartitionReport) =>
  differences.map(
    ({ kinds: [kind], period, symptoms, outcome }) => `${kind} ${period}: ${symptoms} (${outcome})`,
  );
const equal = (report: PartitionReport) => verdictOf({ partitions: [report] }) === 'proven';

describeWithRedis('reconciliation of a store in Redis', (bridge) => {
  /** A store that has counted some ticks, several entries a run. */
  const prepare = async (ticks: number): Promise<Prepared> => {
    const pipeline = await createPipeline(SIZE);
    const { store, client, namespace } = emptyStore(bridge());
    await pipeline.aggregate(store, tickAt(0));
    await count({ pipeline, store }, 1, ticks);
    const { dataset, clock } = pipeline;
    return {
      pipeline,
      store,
      client,
      key: (name) => namespace + name,
      reconcile: async (repair = false, wrap = (one) => one) =>
        reconcilePartition({
          partition: 0,
          store,
          audit: createUpstashAudit(wrap(client), { namespace }),
          dataset,
          published: { dataset: await openCurrentDataset(pipeline.objects), archive: pipeline.objects },
          clock,
          owns: () => true,
          repair,
          since: null,
        }),
    };
  };
  const count = async (
    { pipeline, store }: Pick<Prepared, 'pipeline' | 'store'>,
    from: number,
    to: number,
  ) => {
    for (let tick = from; tick <= to; tick += 5) {
      const now = tickAt(Math.min(to, tick + 4));
      await pipeline.produce(store, now);
      await pipeline.aggregate(store, now);
    }
  };
  const read = async (client: RedisClient, key: string) => (await client.exec(['HGETALL', key])) as string[];
  const restore = async (client: RedisClient, key: string, content: readonly string[]) => {
    await client.exec(['DEL', key]);
    await client.exec(['HSET', key, ...content]);
  };

  it('finds nothing in a store that is right', async () => {
    const prepared = await prepare(40);
    const report = await prepared.reconcile();
    expect(report).toMatchObject({ entries: 40, completeFrom: null, differences: [], histories: [] });
    expect(report.records).toBeGreaterThanOrEqual(3);
    expect(equal(report)).toBe(true);
  });

  it('finds each kind of tear, exactly, and repairs it to what an independent sum says', async () => {
    const prepared = await prepare(20);
    const { client, key, store } = prepared;
    const [daily, weekly, monthly] = [
      key(`feature:daily:${LIVE_FROM}`),
      key('feature:weekly:2026-W02'),
      key('feature:monthly:2026-01'),
    ];
    const older = await read(client, daily);
    await count(prepared, 21, 40);
    // An older bucket, a missing one, and one with wrong numbers, an invalid number and an unknown field.
    await restore(client, daily, older);
    await client.exec(['DEL', weekly]);
    await client.exec(['HINCRBY', monthly, SERIES, '7']);
    await client.exec(['HSET', monthly, '2:FAMILY NUMBER 0', 'many', 'nobody', 'knows']);
    const before = [await read(client, daily), await read(client, monthly)];

    const dry = await prepared.reconcile();
    expect(linesOf(dry)).toEqual([
      `sales_daily ${LIVE_FROM}: behind,values (repairable)`,
      'sales_weekly 2026-W02: missing (repairable)',
      'sales_monthly 2026-01: strays,values (repairable)',
    ]);
    const [, , month] = dry.differences;
    expect(month?.strays.map(({ name }) => name).sort()).toEqual(['2:FAMILY NUMBER 0', 'nobody']);
    expect(month?.values).toHaveLength(2);
    const wrong = month?.values.find(({ field }) => field === SERIES);
    expect((wrong?.held ?? 0) - (wrong?.expected ?? 0)).toBe(7);
    expect([await read(client, daily), await read(client, monthly)]).toEqual(before);

    expect(linesOf(await prepared.reconcile(true)).every((line) => line.endsWith('(repaired)'))).toBe(true);
    expect((await compareBucketsWithStream(store, TIME_ZONE)).differences).toEqual([]);
    expect(await read(client, monthly)).not.toContain('nobody');
    expect(linesOf(await prepared.reconcile())).toEqual([]);
    // Sales continue.
    await count(prepared, 41, 60);
    expect((await compareBucketsWithStream(store, TIME_ZONE)).differences).toEqual([]);
  });

  it('frees an aggregator that a bucket from the future has stopped', async () => {
    const prepared = await prepare(20);
    const { client, key, store, pipeline } = prepared;
    const state = await read(client, key('stream:state'));
    const weekly = await read(client, key('feature:weekly:2026-W02'));
    await count(prepared, 21, 25);
    // A failover: everything but the day and the month is from an earlier moment.
    await restore(client, key('stream:state'), state);
    await restore(client, key('feature:weekly:2026-W02'), weekly);
    await pipeline.produce(store, tickAt(30));
    await expect(pipeline.aggregate(store, tickAt(30))).rejects.toThrow(/counts entries above the watermark/);

    const report = await prepared.reconcile(true);
    expect(linesOf(report)).toEqual([
      `sales_daily ${LIVE_FROM}: ahead,values (repaired)`,
      'sales_monthly 2026-01: ahead,values (repaired)',
    ]);
    expect(await pipeline.aggregate(store, tickAt(30))).toMatchObject({ outcome: 'aggregated' });
    expect((await compareBucketsWithStream(store, TIME_ZONE)).differences).toEqual([]);
    expect(equal(await prepared.reconcile())).toBe(true);
  });

  it('loses nothing that is counted while it repairs', async () => {
    const prepared = await prepare(20);
    const { client, key, store } = prepared;
    await client.exec(['HINCRBY', key(`feature:daily:${LIVE_FROM}`), SERIES, '-1000']);
    let counted = 20;
    const report = await prepared.reconcile(true, (one) => ({
      ...one,
      eval: async (script, keys, args) => {
        // Three commits between reading and repairing, one for each attempt.
        if (script.includes('pairs_to_write') && counted < 35) {
          await count(prepared, counted + 1, counted + 5);
          counted += 5;
        }
        return one.eval(script, keys, args);
      },
    }));
    expect(counted).toBe(35);
    expect(report).toMatchObject({ entries: 35, differences: [{ outcome: 'repaired' }] });
    expect((await compareBucketsWithStream(store, TIME_ZONE)).differences).toEqual([]);
    expect(equal(await prepared.reconcile())).toBe(true);
  });

  it('refuses a repair that was made for another moment', async () => {
    const prepared = await prepare(20);
    const { client, key } = prepared;
    const audit = createUpstashAudit(client, { namespace: key('') });
    const record = audit.recordOf('sales_weekly', '2026-W02');
    const held = await audit.readRecord(record);
    const before = await read(client, key('feature:weekly:2026-W02'));
    await count(prepared, 21, 25);
    const wrong = { held, values: new Map(), watermark: held.countedTo };
    expect(await audit.repairRecord(wrong)).toBe('changed');
    const again = await audit.readRecord(record);
    expect(
      await audit.repairRecord({ ...wrong, held: again, values: again.values, watermark: again.watermark }),
    ).toBe('repaired');
    // Of two repairs made from one reading the second is refused too.
    expect(await audit.repairRecord({ ...wrong, held: again })).toBe('changed');
    expect(await read(client, key('feature:weekly:2026-W02'))).not.toEqual(before);
    expect(equal(await prepared.reconcile())).toBe(true);
  });

  it('has the history of a closed day packed again from the repaired bucket', async () => {
    const prepared = await prepare(288);
    const { client, key, store, pipeline } = prepared;
    const right = (await store.readSeries(SERIES, LIVE_FROM))?.milliUnits.at(-1) ?? 0;
    const name = key(`feature:daily:${LIVE_FROM}`);
    await client.exec(['HINCRBY', name, SERIES, '-5000']);
    // What a compaction between tear and repair would have packed.
    const packed = String(await client.exec(['HGET', key('feature:history'), SERIES]));
    const [firstDay = '', days = '', base64 = ''] = packed.split(':');
    const bytes = Buffer.from(base64, 'base64');
    bytes.writeInt32LE(right - 5000, 4 * (Number(days) - 1));
    await client.exec([
      'HSET',
      key('feature:history'),
      SERIES,
      `${firstDay}:${days}:${bytes.toString('base64')}`,
    ]);
    expect((await store.readSeries(SERIES, LIVE_FROM))?.milliUnits.at(-1)).toBe(right - 5000);

    await prepared.reconcile(true);
    expect((await store.readSeries(SERIES, LIVE_FROM))?.milliUnits.at(-1)).toBe(right);
    await pipeline.produce(store, tickAt(290));
    expect(await pipeline.aggregate(store, tickAt(290))).toMatchObject({
      compacted: 3,
      compactionRemaining: 0,
    });
    expect((await store.readSeries(SERIES, LIVE_FROM))?.milliUnits.at(-1)).toBe(right);
  });

  it('says what has left the stream and never repairs it to less', async () => {
    const prepared = await prepare(600);
    const { client, key, store } = prepared;
    const whole = await prepared.reconcile();
    expect(equal(whole)).toBe(true);
    // The first day and a half leave the stream, as they do after a week: the third day alone is whole.
    await client.exec(['XTRIM', key('stream:transactions'), 'MINID', '=', `${tickAt(250)}-0`]);
    const names = [`feature:daily:${LIVE_FROM}`, 'feature:weekly:2026-W02', 'feature:monthly:2026-01'].map(
      key,
    );
    const calm = await prepared.reconcile(true);
    expect(calm).toMatchObject({ completeFrom: '2026-01-09', differences: [] });
    expect(calm.coverage.map(({ part, provenBy }) => [part, provenBy])).toEqual([
      ['sales of days', { histories: 2, stream: 1 }],
      ['promotions of days', { histories: 2, stream: 1 }],
      ['tickets of days', { histories: 2, stream: 1 }],
      ['slots', { days: 2, stream: 1 }],
      ['weeks', { days: 1 }],
      ['months', { days: 1 }],
      ['packed histories', { dataset: 10, days: 2 }],
    ]);
    expect(equal(calm)).toBe(true);

    // A day that is not in the stream any more is wrong: all else shows it, and nothing is written.
    await client.exec(['HINCRBY', names[0] ?? '', SERIES, '-1000']);
    const before = await Promise.all(names.map((name) => read(client, name)));
    expect(linesOf(await prepared.reconcile(true))).toEqual([
      `sales_daily ${LIVE_FROM}: history,slots (not-recomputable)`,
      'sales_weekly 2026-W02: days (not-recomputable)',
      'sales_monthly 2026-01: days (not-recomputable)',
    ]);
    expect(await Promise.all(names.map((name) => read(client, name)))).toEqual(before);
    await client.exec(['HINCRBY', names[0] ?? '', SERIES, '1000']);

    // A month that is behind or ahead is moved by the entries in between, which are all there.
    const older = await read(client, names[2] ?? '');
    const state = await read(client, key('stream:state'));
    await count(prepared, 601, 620);
    const newer = await read(client, names[2] ?? '');
    await restore(client, names[2] ?? '', older);
    expect(linesOf(await prepared.reconcile(true))).toEqual(['sales_monthly 2026-01: behind (repaired)']);
    expect((await store.readBucket('sales_monthly', '2026-01')).fields).toEqual(
      Object.fromEntries(
        toPairs(newer)
          .filter(([name]) => /^\d/.test(name))
          .map(([name, value]) => [name, Number(value)]),
      ),
    );
    await restore(client, key('stream:state'), state);
    const ahead = await prepared.reconcile(true);
    expect(linesOf(ahead)).toContain('sales_monthly 2026-01: ahead (repaired)');
    expect(equal(await prepared.reconcile())).toBe(true);

    // A day without its bucket stays without.
    await client.exec(['DEL', names[0] ?? '']);
    expect(linesOf(await prepared.reconcile(true)).join()).toContain(
      `${LIVE_FROM}: missing (not-recomputable)`,
    );
    expect(await client.exec(['EXISTS', names[0] ?? ''])).toBe(0);
  });

  it('tells which dead letters are missing, and counts no row that was refused before', async () => {
    const prepared = await prepare(10);
    const { client, key, store, pipeline } = prepared;
    const row = {
      ts: tickAt(10),
      store_nbr: '77',
      family: 'FAMILY NUMBER 1',
      units: 3,
      onpromotion: 0,
      id: 'x',
    };
    await store.append([
      {
        id: `${tickAt(10)}-1`,
        payload: JSON.stringify({ transactions: [row, { ...row, units: -1 }], tickets: {} }),
      },
      { id: `${tickAt(10)}-2`, payload: 'no batch' },
    ]);
    await pipeline.aggregate(store, tickAt(10));
    expect((await prepared.reconcile()).deadLetters).toEqual({ expected: 3, missing: [], unexpected: [] });

    // A later catalog knows the store: the row stays refused.
    const storeNbrs = new Set([...pipeline.dataset.storeNbrs, '77']);
    const later = await reconcilePartition({
      partition: 0,
      store,
      audit: createUpstashAudit(client, { namespace: key('') }),
      dataset: { ...pipeline.dataset, storeNbrs },
      published: null,
      clock: pipeline.clock,
      owns: () => true,
      repair: false,
      since: null,
    });
    expect(later.differences).toEqual([]);
    expect(later.deadLetters.unexpected).toHaveLength(1);

    await client.exec(['ZREMRANGEBYRANK', key('stream:dead-letter'), '0', '0']);
    const report = await prepared.reconcile();
    expect(report.deadLetters.missing).toHaveLength(1);
    expect(equal(report)).toBe(false);
  });
});

function toPairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as [string, string]] : []));
}

describeWithRedis('a store in Redis', (bridge) => {
  describeReconciliation('a store in Redis', async () => {
    const { store, client, namespace } = emptyStore(bridge());
    const keys = createKeys(namespace);
    return {
      store,
      audit: createUpstashAudit(client, { namespace }),
      setValue: async (kind, period, field, value) => {
        const [key, name] = [keys.bucketPrefix(kind) + period, nameOfField(kind, field)];
        await client.exec(value === null ? ['HDEL', key, name] : ['HSET', key, name, String(value)]);
      },
      dropBucket: async (kind, period) => {
        await client.exec(['DEL', keys.bucketPrefix(kind) + period]);
      },
      setPacked: async (series, day, milliUnits) => {
        const packed = String(await client.exec(['HGET', keys.history, series]));
        const [firstDay = '', days = '', base64 = ''] = packed.split(':');
        const bytes = Buffer.from(base64, 'base64');
        bytes.writeInt32LE(milliUnits, 4 * (day - Number(firstDay)));
        await client.exec(['HSET', keys.history, series, `${firstDay}:${days}:${bytes.toString('base64')}`]);
      },
      dropEntry: async ({ id }) => {
        await client.exec(['XDEL', keys.stream, id]);
      },
    };
  });
});
