import { describe, expect, it } from 'vitest';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { commitDeltas, delta, type MakeStore, openedStore, smallHistory } from './context.ts';

async function units(store: SalesStore, closedThrough: string): Promise<number[] | null> {
  const reading = await store.readSeries('1:DAIRY', closedThrough);
  return reading && [...reading.milliUnits];
}

export function describeHistory(makeStore: MakeStore): void {
  describe('the history', () => {
    it('opens once, with balances that count from then on', async () => {
      const store = await makeStore();
      const opening = {
        liveFrom: '2026-01-07',
        storeCount: 1,
        openingBalances: [
          delta('sales_weekly', '2026-W02', '1:DAIRY', 400),
          delta('sales_intraday', '2026-01-06', '100', 9),
        ],
      };
      expect(await store.openHistory(opening)).toBe('opened');
      expect(await store.openHistory(opening)).toBe('already-open');
      await commitDeltas(store, '1-0', [delta('sales_weekly', '2026-W02', '1:DAIRY', 30)]);
      expect((await store.readBucket('sales_weekly', '2026-W02')).fields).toEqual({ '1:DAIRY': 430 });
      expect(await store.readOpening('sales_weekly', '2026-W02')).toEqual({ '1:DAIRY': 400 });
      expect(await store.readBucket('sales_intraday', '2026-01-06')).toMatchObject({
        watermark: null,
        fields: { '100': 9 },
      });
      expect((await store.status()).liveFrom).toBe('2026-01-07');
    });

    it('keeps the identity that it was opened with', async () => {
      const store = await makeStore();
      const opening = { liveFrom: '2026-01-07', storeCount: 1, openingBalances: [] };
      expect((await store.status()).identity).toBeNull();
      expect(await store.openHistory({ ...opening, identity: '5f0c2a9e' })).toBe('opened');
      expect(await store.openHistory({ ...opening, identity: '00000000' })).toBe('already-open');
      expect((await store.status()).identity).toBe('5f0c2a9e');
    });

    it('refuses to open with another first live day', async () => {
      const store = await openedStore(makeStore);
      const other = { liveFrom: '2026-02-02', storeCount: 1, openingBalances: [] };
      await expect(store.openHistory(other)).rejects.toThrow(/open from 2026-01-05/);
      expect((await store.status()).liveFrom).toBe('2026-01-05');
    });

    it('is imported once for each store, and complete with the last', async () => {
      const store = await makeStore();
      await store.openHistory({ liveFrom: '2026-01-05', storeCount: 2, openingBalances: [] });
      expect(await store.importHistory(smallHistory(1))).toBe('imported');
      expect(await store.status()).toMatchObject({ importedStores: ['1'], compactedThrough: null });
      expect(await store.importHistory(smallHistory(1))).toBe('already-imported');
      expect(await store.importHistory(smallHistory(2))).toBe('imported');
      expect(await store.status()).toMatchObject({
        importedStores: ['1', '2'],
        compactedThrough: '2026-01-04',
      });
    });

    it('brings the sums of the week and month in progress, once', async () => {
      const store = await makeStore();
      await store.openHistory({ liveFrom: '2026-01-03', storeCount: 2, openingBalances: [] });
      const chunk = {
        store_nbr: '1',
        first_date: '2025-12-28',
        last_date: '2026-01-02',
        tickets: null,
        // Sunday 28 December, then Monday 29 December to Friday 2 January.
        series: [
          { family: 'DAIRY', milli_units: [1, 20, 300, -1, 4000, 50_000], onpromotion: [0, 0, 0, 0, 0, 0] },
        ],
      };
      await store.importHistory(chunk);
      await store.importHistory(chunk);
      await store.importHistory({ ...chunk, store_nbr: '2' });
      const week = { '1:DAIRY': 54_320, '2:DAIRY': 54_320 };
      const month = { '1:DAIRY': 54_000, '2:DAIRY': 54_000 };
      expect((await store.readBucket('sales_weekly', '2026-W01')).fields).toEqual(week);
      expect(await store.readOpening('sales_weekly', '2026-W01')).toEqual(week);
      expect((await store.readBucket('sales_monthly', '2026-01')).fields).toEqual(month);
      expect(await store.readOpening('sales_monthly', '2026-01')).toEqual(month);
      await commitDeltas(store, '1-0', [delta('sales_weekly', '2026-W01', '1:DAIRY', 5)]);
      expect((await store.readBucket('sales_weekly', '2026-W01')).fields['1:DAIRY']).toBe(54_325);
    });

    it('reads as it was imported', async () => {
      const store = await openedStore(makeStore);
      const reading = await store.readSeries('1:DAIRY', '2026-01-04');
      expect(reading).toEqual({
        series: '1:DAIRY',
        firstDate: '2026-01-01',
        milliUnits: Int32Array.of(-1, 2000, 0, 4500),
        onpromotion: Uint16Array.of(0, 1, 0, 3),
        tickets: Int32Array.of(100, 101, -1, 103),
        watermark: null,
      });
    });

    it('can be read up to an earlier day', async () => {
      const store = await openedStore(makeStore);
      const reading = await store.readSeries('1:DAIRY', '2026-01-02');
      expect(reading?.milliUnits).toEqual(Int32Array.of(-1, 2000));
      expect(reading?.tickets).toEqual(Int32Array.of(100, 101));
    });

    it('without counted tickets has missing ones', async () => {
      const store = await makeStore();
      await store.openHistory({ liveFrom: '2026-01-05', storeCount: 1, openingBalances: [] });
      await store.importHistory({ ...smallHistory(), tickets: null });
      const reading = await store.readSeries('1:DAIRY', '2026-01-04');
      expect(reading?.tickets).toEqual(new Int32Array(4).fill(MISSING));
    });

    it('can be read with those of other series, in their order', async () => {
      const store = await openedStore(makeStore);
      const [unknown, known, again] = await store.readManySeries(
        ['9:DAIRY', '1:DAIRY', '1:DAIRY'],
        '2026-01-02',
      );
      expect(unknown).toBeNull();
      expect(known).toEqual(await store.readSeries('1:DAIRY', '2026-01-02'));
      expect(again).toEqual(known);
      expect(await store.readManySeries([], '2026-01-02')).toEqual([]);
    });

    it('of an unknown series is null', async () => {
      const store = await openedStore(makeStore);
      expect(await store.readSeries('9:DAIRY', '2026-01-04')).toBeNull();
      expect(await store.readSeries('1:TOYS', '2026-01-04')).toBeNull();
    });

    it('goes on with live days: sold, not sold while the store was open, and missing', async () => {
      const store = await openedStore(makeStore);
      await commitDeltas(store, '1-0', [
        delta('sales_daily', '2026-01-05', '1:DAIRY', 700),
        delta('onpromotion_daily', '2026-01-05', '1:DAIRY', 4),
        delta('transactions_daily', '2026-01-05', '1', 50),
        delta('sales_daily', '2026-01-06', '1:BREAD/BAKERY', 5),
        delta('transactions_daily', '2026-01-08', '1', 3),
        // Stores 10 and 11 begin with the same digit and must not count for store 1.
        delta('sales_daily', '2026-01-07', '10:DAIRY', 5),
        delta('transactions_daily', '2026-01-07', '11', 5),
      ]);
      const reading = await store.readSeries('1:DAIRY', '2026-01-08');
      expect(reading?.milliUnits.slice(4)).toEqual(Int32Array.of(700, 0, MISSING, 0));
      expect(reading?.onpromotion.slice(4)).toEqual(Uint16Array.of(4, 0, 0, 0));
      expect(reading?.tickets.slice(4)).toEqual(Int32Array.of(50, MISSING, MISSING, 3));
      expect(reading?.watermark).toBe('1-0');
    });

    it('tells a live zero from a missing day', async () => {
      const store = await openedStore(makeStore);
      await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-06', '1:DAIRY', 0)]);
      expect(await units(store, '2026-01-06')).toEqual([-1, 2000, 0, 4500, MISSING, 0]);
    });

    it('of a series that is only live starts on the first live day', async () => {
      const store = await openedStore(makeStore);
      await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-06', '1:TOYS', 8)]);
      const reading = await store.readSeries('1:TOYS', '2026-01-06');
      expect(reading).toMatchObject({ firstDate: '2026-01-05', milliUnits: Int32Array.of(MISSING, 8) });
    });

    it('may be imported after live sales have begun', async () => {
      const store = await makeStore();
      await store.openHistory({ liveFrom: '2026-01-05', storeCount: 1, openingBalances: [] });
      await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 6)]);
      await store.compact({ through: '2026-01-05', limit: 10 });
      await store.importHistory(smallHistory());
      expect(await units(store, '2026-01-05')).toEqual([-1, 2000, 0, 4500, 6]);
    });

    it('does not change when a later row of the same day arrives after reading', async () => {
      const store = await openedStore(makeStore);
      await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 1)]);
      expect(await units(store, '2026-01-05')).toEqual([-1, 2000, 0, 4500, 1]);
      await commitDeltas(store, '2-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 2)]);
      expect(await units(store, '2026-01-05')).toEqual([-1, 2000, 0, 4500, 3]);
    });

    it.each([
      ['before the store is open', null, smallHistory(), /not open/],
      ['that ends on another day', '2026-01-09', smallHistory(), /last_date/],
      [
        'with a column too short',
        '2026-01-05',
        { ...smallHistory(), tickets: [1, 2, 3] },
        /tickets must have one value per day/,
      ],
      [
        'with a fraction',
        '2026-01-05',
        {
          ...smallHistory(),
          series: [{ family: 'A', milli_units: [1, 2, 3, 0.5], onpromotion: [0, 0, 0, 0] }],
        },
        /A\.milli_units\[3\]/,
      ],
    ] as const)('%s is refused', async (_, liveFrom, chunk, message) => {
      const store = await makeStore();
      if (liveFrom) await store.openHistory({ liveFrom, storeCount: 1, openingBalances: [] });
      await expect(store.importHistory(structuredClone(chunk) as never)).rejects.toThrow(message);
      expect((await store.status()).importedStores).toEqual([]);
    });
  });
}
