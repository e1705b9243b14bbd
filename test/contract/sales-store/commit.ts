import { describe, expect, it } from 'vitest';
import type { BucketDelta, BucketKind } from '../../../shared/sales-store/sales-store.ts';
import { commitDeltas, delta, type MakeStore } from './context.ts';

const GOOD = delta('sales_daily', '2026-01-05', '1:DAIRY', 5);

export function describeCommit(makeStore: MakeStore): void {
  describe('a commit', () => {
    it('adds sums to every kind of bucket, which carries the watermark', async () => {
      const store = await makeStore();
      const deltas = [
        delta('sales_daily', '2026-01-05', '1:DAIRY', 1500),
        delta('sales_weekly', '2026-W02', '1:DAIRY', 1500),
        delta('sales_monthly', '2026-01', '1:DAIRY', 1500),
        delta('sales_intraday', '2026-01-05', '000', 700),
        delta('sales_intraday', '2026-01-05', '287', 800),
        delta('transactions_daily', '2026-01-05', '1', 12),
      ];
      expect(await commitDeltas(store, '10-0', deltas)).toBe('applied');
      expect(await commitDeltas(store, '20-0', deltas)).toBe('applied');
      for (const { kind, period, field, value } of deltas) {
        const bucket = await store.readBucket(kind, period);
        expect(bucket).toMatchObject({ kind, period, watermark: '20-0' });
        expect(bucket.fields[field]).toBe(2 * value);
      }
    });

    it('keeps the largest number of promoted items, not their sum', async () => {
      const store = await makeStore();
      const promoted = (value: number) => delta('onpromotion_daily', '2026-01-05', '1:DAIRY', value);
      await commitDeltas(store, '1-0', [promoted(3), promoted(7), promoted(5)]);
      await commitDeltas(store, '2-0', [promoted(6)]);
      expect((await store.readBucket('onpromotion_daily', '2026-01-05')).fields).toEqual({ '1:DAIRY': 7 });
    });

    it('adds up several changes of one field, zero included, and keeps names as they are', async () => {
      const store = await makeStore();
      const names = ['1:A"B\\C', '1:é ñ 🧀', "1:L'ART: x", '1:__proto__', '10:DAIRY', '1:DAIRY'];
      await commitDeltas(store, '1-0', [
        ...names.map((name) => delta('sales_daily', '2026-01-05', name, 2)),
        ...names.map((name) => delta('sales_daily', '2026-01-05', name, 3)),
        delta('sales_daily', '2026-01-05', '2:EGGS', 0),
      ]);
      const { fields } = await store.readBucket('sales_daily', '2026-01-05');
      expect(fields).toEqual({ ...Object.fromEntries(names.map((name) => [name, 5])), '2:EGGS': 0 });
    });

    it('leaves the watermark of buckets alone that it does not touch', async () => {
      const store = await makeStore();
      await commitDeltas(store, '1-0', [GOOD]);
      await commitDeltas(store, '2-0', [delta('sales_daily', '2026-01-06', '1:DAIRY', 1)]);
      expect((await store.readBucket('sales_daily', '2026-01-05')).watermark).toBe('1-0');
      expect((await store.status()).watermark).toBe('2-0');
    });

    it('says that a repeated commit is already applied, and adds nothing', async () => {
      const store = await makeStore();
      const commit = {
        expectedWatermark: null,
        newWatermark: '10-0',
        deltas: [GOOD],
        deadLetters: [{ entryId: '10-0', row: 3, raw: '{}', reason: 'units: missing' }],
      } as const;
      expect(await store.commit(commit)).toBe('applied');
      expect(await store.commit(commit)).toBe('already-applied');
      expect((await store.readBucket('sales_daily', '2026-01-05')).fields).toEqual({ '1:DAIRY': 5 });
      expect(await store.readDeadLetters(10)).toHaveLength(1);
    });

    it('loses the race when the watermark has moved elsewhere, and writes nothing', async () => {
      const store = await makeStore();
      await commitDeltas(store, '10-0', [GOOD]);
      const late = {
        expectedWatermark: null,
        newWatermark: '20-0',
        deltas: [GOOD],
        deadLetters: [{ entryId: '20-0', row: 0, raw: 'x', reason: 'y' }],
      } as const;
      expect(await store.commit(late)).toBe('lost-race');
      expect(await store.commit({ ...late, expectedWatermark: '9-0' })).toBe('lost-race');
      expect(await store.commit({ ...late, expectedWatermark: '11-0' })).toBe('lost-race');
      expect((await store.readBucket('sales_daily', '2026-01-05')).fields).toEqual({ '1:DAIRY': 5 });
      expect((await store.status()).watermark).toBe('10-0');
      expect(await store.readDeadLetters(10)).toEqual([]);
    });

    it('keeps dead letters as they came, the newest first', async () => {
      const store = await makeStore();
      const letters = [
        { entryId: '10-0', row: -1, raw: 'not { json\n"é"', reason: 'not JSON' },
        { entryId: '10-0', row: 4, raw: '{"units":-1}', reason: 'units: too small' },
      ] as const;
      await store.commit({ expectedWatermark: null, newWatermark: '10-0', deltas: [], deadLetters: letters });
      expect(await store.readDeadLetters(10)).toEqual([letters[1], letters[0]]);
      expect(await store.readDeadLetters(1)).toEqual([letters[1]]);
      expect((await store.status()).deadLetters).toBe(2);
    });

    const bad: [string, BucketDelta, RegExp][] = [
      ['a fraction', { ...GOOD, value: 0.5 }, /whole number/],
      ['not a number', { ...GOOD, value: Number.NaN }, /whole number/],
      ['an unsafe integer', { ...GOOD, value: 2 ** 53 }, /whole number/],
      ['an unknown kind', { ...GOOD, kind: 'sales_hourly' as BucketKind }, /kind must be one of/],
      ['a kind of Object.prototype', { ...GOOD, kind: 'toString' as BucketKind }, /kind must be one of/],
      ['a period of another kind', { ...GOOD, period: '2026-W02' }, /period/],
      ['a field without a store', { ...GOOD, field: 'DAIRY' }, /field/],
      ['a slot past the day', delta('sales_intraday', '2026-01-05', '288', 1), /field/],
      ['more promoted items than fit', delta('onpromotion_daily', '2026-01-05', '1:A', 65_536), /65535/],
    ];
    it.each(bad)('with %s is refused as a whole', async (_, wrong, message) => {
      const store = await makeStore();
      await expect(commitDeltas(store, '10-0', [GOOD, wrong])).rejects.toThrow(message);
      expect((await store.readBucket('sales_daily', '2026-01-05')).fields).toEqual({});
      expect((await store.status()).watermark).toBeNull();
    });

    it('that sums beyond what a number holds exactly is refused as a whole', async () => {
      const store = await makeStore();
      const huge = { ...GOOD, value: Number.MAX_SAFE_INTEGER };
      await expect(commitDeltas(store, '10-0', [huge, { ...GOOD, value: 1 }])).rejects.toThrow(/2\^53/);
      expect((await store.status()).watermark).toBeNull();
    });

    it('that moves the watermark backwards is refused', async () => {
      const store = await makeStore();
      await commitDeltas(store, '10-0', [GOOD]);
      await expect(commitDeltas(store, '9-9', [GOOD])).rejects.toThrow(/must lie above/);
      await expect(commitDeltas(store, 'x' as '0-0', [])).rejects.toThrow(/not an entry id/);
    });

    it('lets one field be read over several periods, in their order', async () => {
      const store = await makeStore();
      await commitDeltas(store, '1-0', [
        GOOD,
        delta('sales_daily', '2026-01-06', '1:EGGS', 1),
        delta('sales_daily', '2026-01-07', '1:DAIRY', 7),
      ]);
      const periods = ['2026-01-07', '2026-01-06', '2026-01-05', '2026-01-07'];
      expect(await store.readField('sales_daily', periods, '1:DAIRY')).toEqual([7, null, 5, 7]);
      expect(await store.readField('sales_daily', [], '1:DAIRY')).toEqual([]);
    });
  });
}
