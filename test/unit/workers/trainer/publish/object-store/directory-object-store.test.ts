import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../../../../shared/artifacts/object-store.ts';
import {
  createDirectorySink,
  InvalidObjectKeyError,
} from '../../../../../../workers/trainer/publish/object-store/directory-object-store.ts';

describe('an object store in a directory', () => {
  let directory: string;
  let store: ObjectStore;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'object-store-'));
    store = createDirectorySink(join(directory, 'out'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('returns what was put, with an etag that follows the content', async () => {
    const etag = await store.put('a/b.json', '{"x":1}');
    const object = await store.get('a/b.json');
    expect(await object?.text()).toBe('{"x":1}');
    expect(object?.etag).toBe(etag);
    expect(await store.put('a/b.json', new Uint8Array([1, 2, 255]))).not.toBe(etag);
    expect([...((await (await store.get('a/b.json'))?.bytes()) ?? [])]).toEqual([1, 2, 255]);
  });

  it('returns null for a missing key', async () => {
    expect(await store.get('a/b.json')).toBeNull();
    expect(await store.list('')).toEqual([]);
    await store.delete('a/b.json');
  });

  it('overwrites the expected version only', async () => {
    const first = await store.put('champion.json', 'one');
    expect(await store.put('champion.json', 'two', { etag: 'stale' })).toBeNull();
    expect(await (await store.get('champion.json'))?.text()).toBe('one');
    expect(await store.put('champion.json', 'two', { etag: first })).not.toBeNull();
    expect(await (await store.get('champion.json'))?.text()).toBe('two');
    expect(await store.put('other.json', 'x', { etag: 'stale' })).toBeNull();
  });

  it('lets exactly one of many writers create an object or replace a version', async () => {
    const writers = Array.from({ length: 12 }, (_, writer) => String(writer));
    const created = await Promise.all(writers.map((body) => store.put('new.json', body, { etag: null })));
    expect(created.filter((etag) => etag !== null)).toHaveLength(1);
    const etag = created.find((candidate) => candidate !== null) ?? '';
    const replaced = await Promise.all(writers.map((body) => store.put('new.json', `${body}!`, { etag })));
    expect(replaced.filter((candidate) => candidate !== null)).toHaveLength(1);
  });

  it('lists by prefix, sorted, and leaves no partial files', async () => {
    for (const key of ['replay/2.json', 'replay/1.json', 'plan/promotions/w.json']) await store.put(key, 'x');
    await store.delete('plan/promotions/w.json');
    expect(await store.list('replay/')).toEqual(['replay/1.json', 'replay/2.json']);
    expect(await store.list('')).toEqual(['replay/1.json', 'replay/2.json']);
    expect((await readdir(join(directory, 'out', 'replay'))).sort()).toEqual(['1.json', '2.json']);
  });

  it('lists etag and time of each object', async () => {
    const etag = await store.put('a/b.json', 'x');
    await store.put('other.json', 'x');
    const [entry, ...others] = await store.listEntries('a/');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ key: 'a/b.json', etag });
    expect(etag).toBe('9dd4e461268c8034f5c8564e155c67a6');
    expect(Math.abs(Date.now() - (entry?.modifiedAt.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it.each(['../x', 'a/../../x', '/x', 'a//b', '', 'a/./b', 'x.partial'])(
    'refuses the key "%s"',
    async (key) => {
      await expect(store.put(key, 'x')).rejects.toThrow(InvalidObjectKeyError);
      await expect(store.get(key)).rejects.toThrow(InvalidObjectKeyError);
    },
  );
});
