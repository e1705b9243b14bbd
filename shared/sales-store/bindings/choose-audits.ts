import type { BucketAudit } from '../bucket-audit.ts';
import { createDurableAudit } from '../durable/audit.ts';
import { partitionObjectName } from '../durable/durable-sales-store.ts';
import { createUpstashAudit } from '../upstash/audit.ts';
import { partitionNamespace } from '../upstash/keys.ts';
import { createUpstashClient } from '../upstash/redis-client.ts';
import { chooseStore, type StoreBindings } from './choose-store.ts';

/**
 * The audits of the store that `chooseStore` chooses, one for each of its partitions.
 *
 * @throws what `chooseStore` throws.
 */
export function chooseAudits(bindings: StoreBindings): readonly BucketAudit[] {
  const { SALES_STORE, UPSTASH_REDIS_REST_URL: url = '', UPSTASH_REDIS_REST_TOKEN: token = '' } = bindings;
  const { partitions } = chooseStore(bindings);
  if (url !== '' || !SALES_STORE) {
    const client = createUpstashClient({ url, token });
    return partitions.map(({ index }) =>
      createUpstashAudit(client, { namespace: partitionNamespace(index) }),
    );
  }
  return partitions.map(({ index }) => createDurableAudit(SALES_STORE, partitionObjectName(index)));
}
