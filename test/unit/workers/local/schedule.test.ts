import { expect, it } from 'vitest';
import { readSchedule, readWorkerOptions } from '../../../../workers/local/system/runtime.ts';
import { repositoryRoot } from '../../../support/processes/local-process.ts';

it.each([undefined, 'producer', 'aggregator'])('wrangler.toml says when %s runs', (environment) => {
  const { timeZone, crons } = readSchedule(readWorkerOptions(repositoryRoot, environment));
  expect(timeZone).toBe('America/Guayaquil');
  expect(crons).toHaveLength(1);
});

it('a time zone and a cron are not guessed where wrangler.toml has none', () => {
  const cronTriggers = ['*/5 * * * *'];
  expect(() => readSchedule({ cronTriggers })).toThrow('no variable BUSINESS_TIME_ZONE');
  const bindings = { BUSINESS_TIME_ZONE: 'UTC' };
  for (const none of [{}, { cronTriggers: [] }]) {
    expect(() => readSchedule({ bindings, ...none })).toThrow('no cron trigger');
  }
});
