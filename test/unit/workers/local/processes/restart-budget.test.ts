import { expect, it } from 'vitest';
import { createRestartBudget } from '../../../../../workers/local/processes/restart-budget.ts';

it('waits twice as long before each restart, and gives up after five within three minutes', () => {
  const { limit, spend } = createRestartBudget();
  const now = 1_000_000;
  expect(Array.from({ length: limit }, (_, second) => spend(now + second * 1000))).toEqual([
    200, 400, 800, 1600, 3200,
  ]);
  expect(spend(now + 6000)).toBeNull();
});

it('forgets restarts of long ago', () => {
  const { spend } = createRestartBudget();
  const now = 1_000_000;
  for (let hour = 0; hour < 20; hour++) expect(spend(now + hour * 3_600_000)).toBe(200);
});
