import { expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import { skippedLines } from '../../../support/reporters/skipped.ts';

interface Skipped {
  readonly fullName: string;
  readonly mode?: 'run' | 'skip';
  readonly note?: string;
}

function moduleOf(moduleId: string, tests: readonly Skipped[]): TestModule {
  const all = tests.map(({ fullName, mode = 'skip', note }) => ({
    ...{ fullName, name: fullName, options: { mode } },
    result: () => ({ state: 'skipped', note }),
  }));
  return { moduleId, children: { allTests: () => all } } as unknown as TestModule;
}

it('reports skipped tests with the reason, once for each reason in each file', () => {
  const redis = 'the bridge (redis-server is not installed) > needs redis-server';
  const lines = skippedLines(
    [
      moduleOf('/root/test/a.test.ts', [{ fullName: redis }, { fullName: redis }]),
      moduleOf('/root/test/b.test.ts', [
        { fullName: 'a backtest > on real series', mode: 'run', note: '/data is not there' },
        { fullName: 'a backtest > not reached', mode: 'run' },
      ]),
      moduleOf('/root/test/c.test.ts', []),
    ],
    '/root',
  );
  expect(lines).toEqual([
    'SKIPPED 2 tests of test/a.test.ts: the bridge (redis-server is not installed)',
    'SKIPPED 1 test of test/b.test.ts: /data is not there',
  ]);
});
