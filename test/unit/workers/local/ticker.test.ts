import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { floorToTick, TICK_MS } from '../../../../shared/calendar/tick.ts';
import { createTickClock, newestFiring, startTicker } from '../../../../workers/local/ticker.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

it('a cron fires once for all the ticks that were missed, at the newest of them', () => {
  expect(newestFiring('*/5 * * * *', noon - 7 * TICK_MS, noon)).toBe(noon);
  expect(newestFiring('0 * * * *', noon - 20 * TICK_MS, noon + 2 * TICK_MS)).toBe(noon);
});

it('a cron that did not fall due does not fire', () => {
  expect(newestFiring('0 * * * *', noon, noon + 11 * TICK_MS)).toBe(null);
  expect(newestFiring('*/5 * * * *', noon, noon)).toBe(null);
});

describe('the tick clock', () => {
  const noon = Date.parse('2026-11-22T12:00:00Z');

  it('follows the wall clock in real time', () => {
    let now = noon + 61_000;
    const clock = createTickClock(null, null, () => now);
    expect(clock.due()).toBe(noon);
    expect(clock.untilNext()).toBe(TICK_MS - 61_000);
    now = noon + TICK_MS;
    expect(clock.due()).toBe(noon + TICK_MS);
    expect(clock.untilNext()).toBe(TICK_MS);
  });

  it('passes a day in a minute at 4.8 ticks a second', () => {
    let now = noon;
    const clock = createTickClock(4.8, null, () => now);
    now += 60_000;
    expect(clock.due()).toBe(noon + 288 * TICK_MS);
  });

  it('goes on from the newest tick when that lies ahead of the wall clock, at whatever speed', () => {
    const newest = floorToTick(noon) + 5000 * TICK_MS;
    for (const [speed, pause] of [
      [null, TICK_MS],
      [1, 1000],
      [20, 50],
    ] as const) {
      let now = noon + 61_000;
      const clock = createTickClock(speed, newest, () => now);
      expect(clock.due()).toBe(newest);
      expect(clock.untilNext()).toBe(pause);
      now += pause;
      expect(clock.due()).toBe(newest + TICK_MS);
    }
  });
});

it('a failed run is repeated before the next tick is due, and its success is reported', async () => {
  const events: string[] = [];
  const reported = Promise.withResolvers<void>();
  const ticker = startTicker({
    system: {
      crons: ['*/5 * * * *'],
      scheduled: async (instant) => {
        events.push(`run ${(instant - noon) / TICK_MS}`);
        if (events.length < 2) throw new Error('the runtime was started again');
      },
    },
    clock: { due: () => noon, untilNext: () => TICK_MS },
    after: noon - TICK_MS,
    onError: (instant, error) => void events.push(`${error} at ${(instant - noon) / TICK_MS}`),
    onRun: async () => reported.resolve(),
  });
  await reported.promise;
  await ticker.stop();
  expect(events).toEqual(['run 0', 'Error: the runtime was started again at 0', 'run 0']);
});

it('ticks go on from the clock when it is set back, not from where it was', async () => {
  const fired: number[] = [];
  const third = Promise.withResolvers<void>();
  const dues = [36, 36, 0, 1, 1, 2];
  const ticker = startTicker({
    system: {
      crons: ['*/5 * * * *'],
      scheduled: async (instant) => {
        fired.push((instant - noon) / TICK_MS);
        if (fired.length === 3) third.resolve();
      },
    },
    clock: { due: () => noon + (dues.shift() ?? 2) * TICK_MS, untilNext: () => 1 },
    after: noon,
    onError: (_, error) => third.reject(error),
  });
  await Promise.race([third.promise, wait(2000)]);
  await ticker.stop();
  expect(fired).toEqual([36, 1, 2]);
});
