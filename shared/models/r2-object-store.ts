import type { R2Bucket, R2Conditional, R2Objects } from '@cloudflare/workers-types';
import type { ObjectStore } from './object-store.ts';

/** R2 as the product's object store. */
export function createR2ObjectStore(bucket: R2Bucket): ObjectStore {
  return {
    get: async (key) => {
      const object = await bucket.get(key);
      if (!object) return null;
      return {
        etag: object.etag,
        bytes: async () => new Uint8Array(await object.arrayBuffer()),
        text: () => object.text(),
      };
    },
    put: async (key, body, onlyIf) => {
      const written = await bucket.put(key, body, onlyIf && { onlyIf: precondition(onlyIf.etag) });
      return written?.etag ?? null;
    },
    list: async (prefix) => {
      const keys: string[] = [];
      let cursor: string | undefined;
      do {
        const page: R2Objects = await bucket.list(cursor ? { prefix, cursor } : { prefix });
        keys.push(...page.objects.map(({ key }) => key));
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor);
      return keys;
    },
    delete: (key) => bucket.delete(key),
  };
}

/** `null`: only where nothing is, which HTTP writes as If-None-Match: *. */
function precondition(etag: string | null): R2Conditional {
  return etag === null ? { etagDoesNotMatch: '*' } : { etagMatches: etag };
}
