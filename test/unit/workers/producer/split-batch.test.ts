import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partitionOfStore } from '../../../../shared/sales-store/partitioned/partition.ts';
import type { TransactionBatch } from '../../../../shared/schemas/transaction.ts';
import { splitBatch } from '../../../../workers/producer/split-batch.ts';

const storeNbr = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map(String),
  fc.constantFrom('007', 'a:b', '50%', '__proto__'),
);
const batch: fc.Arbitrary<TransactionBatch> = fc.record({
  transactions: fc.array(
    fc.record({
      id: fc.string({ minLength: 1 }),
      ts: fc.nat(),
      store_nbr: storeNbr,
      family: fc.constant('DAIRY'),
      units: fc.nat(9),
      onpromotion: fc.nat(3),
    }),
  ),
  tickets: fc.dictionary(storeNbr, fc.nat(100)),
});

it('the parts of a batch are the batch: every row and ticket once, in its partition, in its order', () => {
  fc.assert(
    fc.property(batch, fc.integer({ min: 2, max: 16 }), (whole, count) => {
      const parts = splitBatch(whole, count);
      expect(parts).toHaveLength(count);
      parts.forEach(({ transactions, tickets }, index) => {
        const isOwn = (store: string) => partitionOfStore(store, count) === index;
        expect(transactions).toEqual(whole.transactions.filter((row) => isOwn(row.store_nbr)));
        expect(Object.entries(tickets ?? {})).toEqual(
          Object.entries(whole.tickets ?? {}).filter(([store]) => isOwn(store)),
        );
      });
    }),
  );
});

it('a batch of an undivided stream is left alone, to the last byte', () => {
  fc.assert(
    fc.property(batch, (whole) => {
      expect(splitBatch(whole, 1)).toEqual([whole]);
      expect(JSON.stringify(splitBatch(whole, 1)[0])).toBe(JSON.stringify(whole));
    }),
  );
});
