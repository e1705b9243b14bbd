import { expect, it } from 'vitest';
import { TICK_MS } from '../../../shared/calendar/tick.ts';
import { newestFiring } from '../../../workers/local/ticker.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

it('a cron fires once for all the ticks that were missed, at the newest of them', () => {
  expect(newestFiring('*/5 * * * *', noon - 7 * TICK_MS, noon)).toBe(noon);
  expect(newestFiring('0 * * * *', noon - 20 * TICK_MS, noon + 2 * TICK_MS)).toBe(noon);
});

it('a cron that did not fall due does not fire', () => {
  expect(newestFiring('0 * * * *', noon, noon + 11 * TICK_MS)).toBe(null);
  expect(newestFiring('*/5 * * * *', noon, noon)).toBe(null);
});
