import type { ListedObject, ObjectStore, StoredObject } from '../../../shared/artifacts/object-store.ts';

/** An object store in memory that counts how often each key was read, and whose reads can be made to fail. */
export class MemoryObjects implements ObjectStore {
  readonly reads = new Map<string, number>();
  failure: Error | null = null;
  readonly #objects = new Map<string, { readonly body: Uint8Array; readonly etag: string }>();
  #writes = 0;

  async get(key: string): Promise<StoredObject | null> {
    this.reads.set(key, (this.reads.get(key) ?? 0) + 1);
    if (this.failure) throw this.failure;
    const object = this.#objects.get(key);
    if (!object) return null;
    return {
      etag: object.etag,
      bytes: async () => object.body.slice(),
      text: async () => new TextDecoder().decode(object.body),
    };
  }

  async put(key: string, body: Uint8Array | string): Promise<string> {
    const etag = `etag-${++this.#writes}`;
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body.slice();
    this.#objects.set(key, { body: bytes, etag });
    return etag;
  }

  async list(prefix: string): Promise<readonly string[]> {
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix));
  }

  async listEntries(prefix: string): Promise<readonly ListedObject[]> {
    return [...this.#objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { etag }]) => ({ key, etag, modifiedAt: new Date(0) }));
  }

  async delete(key: string): Promise<void> {
    this.#objects.delete(key);
  }
}
