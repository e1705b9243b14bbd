import { describe, expect, it } from 'vitest';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import { RETENTION } from '../../../shared/sales-store/retention.ts';
import { commitDeltas, delta, entry, type MakeStore, openedStore } from './context.ts';

const TODAY = toDayNumber('2026-01-05') + RETENTION.dailyDays + 1;
const instantOf = (day: number) => day * 86_400_000;

export function describeExpiry(makeStore: MakeStore): void {
  describe('expiry', () => {
    it('drops old entries, but none above the watermark', async () => {
      const store = await makeStore();
      const ids = [10, 9, 8, 6, 1].map((age) => entryIdAt(instantOf(TODAY - age) + 1));
      await store.append(ids.map((id) => entry(id)));
      const [first, second] = ids;
      if (!first || !second) throw new Error('two ids are needed');
      await commitDeltas(store, second, []);
      expect((await store.expire(toIsoDate(TODAY))).droppedEntries).toBe(2);
      expect((await store.readStream(null, 10)).map(({ id }) => id)).toEqual(ids.slice(2));
    });

    it('leaves the newest id known, so that a dropped entry cannot come back', async () => {
      const store = await makeStore();
      const old = entryIdAt(instantOf(TODAY - 20));
      await store.append([entry(old)]);
      await commitDeltas(store, old, []);
      await store.expire(toIsoDate(TODAY));
      expect(await store.status()).toMatchObject({ newestEntry: old, waitingEntries: 0 });
      expect((await store.append([entry(old)])).conflicts).toEqual([old]);
    });

    it('drops buckets by the age of their kind and leaves younger ones', async () => {
      const store = await openedStore(makeStore);
      const recent = toIsoDate(TODAY - RETENTION.intradayDays);
      await commitDeltas(store, '1-0', [
        delta('sales_daily', '2026-01-05', '1:DAIRY', 1),
        delta('sales_daily', '2026-01-06', '1:DAIRY', 2),
        delta('sales_intraday', toIsoDate(TODAY - RETENTION.intradayDays - 1), '000', 3),
        delta('sales_intraday', recent, '000', 4),
        delta('sales_weekly', '2026-W02', '1:TOYS', 5),
        delta('sales_monthly', '2026-01', '1:TOYS', 6),
      ]);
      await store.compact({ through: '2026-01-06', limit: 9 });
      expect((await store.expire(toIsoDate(TODAY))).droppedBuckets).toBe(2);
      expect((await store.readBucket('sales_daily', '2026-01-05')).fields).toEqual({});
      expect((await store.readBucket('sales_daily', '2026-01-06')).fields).toEqual({ '1:DAIRY': 2 });
      expect((await store.readBucket('sales_intraday', recent)).fields).toEqual({ '000': 4 });
      expect((await store.readBucket('sales_weekly', '2026-W02')).fields['1:TOYS']).toBe(5);
      expect((await store.readBucket('sales_monthly', '2026-01')).fields['1:TOYS']).toBe(6);
      expect((await store.expire(toIsoDate(TODAY))).droppedBuckets).toBe(0);
    });

    it('keeps a daily bucket that is not compacted yet, however old it is', async () => {
      const store = await openedStore(makeStore);
      await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 1)]);
      await store.expire(toIsoDate(TODAY + 100));
      const reading = await store.readSeries('1:DAIRY', '2026-01-05');
      expect(reading?.milliUnits).toEqual(Int32Array.of(-1, 2000, 0, 4500, 1));
    });

    it('drops dead letters that are older than they are kept, and no others', async () => {
      const store = await makeStore();
      const letters = [RETENTION.deadLetterDays + 1, RETENTION.deadLetterDays, 1].map((age) => ({
        entryId: entryIdAt(instantOf(TODAY - age)),
        row: 0,
        raw: `${age}`,
        reason: 'units: missing',
      }));
      await store.commit({
        expectedWatermark: null,
        newWatermark: entryIdAt(instantOf(TODAY)),
        deltas: [],
        deadLetters: letters,
      });
      await store.expire(toIsoDate(TODAY));
      expect((await store.readDeadLetters(10)).map(({ raw }) => raw)).toEqual([
        '1',
        String(RETENTION.deadLetterDays),
      ]);
    });
  });
}
