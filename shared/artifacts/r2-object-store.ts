import type { R2Bucket, R2Conditional, R2Objects } from '@cloudflare/workers-types';
import { messageOf } from '../errors/message-of.ts';
import type { ListedObject, ObjectStore } from './object-store.ts';

/** R2 behind the `ObjectStore` interface. */
export function createR2ObjectStore(bucket: R2Bucket): ObjectStore {
  return {
    get: async (key) => {
      const object = await bucket.get(key);
      if (!object) return null;
      return {
        etag: object.etag,
        bytes: () => readable(key, async () => new Uint8Array(await object.arrayBuffer())),
        text: () => readable(key, () => object.text()),
      };
    },
    put: async (key, body, onlyIf) => {
      const written = await bucket.put(key, body, onlyIf && { onlyIf: precondition(onlyIf.etag) });
      return written?.etag ?? null;
    },
    list: async (prefix) => (await listEntries(bucket, prefix)).map(({ key }) => key),
    listEntries: (prefix) => listEntries(bucket, prefix),
    delete: (key) => bucket.delete(key),
  };
}

/** The runtime's own error about a content that breaks off names no object. */
async function readable<T>(key: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const message = `${key} cannot be read: ${messageOf(cause)}; if it stays so, restore it or publish again`;
    throw new Error(message, { cause });
  }
}

async function listEntries(bucket: R2Bucket, prefix: string): Promise<ListedObject[]> {
  const entries: ListedObject[] = [];
  let cursor: string | undefined;
  do {
    const page: R2Objects = await bucket.list(cursor ? { prefix, cursor } : { prefix });
    for (const { key, etag, uploaded } of page.objects) entries.push({ key, etag, modifiedAt: uploaded });
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return entries;
}

/** `null`: only if no object exists, `If-None-Match: *` in HTTP. */
function precondition(etag: string | null): R2Conditional {
  return etag === null ? { etagDoesNotMatch: '*' } : { etagMatches: etag };
}
