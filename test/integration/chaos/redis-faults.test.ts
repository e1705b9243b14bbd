import { it } from 'vitest';
import { TEN_FAULTS_MS, tryTenFaults } from '../../chaos/ten-faults.ts';
import { describeWithRedis } from '../../support/redis/with-redis.ts';

describeWithRedis('a running system on Redis, split and in two partitions', () => {
  it(
    'loses and doubles nothing in ten random faults',
    // A seed with a full disk, both clocks and no fault that takes half a minute to be noticed.
    () => tryTenFaults({ store: 'redis', split: true, partitions: 2 }, 1235),
    TEN_FAULTS_MS,
  );
});
