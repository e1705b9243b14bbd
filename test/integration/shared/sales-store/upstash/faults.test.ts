import { expect, it } from 'vitest';
import { toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import type { SalesStore } from '../../../../../shared/sales-store/sales-store.ts';
import { createKeys } from '../../../../../shared/sales-store/upstash/keys.ts';
import { LUA_DATE } from '../../../../../shared/sales-store/upstash/lua-script.ts';
import {
  createUpstashClient,
  type RedisClient,
} from '../../../../../shared/sales-store/upstash/redis-client.ts';
import { UpstashStoreError } from '../../../../../shared/sales-store/upstash/requests.ts';
import { createUpstashSalesStore } from '../../../../../shared/sales-store/upstash/upstash-sales-store.ts';
import type { ChooseFault, Fault } from '../../../../../workers/local/redis-bridge/rest-server.ts';
import {
  commitDeltas,
  deliveredRow,
  delta,
  entry,
  openedStore,
  smallHistory,
} from '../../../../contract/sales-store/context.ts';
import { persistent } from '../../../../faults/persistent.ts';
import { freePort } from '../../../../support/processes/local-process.ts';
import { describeWithRedis, emptyStore } from '../../../../support/redis/with-redis.ts';
import { dump } from './dump.ts';

const DAY = 86_400_000;
const liveStart = toDayNumber('2026-01-05') * DAY;
const at = (day: number, n = 0) => `${liveStart + day * DAY + n}-0` as const;

/** Something of everything that a store can do. */
async function live(store: SalesStore): Promise<void> {
  await store.openHistory({
    liveFrom: '2026-01-05',
    storeCount: 2,
    openingBalances: [delta('sales_intraday', '2026-01-04', '100', 9)],
  });
  await store.importHistory(smallHistory(1));
  await store.importHistory(smallHistory(2));
  await store.append([entry(at(0, 1)), entry(at(0, 2)), entry(at(1, 1))]);
  const commit = async (newWatermark: `${number}-0`, day: string, value: number) => {
    const { watermark } = await store.readBacklog({ maxEntries: 1 });
    await store.commit({
      expectedWatermark: watermark,
      newWatermark,
      deltas: [
        delta('sales_daily', day, '1:DAIRY', value),
        delta('sales_daily', day, '2:TOYS', value),
        delta('sales_weekly', '2026-W02', '1:DAIRY', value),
        delta('sales_monthly', '2026-01', '1:DAIRY', value),
        delta('onpromotion_daily', day, '1:DAIRY', 3),
        delta('transactions_daily', day, '1', value),
      ],
      deadLetters: [{ entryId: newWatermark, row: 0, raw: `raw ${value}`, reason: 'units: missing' }],
    });
  };
  await commit(at(0, 1), '2026-01-05', 1000);
  await commit(at(1, 1), '2026-01-06', 10);
  await store.compact({ through: '2026-01-06', limit: 100 });
  await store.append([entry(at(2, 1))]);
  // A late row opens a compacted day again.
  await commit(at(2, 1), '2026-01-05', 7);
  await store.compact({ through: '2026-01-06', limit: 100 });
  await store.expire(toIsoDate(toDayNumber('2026-01-05') + 39));
}

/** The first delivery of every request meets the fault, its repetition does not. */
function everyFirst(fault: Fault): ChooseFault {
  const seen = new Set<string>();
  return ({ commands }) => {
    const request = JSON.stringify(commands);
    if (seen.has(request)) return null;
    seen.add(request);
    return fault;
  };
}

describeWithRedis('the store over a network that fails', (bridge) => {
  const faults: [string, Fault][] = [
    ['the connection breaks before the request', { kind: 'drop-before' }],
    ['the connection breaks after the request was carried out', { kind: 'drop-after' }],
    ['a gateway fails before the request', { kind: 'status', status: 502, carriedOut: false }],
    ['a gateway fails after the request was carried out', { kind: 'status', status: 504, carriedOut: true }],
  ];
  it.each(faults)('ends in the same state when %s, every time', async (_, fault) => {
    const calm = emptyStore(bridge());
    await live(calm.store);
    const shaken = emptyStore(bridge());
    let broken = 0;
    const choose = everyFirst(fault);
    bridge().injectFaults((request) => {
      const chosen = choose(request);
      if (chosen) broken++;
      return chosen;
    });
    try {
      await live(persistent(shaken.store));
    } finally {
      bridge().injectFaults(null);
    }
    expect(broken).toBeGreaterThan(15);
    const expected = await dump(calm.client, calm.namespace);
    expect(Object.keys(expected).length).toBeGreaterThan(8);
    expect(await dump(shaken.client, shaken.namespace)).toEqual(expected);
  });

  it('lets one of many overlapping commits through', async () => {
    const { store } = emptyStore(bridge());
    const commit = {
      expectedWatermark: null,
      deltas: [delta('sales_daily', '2026-01-05', '1:DAIRY', 5)],
      deadLetters: [],
    };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.commit({ ...commit, newWatermark: `${n + 1}-0` as const })),
    );
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'lost-race')).toHaveLength(19);
    expect((await store.readBucket('sales_daily', '2026-01-05')).fields).toEqual({ '1:DAIRY': 5 });
  });

  it('writes nothing of a commit when any key of it is of another type', async () => {
    const { store, client, namespace } = emptyStore(bridge());
    const keys = createKeys(namespace);
    await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 5)]);
    await client.exec(['SET', `${keys.bucketPrefix('sales_monthly')}2026-01`, 'not a hash']);
    const commit = commitDeltas(store, '2-0', [
      delta('sales_daily', '2026-01-05', '1:DAIRY', 5),
      delta('sales_monthly', '2026-01', '1:DAIRY', 5),
    ]);
    await expect(commit).rejects.toThrow(/WRONGTYPE/);
    expect((await store.readBucket('sales_daily', '2026-01-05')).fields).toEqual({ '1:DAIRY': 5 });
    expect((await store.status()).watermark).toBe('1-0');
  });

  it('refuses a sum that would not be exact, and writes nothing of its commit', async () => {
    const { store } = emptyStore(bridge());
    const huge = delta('sales_daily', '2026-01-05', '1:DAIRY', Number.MAX_SAFE_INTEGER);
    await commitDeltas(store, '1-0', [huge, delta('sales_weekly', '2026-W02', '1:DAIRY', 1)]);
    const more = commitDeltas(store, '2-0', [
      delta('sales_weekly', '2026-W02', '1:DAIRY', 1),
      delta('sales_daily', '2026-01-05', '1:DAIRY', 1),
    ]);
    await expect(more).rejects.toThrow(/commit refused: 1:DAIRY of .* 2\^53/);
    expect((await store.readBucket('sales_daily', '2026-01-05')).fields).toEqual({
      '1:DAIRY': Number.MAX_SAFE_INTEGER,
    });
    expect((await store.readBucket('sales_weekly', '2026-W02')).fields).toEqual({ '1:DAIRY': 1 });
  });

  it('does not count again into a bucket that outlived a failover ahead of the watermark', async () => {
    const { store, client, namespace } = emptyStore(bridge());
    const keys = createKeys(namespace);
    const deltas = [
      delta('sales_daily', '2026-01-05', '1:DAIRY', 5),
      delta('sales_weekly', '2026-W02', '1:DAIRY', 5),
    ];
    await commitDeltas(store, '1-0', deltas);
    await commitDeltas(store, '3-0', deltas);
    await client.exec(['HSET', keys.state, 'watermark', '1-0']);
    await client.exec([
      'HSET',
      `${keys.bucketPrefix('sales_weekly')}2026-W02`,
      'watermark',
      '1-0',
      '1:DAIRY',
      '5',
    ]);
    expect(await commitDeltas(store, '3-0', deltas)).toBe('applied');
    expect((await store.readBucket('sales_daily', '2026-01-05')).fields).toEqual({ '1:DAIRY': 10 });
    expect((await store.readBucket('sales_weekly', '2026-W02')).fields).toEqual({ '1:DAIRY': 10 });

    await client.exec(['HSET', keys.state, 'watermark', '1-0']);
    await expect(commitDeltas(store, '4-0', deltas)).rejects.toThrow(/counts entries above the watermark/);
    expect((await store.readBucket('sales_weekly', '2026-W02')).fields).toEqual({ '1:DAIRY': 10 });
  });

  it('takes in an entry that outlived a failover which the memory of the newest id did not', async () => {
    const { store, client, namespace } = emptyStore(bridge());
    await store.append([entry('1-0'), entry('2-0')]);
    await client.exec(['HSET', createKeys(namespace).state, 'newest', '1-0', 'appended', '1']);
    expect(await store.append([entry('2-0'), entry('3-0')])).toEqual({
      appended: ['3-0'],
      duplicates: ['2-0'],
      conflicts: [],
    });
    expect(await store.status()).toMatchObject({ newestEntry: '3-0', waitingEntries: 3 });
  });

  it('takes in a delivery after entries that outlived a failover which the memory of them did not', async () => {
    const { store, client, namespace } = emptyStore(bridge());
    await store.append([entry('5000-0'), entry('6000-0')]);
    const { state } = createKeys(namespace);
    await client.exec(['HSET', state, 'newest', '5000-0', 'appended', '1']);
    const result = await store.ingest({
      key: null,
      digest: '',
      note: '',
      rows: [deliveredRow('a', { contentHash: 12_345_678 })],
      notBefore: 0,
      rememberMs: 1000,
      rowsPerEntry: 10,
    });
    expect(result).toMatchObject({ instant: 6000, entries: ['6000-1'] });
    expect(await store.status()).toMatchObject({ newestEntry: '6000-1', waitingEntries: 3 });
    // The first 100 s that are not before 6000, and the hash.
    const score = await client.exec(['ZSCORE', createKeys(namespace).transactionNames, '1:a']);
    expect(Number(score)).toBe(112_345.6785);
  });

  it('keeps a day open that a late row has opened while it was being compacted', async () => {
    const prepared = emptyStore(bridge());
    const store = await openedStore(async () => prepared.store);
    await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 9)]);
    let interrupted = 0;
    const disturbed: RedisClient = {
      ...prepared.client,
      eval: async (script, keys, args) => {
        if (script.includes('local written =') && interrupted === 0) {
          interrupted++;
          await commitDeltas(store, '2-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 3)]);
        }
        return prepared.client.eval(script, keys, args);
      },
    };
    const compacting = createUpstashSalesStore(disturbed, { namespace: prepared.namespace });
    expect(await compacting.compact({ through: '2026-01-05', limit: 9 })).toEqual({
      compacted: 2,
      remaining: 0,
    });
    expect(interrupted).toBe(1);
    expect((await store.readSeries('1:DAIRY', '2026-01-05'))?.milliUnits.at(-1)).toBe(12);
    await commitDeltas(store, '3-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 1)]);
    expect((await store.readSeries('1:DAIRY', '2026-01-05'))?.milliUnits.at(-1)).toBe(13);
  });

  it('tells its failures without the command, which may hold what nobody should see', async () => {
    const secret = 'a customer and what she bought';
    const { client, namespace, store } = emptyStore(bridge());
    await client.exec(['SET', createKeys(namespace).stream, 'not a stream']);
    const wrongToken = createUpstashClient({ url: bridge().url, token: 'wrong' });
    const nobody = createUpstashClient({ url: `http://127.0.0.1:${await freePort()}`, token: 'x' });
    const impatient = createUpstashClient({ url: bridge().url, token: bridge().token, timeoutMs: 20 });
    const failing: [RedisClient, RegExp][] = [
      [client, /WRONGTYPE/],
      [wrongToken, /WRONGPASS/],
      [nobody, /fetch failed/],
      [impatient, /no answer in time/],
    ];
    for (const [one, message] of failing) {
      bridge().injectFaults(one === impatient ? () => ({ kind: 'delay', ms: 200 }) : null);
      const append = createUpstashSalesStore(one, { namespace }).append([entry('1-0', secret)]);
      const error: unknown = await append.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UpstashStoreError);
      expect(String(error)).toMatch(message);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
      expect((error as Error).cause).toBeUndefined();
    }
    bridge().injectFaults(null);
    await expect(store.status()).resolves.toMatchObject({ newestEntry: null });
  });

  it('works for the API with the token that may only read', async () => {
    const { namespace, store } = emptyStore(bridge());
    await openedStore(async () => store);
    await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 9)]);
    const reader = createUpstashSalesStore(
      createUpstashClient({ url: bridge().url, token: bridge().readOnlyToken }),
      { namespace },
    );
    expect((await reader.readSeries('1:DAIRY', '2026-01-05'))?.milliUnits.at(-1)).toBe(9);
    expect((await reader.status()).watermark).toBe('1-0');
    expect((await reader.readBucket('sales_daily', '2026-01-05')).fields).toEqual({ '1:DAIRY': 9 });
    expect(await reader.readField('sales_daily', ['2026-01-05'], '1:DAIRY')).toEqual([9]);
    await expect(commitDeltas(reader, '2-0', [])).rejects.toThrow(/NOPERM/);
  });

  it('finds the hash of every day: the scripts know the calendar', async () => {
    const { client } = emptyStore(bridge());
    const script = `${LUA_DATE}
      local dates = {}
      for day = tonumber(ARGV[1]), tonumber(ARGV[2]) do dates[#dates + 1] = date_of(day) end
      return dates`;
    const [first, last] = [toDayNumber('1999-12-31'), toDayNumber('2101-03-02')];
    const dates = (await client.evalRo(script, [], [String(first), String(last)])) as string[];
    expect(dates).toEqual(Array.from({ length: last - first + 1 }, (_, i) => toIsoDate(first + i)));
  });

  it('takes more entries than one request may hold, and gives them all back', async () => {
    const { store } = emptyStore(bridge());
    const payload = '"é'.repeat(450_000);
    const entries = Array.from({ length: 12 }, (_, n) => entry(`${n + 1}-0`, payload + n));
    expect((await store.append(entries)).appended).toHaveLength(12);
    const { entries: first, more } = await store.readBacklog({ maxEntries: 100 });
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(12);
    expect(more).toBe(true);
    expect((await store.readStream(null, 100)).map(({ payload: text }) => text)).toEqual(
      entries.map(({ payload: text }) => text),
    );
    expect(await store.append(entries)).toMatchObject({ appended: [], conflicts: [] });
  });
});
