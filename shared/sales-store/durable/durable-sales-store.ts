import type { SalesStore } from '../sales-store.ts';
import { type Answer, unwrap } from './answer.ts';

/** One object holds the whole store, or its first partition; its name must never change. */
const OBJECT_NAME = 'sales';

/** The object of a partition: the first has the name of an undivided store, so that the two cannot be mixed up. */
export function partitionObjectName(index: number): string {
  return index === 0 ? OBJECT_NAME : `${OBJECT_NAME}:partition:${index}`;
}

/**
 * The namespace of `SalesStoreObject`, without the platform's own typing of calls, which loses read-only arrays, and
 * without its types at all, so that programs outside workerd can hold one too.
 */
export interface StoreNamespace {
  getByName(name: string): unknown;
}

type RemoteStore = {
  [Method in keyof SalesStore]: (
    ...args: Parameters<SalesStore[Method]>
  ) => Promise<Answer<Awaited<ReturnType<SalesStore[Method]>>>>;
};

/**
 * The embedded store as seen by the Workers: each call is one RPC call to the object.
 * Refused arguments arrive as the typed errors they were; faults of the store as plain errors.
 *
 * @param objectName another object than the product's own, for tests.
 */
export function createDurableSalesStore(namespace: StoreNamespace, objectName = OBJECT_NAME): SalesStore {
  // A stub is broken for good once a call has failed on the way, so that every call takes a fresh one (which is free).
  const object = () => namespace.getByName(objectName) as RemoteStore;
  return {
    append: async (entries) => unwrap(await object().append(entries)),
    ingest: async (delivery) => unwrap(await object().ingest(delivery)),
    readBacklog: async (limits) => unwrap(await object().readBacklog(limits)),
    commit: async (commit) => unwrap(await object().commit(commit)),
    readBucket: async (kind, period) => unwrap(await object().readBucket(kind, period)),
    readField: async (kind, periods, field) => unwrap(await object().readField(kind, periods, field)),
    readSeries: async (series, closedThrough) => unwrap(await object().readSeries(series, closedThrough)),
    readManySeries: async (series, closedThrough) =>
      unwrap(await object().readManySeries(series, closedThrough)),
    status: async () => unwrap(await object().status()),
    readDeadLetters: async (limit) => unwrap(await object().readDeadLetters(limit)),
    readStream: async (after, limit) => unwrap(await object().readStream(after, limit)),
    readOpening: async (kind, period) => unwrap(await object().readOpening(kind, period)),
    claimPartition: async (partition) => unwrap(await object().claimPartition(partition)),
    openHistory: async (opening) => unwrap(await object().openHistory(opening)),
    importHistory: async (chunk) => unwrap(await object().importHistory(chunk)),
    compact: async (request) => unwrap(await object().compact(request)),
    expire: async (today) => unwrap(await object().expire(today)),
  };
}
