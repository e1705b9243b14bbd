import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { contentEtag } from '../../../workers/trainer/publish/object-store/content-etag.ts';

/** An object store in memory, with preconditions, whose clock is set by the test. */
export function createDatedStore(): ObjectStore & { now: Date } {
  const objects = new Map<string, { readonly body: Uint8Array; readonly modifiedAt: Date }>();
  const below = (prefix: string) => [...objects].filter(([key]) => key.startsWith(prefix));
  const store: ObjectStore & { now: Date } = {
    now: new Date(0),
    get: async (key) => {
      const body = objects.get(key)?.body;
      if (!body) return null;
      return {
        etag: contentEtag(body),
        bytes: async () => body,
        text: async () => new TextDecoder().decode(body),
      };
    },
    put: async (key, content, onlyIf) => {
      const stored = objects.get(key);
      if (onlyIf && (stored ? contentEtag(stored.body) : null) !== onlyIf.etag) return null;
      const body = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      objects.set(key, { body, modifiedAt: store.now });
      return contentEtag(body);
    },
    list: async (prefix) => below(prefix).map(([key]) => key),
    listEntries: async (prefix) =>
      below(prefix).map(([key, { body, modifiedAt }]) => ({ key, etag: contentEtag(body), modifiedAt })),
    delete: async (key) => {
      objects.delete(key);
    },
  };
  return store;
}
