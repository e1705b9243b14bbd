import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePartitionId } from '../../../shared/sales-store/partition-id.ts';
import { anyFamily, anyStore, HOSTILE_FAMILIES, HOSTILE_STORES } from '../../support/ids/hostile-ids.ts';
import { followRetailer, hostileDataset } from '../../support/ids/hostile-pipeline.ts';
import { MemoryObjects } from '../../support/object-store/memory-objects.ts';
import { describeWithRedis, emptyStore } from '../../support/redis/with-redis.ts';

describeWithRedis('ids as people have them, in Redis', (bridge) => {
  it('come through with every number', async () => {
    const { store } = emptyStore(bridge());
    await followRetailer(hostileDataset(HOSTILE_STORES, HOSTILE_FAMILIES), [store], new MemoryObjects());
  });

  it('come through three partitions', async () => {
    const parts = [0, 1, 2].map(() => emptyStore(bridge()).store);
    await followRetailer(
      hostileDataset(HOSTILE_STORES, HOSTILE_FAMILIES.slice(0, 4)),
      parts,
      new MemoryObjects(),
    );
    const statuses = await Promise.all(parts.map((part) => part.status()));
    expect(statuses.map(({ partition }) => partition)).toEqual(
      [0, 1, 2].map((i) => parsePartitionId(`${i}/3`)),
    );
    for (const { storeCount } of statuses) expect(storeCount).toBeGreaterThan(0);
  });

  it('come through whatever they are', async () => {
    const some = <T>(names: fc.Arbitrary<T>) => fc.uniqueArray(names, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(some(anyStore), some(anyFamily), async (stores, families) => {
        await followRetailer(
          hostileDataset(stores, families),
          [emptyStore(bridge()).store],
          new MemoryObjects(),
        );
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });
});
