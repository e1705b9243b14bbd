import { describePartitionedStore, describeSalesStore } from '../../../../contract/describe-sales-store.ts';
import { describeWithRedis, emptyStore } from '../../../../support/redis/with-redis.ts';

describeWithRedis('Upstash Redis through the bridge', (bridge) => {
  describeSalesStore('the store', async () => emptyStore(bridge()).store);
  describePartitionedStore('the store', async () => emptyStore(bridge()).store);
});
