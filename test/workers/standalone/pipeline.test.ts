import { describe, expect, it } from 'vitest';
import { datasetNames, objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import type { SeriesKey } from '../../../shared/schemas/series.ts';
import { publishedKey } from '../../support/object-store/read-published.ts';
import {
  catalog,
  daySheet,
  historyChunk,
  LIVE_FROM,
  SERIES,
  STORES,
} from '../../support/pipeline/published-dataset.ts';
import { findDifferences, startSystem, TICK, tickAt } from '../pipeline-system.ts';

/** Fields of a column of a day sheet. */
function columnOf(sheet: ReturnType<typeof daySheet>, column: 'milli_units' | 'onpromotion') {
  return Object.fromEntries(sheet.series.map((key, s) => [key, sheet[column][s] ?? 0]));
}

describe('a cold start', () => {
  it('imports the history, some stores a run, and counts nothing before it is whole', async () => {
    const { aggregate, produce, store } = await startSystem();
    await produce(tickAt(12));
    expect(await aggregate(tickAt(12), { storesPerRun: 2 })).toMatchObject({
      outcome: 'importing',
      imported: 2,
      entries: 0,
    });
    expect((await store.status()).watermark).toBeNull();
    expect(await aggregate(tickAt(12), { storesPerRun: 2 })).toMatchObject({
      outcome: 'aggregated',
      imported: 1,
      entries: 12,
      more: false,
      lagMs: 0,
    });
    expect(await store.status()).toMatchObject({
      importedStores: STORES.map(String),
      liveFrom: LIVE_FROM,
      identity: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
  });

  it('starts weeks, months and slots with what the history holds', async () => {
    const { aggregate, store } = await startSystem();
    expect((await aggregate(tickAt(0))).outcome).toBe('idle');
    const dairy = historyChunk(2).series[0]?.milli_units ?? [];
    const sum = (days: number) => dairy.slice(-days).reduce((total, units) => total + units, 0);
    // Monday 5 and Tuesday 6 January; 1 to 6 January.
    expect((await store.readBucket('sales_weekly', '2026-W02')).fields['2:DAIRY']).toBe(sum(2));
    expect((await store.readBucket('sales_monthly', '2026-01')).fields['2:DAIRY']).toBe(sum(6));
    expect((await store.readBucket('sales_intraday', '2025-12-31')).fields['287']).toBe(287);
  });

  it('without a dataset says so', async () => {
    const { aggregate, objects, produce } = await startSystem();
    await objects.delete(objectKeys.current);
    expect(await produce(tickAt(5))).toMatchObject({
      outcome: 'nothing-to-replay',
      missing: datasetNames.catalog,
    });
    expect((await aggregate(tickAt(5))).outcome).toBe('no-dataset');
  });

  it('with a store whose history is missing fails, naming the object', async () => {
    const { aggregate, objects, store } = await startSystem();
    const key = await publishedKey(objects, datasetNames.history('10'));
    await objects.delete(key);
    await expect(aggregate(tickAt(5))).rejects.toThrow(
      `${datasetNames.history('10')} (${key}): a publication names it, but it is missing`,
    );
    expect((await store.status()).importedStores).toEqual(['1', '2']);
  });
});

describe('a day of 288 ticks', () => {
  it('leaves buckets that are the day sheet, exactly', async () => {
    const { aggregate, produce, store } = await startSystem();
    for (let n = 1; n <= 288; n += 41) {
      await produce(tickAt(n));
      await aggregate(tickAt(n));
    }
    expect((await store.status()).watermark).toBe(`${tickAt(288)}-0`);
    const sheet = daySheet(0);
    expect((await store.readBucket('sales_daily', LIVE_FROM)).fields).toEqual(columnOf(sheet, 'milli_units'));
    expect((await store.readBucket('transactions_daily', LIVE_FROM)).fields).toEqual(sheet.tickets);
    const promoted = Object.entries(columnOf(sheet, 'onpromotion')).filter(([, items]) => items > 0);
    expect((await store.readBucket('onpromotion_daily', LIVE_FROM)).fields).toEqual(
      Object.fromEntries(promoted),
    );
    const slots = Object.values((await store.readBucket('sales_intraday', LIVE_FROM)).fields);
    const total = sheet.milli_units.reduce((sum, units) => sum + units, 0);
    expect(slots.reduce((sum, units) => sum + units, 0)).toBe(total);
    expect(await findDifferences(store)).toEqual([]);
    expect((await store.status()).deadLetters).toBe(0);
  });

  it('closes with its last tick: compacted in chunks, and read on from the history', async () => {
    const { aggregate, produce, store } = await startSystem();
    await produce(tickAt(287));
    expect(await aggregate(tickAt(287))).toMatchObject({ entries: 287, compacted: 0 });
    await produce(tickAt(288));
    expect(await aggregate(tickAt(288), { compactSeriesPerRun: 5 })).toMatchObject({
      entries: 1,
      compacted: 5,
      compactionRemaining: 4,
    });
    const before = await Promise.all(SERIES.map((series) => store.readSeries(series, LIVE_FROM)));
    expect(await aggregate(tickAt(288))).toMatchObject({
      outcome: 'idle',
      compacted: 4,
      compactionRemaining: 0,
    });
    expect((await store.status()).compactedThrough).toBe(LIVE_FROM);
    const after = await Promise.all(SERIES.map((series) => store.readSeries(series, LIVE_FROM)));
    expect(after).toEqual(before);
    expect(after.map((reading) => reading?.milliUnits.at(-1))).toEqual(daySheet(0).milli_units);
    expect(after.map((reading) => reading?.milliUnits.length)).toEqual(SERIES.map(() => 31));
    expect(await aggregate(tickAt(288))).toMatchObject({ compacted: 0 });
  });

  it('of a closed store reads as zero, not as missing: the sheet says that nothing was sold', async () => {
    const { aggregate, produce, store } = await startSystem();
    await produce(tickAt(576));
    await aggregate(tickAt(576));
    const reading = await store.readSeries('10:DAIRY' as SeriesKey, '2026-01-08');
    expect(reading?.milliUnits.at(-1)).toBe(0);
    expect(reading?.tickets.at(-1)).toBe(-1);
  });
});

describe('the producer', () => {
  it('fills in missing ticks, the oldest first, and says how many it left', async () => {
    const { produce, store } = await startSystem();
    expect(await produce(tickAt(30), 12)).toMatchObject({
      outcome: 'produced',
      entries: 12,
      remainingTicks: 18,
    });
    expect(await produce(tickAt(30), 12)).toMatchObject({ entries: 12, remainingTicks: 6 });
    expect(await produce(tickAt(31), 12)).toMatchObject({ entries: 7, remainingTicks: 0 });
    expect(await produce(tickAt(31))).toMatchObject({ outcome: 'up-to-date', entries: 0 });
    const ids = (await store.readStream(null, 100)).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 31 }, (_, n) => `${tickAt(n + 1)}-0`));
  });

  it('waits for the end of a tick', async () => {
    const { produce } = await startSystem();
    expect(await produce(tickAt(1) - 1)).toMatchObject({ outcome: 'up-to-date' });
    expect(await produce(tickAt(2) + TICK - 1)).toMatchObject({ entries: 2 });
  });

  it('sends the same cron twice without any harm', async () => {
    const { aggregate, produce, store } = await startSystem();
    await Promise.all([produce(tickAt(120)), produce(tickAt(120)), produce(tickAt(120))]);
    await aggregate(tickAt(120));
    await produce(tickAt(120));
    await aggregate(tickAt(120));
    expect(await store.readStream(null, 1000)).toHaveLength(120);
    expect(await findDifferences(store)).toEqual([]);
  });

  it('fails where a day sheet is missing before the end, after all that comes before it', async () => {
    const sheet = datasetNames.daySheet('2026-01-08');
    const { produce, store } = await startSystem(undefined, new Map([[sheet, null]]));
    const sheetText = `${sheet} is not there, but the catalog says that the replay goes on to 2026-01-09`;
    await expect(produce(tickAt(300))).rejects.toThrow(sheetText);
    expect(await store.readStream(null, 1000)).toHaveLength(288);
    await expect(produce(tickAt(301))).rejects.toThrow(sheetText);
  });

  it('ends where the day sheets end, and says which is missing', async () => {
    const { aggregate, produce, store } = await startSystem();
    const lastTick = tickAt(3 * 288);
    expect(await produce(lastTick + 50 * TICK)).toMatchObject({
      outcome: 'produced',
      entries: 864,
      missing: 'replay/2026-01-10.json',
    });
    expect(await produce(lastTick + 51 * TICK)).toMatchObject({
      outcome: 'nothing-to-replay',
      entries: 0,
      remainingTicks: 0,
    });
    await aggregate(lastTick);
    const sold = await store.readField('sales_daily', ['2026-01-09'], '1:DAIRY');
    expect(sold).toEqual([columnOf(daySheet(2), 'milli_units')['1:DAIRY']]);
    expect(catalog.last_date).toBe('2026-01-09');
  });

  it('refuses a broken day sheet, naming it', async () => {
    const sheet = datasetNames.daySheet(LIVE_FROM);
    const { produce, store } = await startSystem(undefined, new Map([[sheet, ['no object']]]));
    await expect(produce(tickAt(3))).rejects.toThrow(`${sheet}: must hold one JSON object`);
    expect((await store.status()).newestEntry).toBeNull();
  });
});

