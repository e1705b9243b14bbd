import { expect, it } from 'vitest';
import outcome from '../../../../fixtures/numeric-stores/outcome.json' with { type: 'json' };
import commands from '../../../../fixtures/numeric-stores/redis.json' with { type: 'json' };
import { goOn, KNOWN_IDS_ANSWERS, sendKnownIds } from '../../../../support/migration/go-on.ts';
import { OLD_SERIES, openOldObjects } from '../../../../support/migration/old-files.ts';
import { describeWithRedis, emptyStore } from '../../../../support/redis/with-redis.ts';

type OldCommand = readonly [command: string, key: string, args: readonly string[]];

describeWithRedis('a Redis database from when stores were numbers', (bridge) => {
  async function openOldStore() {
    const { store, client, namespace } = emptyStore(bridge());
    for (const [command, key, args] of commands as unknown as readonly OldCommand[]) {
      await client.exec([command, namespace + key, ...args]);
    }
    return { store, objects: await openOldObjects() };
  }

  it('goes on to the same sums, and counts nothing twice', async () => {
    expect(await goOn(await openOldStore(), OLD_SERIES)).toEqual(outcome);
  });

  it('takes its ids for duplicates whatever they say, and new ones by what they say', async () => {
    const system = await openOldStore();
    expect(await sendKnownIds(system)).toEqual(KNOWN_IDS_ANSWERS);
    expect(await sendKnownIds(system)).toEqual(KNOWN_IDS_ANSWERS.with(2, KNOWN_IDS_ANSWERS[3] ?? []));
  });
});
