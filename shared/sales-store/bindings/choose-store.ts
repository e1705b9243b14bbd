import { UserError } from '../../errors/user-error.ts';
import { createDurableSalesStore, partitionObjectName } from '../durable/durable-sales-store.ts';
import { MAX_PARTITIONS } from '../partitioned/partition.ts';
import { createPartitionedStore, type PartitionedStore } from '../partitioned/partitioned-store.ts';
import type { SalesStore } from '../sales-store.ts';
import { partitionNamespace } from '../upstash/keys.ts';
import { createUpstashClient } from '../upstash/redis-client.ts';
import { createUpstashSalesStore } from '../upstash/upstash-sales-store.ts';

/** What a Worker has to say about where its sales are kept. */
export interface StoreBindings {
  /** The embedded store's objects; a Worker of the split deployment has none. */
  readonly SALES_STORE?: Parameters<typeof createDurableSalesStore>[0];
  readonly UPSTASH_REDIS_REST_URL?: string;
  /** A secret. The API's Worker is given the database's read-only token. */
  readonly UPSTASH_REDIS_REST_TOKEN?: string;
  /** How many partitions stream and feature store have, 1 by default; it cannot change while they hold sales. */
  readonly STREAM_PARTITIONS?: string | undefined;
}

/** The Worker does not say where sales are kept; the message tells what to set. */
class StoreConfigurationError extends UserError {
  override readonly name = 'StoreConfigurationError';
}

/**
 * Upstash Redis where its address and token are given, else the embedded store.
 *
 * @throws {StoreConfigurationError} for one without the other, where neither store is there, and for a number of
 *   partitions that is none.
 */
export function chooseStore(bindings: StoreBindings): PartitionedStore {
  const count = parsePartitionCount(bindings.STREAM_PARTITIONS);
  if (count === null) {
    throw new StoreConfigurationError(`STREAM_PARTITIONS must be a whole number in 1..${MAX_PARTITIONS}`);
  }
  const makeStore = chooseAdapter(bindings);
  return createPartitionedStore(Array.from({ length: count }, (_, index) => makeStore(index)));
}

/** @returns what makes the store of a partition. */
function chooseAdapter(bindings: StoreBindings): (partition: number) => SalesStore {
  const { SALES_STORE, UPSTASH_REDIS_REST_URL: url = '', UPSTASH_REDIS_REST_TOKEN: token = '' } = bindings;
  if (url !== '' && token !== '') {
    if (!/^https?:\/\/[^\s/]+/.test(url)) {
      throw new StoreConfigurationError(
        'UPSTASH_REDIS_REST_URL must be an address such as https://eu1-x.upstash.io',
      );
    }
    const client = createUpstashClient({ url, token });
    return (index) => createUpstashSalesStore(client, { namespace: partitionNamespace(index) });
  }
  if (url !== '' || token !== '') {
    const missing = url === '' ? 'UPSTASH_REDIS_REST_URL' : 'UPSTASH_REDIS_REST_TOKEN';
    throw new StoreConfigurationError(`${missing} is missing: set both for Upstash Redis, or neither`);
  }
  if (!SALES_STORE) {
    throw new StoreConfigurationError(
      'no store: set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, or bind SALES_STORE to the embedded store',
    );
  }
  return (index) => createDurableSalesStore(SALES_STORE, partitionObjectName(index));
}

/**
 * Reads `STREAM_PARTITIONS`: how many partitions the stream and the feature store have; 1 where it is not set.
 *
 * @returns null for anything but a whole number in 1..`MAX_PARTITIONS`.
 */
export function parsePartitionCount(text: string | undefined): number | null {
  if (text === undefined || text === '') return 1;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MAX_PARTITIONS ? count : null;
}