describe('the aggregator', () => {
  it('may overlap with itself', async () => {
    const { aggregate, produce, store } = await startSystem();
    await produce(tickAt(200));
    await aggregate(tickAt(200), { maxEntries: 1 });
    const reports = await Promise.all(
      Array.from({ length: 4 }, (_, n) => aggregate(tickAt(200), { maxEntries: 30 + 20 * n })),
    );
    expect(reports.filter(({ outcome }) => outcome === 'aggregated').length).toBeGreaterThan(0);
    while ((await store.status()).waitingEntries > 0) await aggregate(tickAt(200), { maxEntries: 50 });
    expect(await findDifferences(store)).toEqual([]);
  });

  it('goes on after a crash between append and commit, and after a commit whose answer was lost', async () => {
    let fault: 'before' | 'after' | null = null;
    const { aggregate, produce, store } = await startSystem((inner: SalesStore) => ({
      ...inner,
      commit: async (commit) => {
        if (fault === 'before') throw new Error('the machine stopped');
        const outcome = await inner.commit(commit);
        if (fault === 'after') throw new Error('the connection broke');
        return outcome;
      },
    }));
    for (const [n, kind] of (['before', null, 'after', null, 'before', 'after', null] as const).entries()) {
      const now = tickAt(100 + 10 * n);
      await produce(now);
      fault = kind;
      if (kind === null) await aggregate(now);
      else await expect(aggregate(now)).rejects.toThrow();
    }
    expect(await store.status()).toMatchObject({ waitingEntries: 0, watermark: `${tickAt(160)}-0` });
    expect(await findDifferences(store)).toEqual([]);
  });

  it('gives up a race it keeps losing, without counting anything twice', async () => {
    const { aggregate, produce, store } = await startSystem((inner: SalesStore) => ({
      ...inner,
      readBacklog: async (limits) => ({ ...(await inner.readBacklog(limits)), watermark: '1-0' }),
    }));
    await produce(tickAt(5));
    expect((await aggregate(tickAt(5))).outcome).toBe('lost-race');
    expect(await store.status()).toMatchObject({ watermark: null, waitingEntries: 5 });
  });

  it('puts poison aside and counts the rows around it', async () => {
    const { aggregate, produce, store } = await startSystem();
    await produce(tickAt(1));
    const now = tickAt(1) + 60_000;
    const good = { id: 'a', ts: now, store_nbr: '1', family: 'DAIRY', units: 1.5, onpromotion: 0 };
    const rows = [good, null, { ...good, units: -1 }, { ...good, store_nbr: '9' }, { ...good, id: 'b' }];
    await store.append([
      { id: `${now}-0`, payload: 'not json' },
      { id: `${now}-1`, payload: JSON.stringify({ transactions: rows, tickets: { 1: 5, 77: 2 } }) },
    ]);
    expect(await aggregate(now)).toMatchObject({ outcome: 'aggregated', entries: 3, deadLetters: 5 });
    const letters = await store.readDeadLetters(10);
    expect(letters.map(({ row }) => row).sort()).toEqual([-1, -1, 1, 2, 3]);
    expect(letters.find(({ row }) => row === 2)?.reason).toMatch(/^units: /);
    expect(letters.find(({ row }) => row === 3)?.raw).toBe(JSON.stringify(rows[3]));
    expect((await store.readBucket('transactions_daily', LIVE_FROM)).fields['1']).toBe(5);
    expect(await findDifferences(store)).toEqual([]);
    expect((await store.readField('sales_daily', [LIVE_FROM], '1:DAIRY'))[0]).toBeGreaterThanOrEqual(3000);
  });

  it('is not stopped by a count of tickets that no sum can hold', async () => {
    const { aggregate, produce, store } = await startSystem();
    await produce(tickAt(1));
    const poison = { transactions: [], tickets: { 1: Number.MAX_SAFE_INTEGER } };
    await store.append([{ id: `${tickAt(1) + 1}-0`, payload: JSON.stringify(poison) }]);
    await produce(tickAt(3));
    expect(await aggregate(tickAt(3))).toMatchObject({ outcome: 'aggregated', entries: 4, deadLetters: 1 });
    expect(await store.status()).toMatchObject({ watermark: `${tickAt(3)}-0`, waitingEntries: 0 });
    expect(await findDifferences(store)).toEqual([]);
  });

  it('takes a late row into a day that is already compacted', async () => {
    const { aggregate, produce, store } = await startSystem();
    await produce(tickAt(600));
    await aggregate(tickAt(600));
    expect((await store.status()).compactedThrough).toBe('2026-01-08');
    const late = { id: 'x', ts: tickAt(100), store_nbr: '2', family: 'DAIRY', units: 7, onpromotion: 0 };
    const now = tickAt(600) + 1000;
    await store.append([{ id: `${now}-0`, payload: JSON.stringify({ transactions: [late] }) }]);
    await aggregate(now);
    const sold = daySheet(0).milli_units[SERIES.indexOf('2:DAIRY')] ?? 0;
    const readLate = async () => (await store.readSeries('2:DAIRY', '2026-01-08'))?.milliUnits.at(-2);
    expect(await readLate()).toBe(sold + 7000);
    expect(await aggregate(now)).toMatchObject({ compactionRemaining: 0 });
    expect((await store.status()).compactedThrough).toBe('2026-01-08');
    expect(await readLate()).toBe(sold + 7000);
  });
});
