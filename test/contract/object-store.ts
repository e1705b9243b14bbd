import { expect, it } from 'vitest';
import type { ObjectStore } from '../../shared/artifacts/object-store.ts';

/** The contract of every object store. @param open gives an empty one */
export function describeObjectStore(open: () => ObjectStore | null): void {
  const test = (name: string, run: (store: ObjectStore) => Promise<void>) =>
    it(name, async (context) => {
      const store = open();
      return store === null ? context.skip('the service it needs is not there') : run(store);
    });

  test('gives back text and bytes under the etag of the writing', async (store) => {
    const etag = await store.put('a/ñ & b.json', 'ñ');
    const object = await store.get('a/ñ & b.json');
    expect(object?.etag).toBe(etag);
    expect(await object?.text()).toBe('ñ');
    expect(await object?.bytes()).toEqual(Uint8Array.of(0xc3, 0xb1));
    expect(await store.get('a/none')).toBeNull();
    await store.put('empty', new Uint8Array(0));
    expect(await (await store.get('empty'))?.text()).toBe('');
  });

  test('writes only over the version that was read', async (store) => {
    const first = await store.put('b', '1');
    expect(await store.put('b', '2', { etag: first })).not.toBeNull();
    expect(await store.put('b', '3', { etag: first })).toBeNull();
    expect(await (await store.get('b'))?.text()).toBe('2');
    expect(await store.put('not-there', '1', { etag: first })).toBeNull();
    expect(await store.get('not-there')).toBeNull();
  });

  test('writes only where nothing is, when asked to', async (store) => {
    expect(await store.put('c', '1', { etag: null })).not.toBeNull();
    expect(await store.put('c', '2', { etag: null })).toBeNull();
    expect(await (await store.get('c'))?.text()).toBe('1');
  });

  test('lists what starts with a prefix, page after page, with etag and time, and deletes', async (store) => {
    const keys = ['list/a', 'list/b c', 'list/d&e', 'list/z', 'list/ñ'];
    for (const key of [...keys, 'lists']) await store.put(key, 'x');
    expect([...(await store.list('list/'))].sort()).toEqual(keys);
    for (const { etag, modifiedAt } of await store.listEntries('list/')) {
      expect(etag).toBe('9dd4e461268c8034f5c8564e155c67a6');
      expect(modifiedAt.getTime()).toBeGreaterThan(Date.parse('2026-01-01'));
    }
    await store.delete('list/a');
    await store.delete('list/a');
    expect(await store.get('list/a')).toBeNull();
    expect(await store.list('list/')).toHaveLength(4);
    expect(await store.list('nothing/')).toEqual([]);
  });
}
