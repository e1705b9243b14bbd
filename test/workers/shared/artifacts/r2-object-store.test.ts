import { describe, expect, it } from 'vitest';
import { createR2ObjectStore } from '../../../../shared/artifacts/r2-object-store.ts';
import { bindings } from '../../bindings.ts';

const objects = createR2ObjectStore(bindings.ARTIFACTS);

describe('R2 as the object store', () => {
  it('gives back bytes and text under the etag of the writing', async () => {
    const etag = await objects.put('r2/a', 'ñ');
    const text = await objects.get('r2/a');
    expect(text?.etag).toBe(etag);
    expect(await text?.text()).toBe('ñ');
    expect(await (await objects.get('r2/a'))?.bytes()).toEqual(Uint8Array.of(0xc3, 0xb1));
    expect(await objects.get('r2/none')).toBeNull();
  });

  it('names the object whose content breaks off', async () => {
    await objects.put('r2/broken', 'whole');
    const fails = () => Promise.reject(new TypeError('FixedLengthStream did not see all expected bytes'));
    const truncated = {
      get: async (key: string) => {
        const object = await bindings.ARTIFACTS.get(key);
        return object && { etag: object.etag, text: fails, arrayBuffer: fails };
      },
    };
    const broken = await createR2ObjectStore(truncated as unknown as R2Bucket).get('r2/broken');
    const message = 'r2/broken cannot be read: FixedLengthStream did not see all expected bytes; ';
    await expect(broken?.text()).rejects.toThrow(message);
    await expect(broken?.bytes()).rejects.toThrow(message);
  });

  it('writes only over the version that was read', async () => {
    const first = await objects.put('r2/b', '1');
    const second = await objects.put('r2/b', '2', { etag: first });
    expect(second).not.toBeNull();
    expect(await objects.put('r2/b', '3', { etag: first })).toBeNull();
    expect(await (await objects.get('r2/b'))?.text()).toBe('2');
  });

  it('writes only where nothing is, when asked to', async () => {
    expect(await objects.put('r2/c', '1', { etag: null })).not.toBeNull();
    expect(await objects.put('r2/c', '2', { etag: null })).toBeNull();
    expect(await (await objects.get('r2/c'))?.text()).toBe('1');
  });

  it('lists every key below a prefix, page after page, and deletes', async () => {
    const twoAPage = { list: (options: R2ListOptions) => bindings.ARTIFACTS.list({ ...options, limit: 2 }) };
    const keys = ['r2/list/a', 'r2/list/b', 'r2/list/c', 'r2/list/d', 'r2/list/e'];
    for (const key of [...keys, 'r2/lists']) await objects.put(key, '');
    expect(await createR2ObjectStore(twoAPage as unknown as R2Bucket).list('r2/list/')).toEqual(keys);
    await objects.delete('r2/list/a');
    expect(await objects.list('r2/list/')).toEqual(keys.slice(1));
    const [first] = await objects.listEntries('r2/list/');
    // The MD5 of nothing.
    expect(first).toMatchObject({ key: 'r2/list/b', etag: 'd41d8cd98f00b204e9800998ecf8427e' });
    expect(Date.now() - (first?.modifiedAt.getTime() ?? 0)).toBeLessThan(60_000);
  });
});
