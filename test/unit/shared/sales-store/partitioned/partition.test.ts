import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionOfStore } from '../../../../../shared/sales-store/partitioned/partition.ts';

const storeNbr = fc.integer({ min: 1, max: 99_999 });

/** Stores of each partition. */
function loads(stores: readonly number[], count: number): number[] {
  const found = Array.from({ length: count }, () => 0);
  for (const store of stores) {
    const partition = partitionOfStore(String(store), count);
    found[partition] = (found[partition] ?? 0) + 1;
  }
  return found;
}

describe('the partition of a store', () => {
  it('is what it has always been: stored sales depend on it', () => {
    const eight = Array.from({ length: 20 }, (_, i) => partitionOfStore(String(i + 1), 8));
    expect(eight).toEqual([4, 1, 6, 3, 0, 5, 2, 7, 4, 1, 6, 3, 0, 5, 2, 7, 4, 0, 5, 2]);
    expect([1, 44, 54, 1000, 99_999].map((store) => partitionOfStore(String(store), 64))).toEqual([
      39, 12, 23, 2, 49,
    ]);
  });

  it('is the only one where there is one', () => {
    fc.assert(fc.property(storeNbr, (store) => partitionOfStore(String(store), 1) === 0));
  });

  it('is one of those there are, and one of its two halves where there are twice as many', () => {
    fc.assert(
      fc.property(storeNbr, fc.integer({ min: 1, max: 32 }), (store, count) => {
        const partition = partitionOfStore(String(store), count);
        expect(Number.isInteger(partition) && partition >= 0 && partition < count).toBe(true);
        expect(Math.floor(partitionOfStore(String(store), 2 * count) / 2)).toBe(partition);
      }),
    );
  });

  it.each([
    ['54 stores one after the other', 54, 1, 8, 1.2],
    ['1,000 stores one after the other', 1000, 1, 8, 1.05],
    ['1,000 stores one after the other', 1000, 1, 64, 1.2],
    ['1,000 stores in tens', 1000, 10, 8, 1.1],
    ['900 stores in hundreds', 900, 100, 8, 1.2],
    ['1,000 even stores', 1000, 2, 8, 1.1],
  ])('spreads %s: %i in steps of %i over %i', (_, stores, step, count, most) => {
    const found = loads(
      Array.from({ length: stores }, (_, i) => (i + 1) * step),
      count,
    );
    expect(Math.max(...found) / (stores / count)).toBeLessThan(most);
  });
});
