import { describeSentSales } from '../../../../contract/describe-sent-sales.ts';
import { describeWithRedis, emptyStore } from '../../../../support/redis/with-redis.ts';

describeWithRedis('Upstash Redis through the bridge', (bridge) => {
  describeSentSales(async () => emptyStore(bridge()).store, 25);
});
