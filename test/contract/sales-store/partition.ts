import { describe, expect, it } from 'vitest';
import { PartitionCountError } from '../../../shared/sales-store/partition-id.ts';
import { commitDeltas, delta, entry, type MakeStore } from './context.ts';

export function describePartition(makeStore: MakeStore): void {
  describe('a claim', () => {
    it('makes an empty store a partition, once and for all', async () => {
      const store = await makeStore();
      expect((await store.status()).partition).toBeNull();
      await store.claimPartition({ index: 3, count: 8 });
      await store.claimPartition({ index: 3, count: 8 });
      expect((await store.status()).partition).toEqual({ index: 3, count: 8 });
      const others = [
        { index: 2, count: 8 },
        { index: 3, count: 16 },
        { index: 0, count: 1 },
      ];
      for (const other of others) {
        const claim = store.claimPartition(other);
        await expect(claim).rejects.toThrow(PartitionCountError);
        await expect(claim).rejects.toThrow(/is partition 3 of 8/);
      }
      expect((await store.status()).partition).toEqual({ index: 3, count: 8 });
    });

    it('outlives what is written into the partition', async () => {
      const store = await makeStore();
      await store.claimPartition({ index: 1, count: 2 });
      await store.append([entry('1-0')]);
      await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 5)]);
      await store.claimPartition({ index: 1, count: 2 });
      expect(await store.status()).toMatchObject({ watermark: '1-0', partition: { index: 1, count: 2 } });
    });

    it.each([
      ['an entry', (store) => store.append([entry('1-0')])],
      ['a commit', (store) => commitDeltas(store, '1-0', [])],
      [
        'an open history',
        (store) => store.openHistory({ liveFrom: '2026-01-05', storeCount: 0, openingBalances: [] }),
      ],
    ] satisfies [string, (store: Awaited<ReturnType<MakeStore>>) => Promise<unknown>][])(
      'is refused by a whole store with %s',
      async (_, fill) => {
        const store = await makeStore();
        await fill(store);
        const before = await store.status();
        await expect(store.claimPartition({ index: 0, count: 8 })).rejects.toThrow(/is not divided/);
        expect(await store.status()).toEqual(before);
      },
    );
  });
}
