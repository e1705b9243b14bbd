import { createHash } from 'node:crypto';
import type { ListedObject, ObjectStore, StoredObject } from '../../../shared/artifacts/object-store.ts';
import { type RedisBridge, subtractCalls } from '../redis-bridge/redis-bridge.ts';
import { sum, times, type Usage } from './usage.ts';

/** Commands counted by Redis itself, bytes by the bridge, operations by the object store. */
export interface Meter {
  /** The usage of some work. */
  measure(work: () => Promise<unknown>): Promise<Usage>;
}

export function createMeter(bridge: RedisBridge, objects: CountingObjects): Meter {
  const read = async () => {
    const { receivedBytes, sentBytes } = bridge.traffic();
    return {
      calls: await bridge.billedCommands(),
      usage: { redis_traffic_bytes: receivedBytes + sentBytes, ...objects.operations() } satisfies Usage,
    };
  };
  return {
    measure: async (work) => {
      const before = await read();
      await work();
      const after = await read();
      const calls = subtractCalls(after.calls, before.calls);
      const redis_commands = [...calls.values()].reduce((all, count) => all + count, 0);
      return sum([{ redis_commands }, after.usage, times(before.usage, -1)]);
    },
  };
}

/** An object store in memory that counts operations as R2 bills them. */
export class CountingObjects implements ObjectStore {
  readonly #objects = new Map<string, { readonly body: Buffer; readonly etag: string; readonly at: Date }>();
  #reads = 0;
  #writes = 0;

  /** Operations so far, and bytes held. */
  usage(): { r2_reads: number; r2_writes: number; r2_storage_bytes: number } {
    let bytes = 0;
    for (const { body } of this.#objects.values()) bytes += body.length;
    return { r2_reads: this.#reads, r2_writes: this.#writes, r2_storage_bytes: bytes };
  }

  /** Operations alone, for differences. */
  operations(): Usage {
    return { r2_reads: this.#reads, r2_writes: this.#writes };
  }

  async get(key: string): Promise<StoredObject | null> {
    this.#reads++;
    const object = this.#objects.get(key);
    if (!object) return null;
    const { body, etag } = object;
    return { etag, bytes: async () => new Uint8Array(body), text: async () => body.toString() };
  }

  async put(
    key: string,
    content: Uint8Array | string,
    onlyIf?: { readonly etag: string | null },
  ): Promise<string | null> {
    this.#writes++;
    if (onlyIf && (this.#objects.get(key)?.etag ?? null) !== onlyIf.etag) return null;
    const body = Buffer.from(content as string);
    const etag = createHash('md5').update(body).digest('hex');
    this.#objects.set(key, { body, etag, at: new Date(0) });
    return etag;
  }

  async list(prefix: string): Promise<readonly string[]> {
    this.#writes++; // Listings are class A.
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix));
  }

  async listEntries(prefix: string): Promise<readonly ListedObject[]> {
    this.#writes++;
    return [...this.#objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { etag, at }]) => ({ key, etag, modifiedAt: at }));
  }

  async delete(key: string): Promise<void> {
    this.#objects.delete(key);
  }
}
