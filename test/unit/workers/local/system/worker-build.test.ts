import { expect, it } from 'vitest';
import { readSchedule } from '../../../../../workers/local/system/worker-build.ts';

it('a time zone and a cron are not guessed where wrangler.toml has none', () => {
  const cronTriggers = ['*/5 * * * *'];
  expect(() => readSchedule({ cronTriggers })).toThrow('no variable BUSINESS_TIME_ZONE');
  const bindings = { BUSINESS_TIME_ZONE: 'UTC' };
  for (const none of [{}, { cronTriggers: [] }]) {
    expect(() => readSchedule({ bindings, ...none })).toThrow('no cron trigger');
  }
});
