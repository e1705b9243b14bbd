import { expect, it } from 'vitest';
import outcome from '../../../../fixtures/numeric-stores/outcome.json' with { type: 'json' };
import commands from '../../../../fixtures/numeric-stores/redis.json' with { type: 'json' };
import { goOn } from '../../../../support/migration/go-on.ts';
import { OLD_SERIES, openOldObjects } from '../../../../support/migration/old-files.ts';
import { describeWithRedis, emptyStore } from '../../../../support/redis/with-redis.ts';

type OldCommand = readonly [command: string, key: string, args: readonly string[]];

describeWithRedis('a Redis database from when stores were numbers', (bridge) => {
  it('goes on to the same sums, and counts nothing twice', async () => {
    const { store, client, namespace } = emptyStore(bridge());
    for (const [command, key, args] of commands as unknown as readonly OldCommand[]) {
      await client.exec([command, namespace + key, ...args]);
    }
    expect(await goOn({ store, objects: await openOldObjects() }, OLD_SERIES)).toEqual(outcome);
  });
});
