import objects from '../../fixtures/numeric-stores/objects.json' with { type: 'json' };
import { MemoryObjects } from '../object-store/memory-objects.ts';

/** The series of the fixture. */
export const OLD_SERIES = ['1', '2', '10'].flatMap((store) =>
  ['DAIRY', 'GROCERY I', 'BREAD/BAKERY'].map((family) => `${store}:${family}`),
);

/** The dataset of the fixture as it was published, with numbers for stores. */
export async function openOldObjects(): Promise<MemoryObjects> {
  const store = new MemoryObjects();
  for (const [key, value] of objects) await store.put(String(key), JSON.stringify(value));
  return store;
}
