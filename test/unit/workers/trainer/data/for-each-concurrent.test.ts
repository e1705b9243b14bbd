import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { forEachConcurrent } from '../../../../../workers/trainer/data/for-each-concurrent.ts';

it('starts nothing after a failure, and waits for what is running', async () => {
  const done: number[] = [];
  const begun: number[] = [];
  const second = Promise.withResolvers<void>();
  const running = forEachConcurrent([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('the first');
    await second.promise;
    done.push(item);
  });
  let hasSettled = false;
  const settled = running.catch(() => undefined).then(() => (hasSettled = true));
  await nextTurn();
  expect({ hasSettled, begun }).toEqual({ hasSettled: false, begun: [1, 2] });
  second.resolve();
  await settled;
  await expect(running).rejects.toThrow('the first');
  expect({ begun, done }).toEqual({ begun: [1, 2], done: [2] });
});
