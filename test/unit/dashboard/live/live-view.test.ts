import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ANNOUNCEMENT_PAUSE,
  buildLiveView,
  describeLive,
  timeUntilAnnouncement,
  tween,
} from '../../../../dashboard/src/live/live-view.ts';
import { type SalesLiveBody, salesLiveBodySchema } from '../../../../shared/schemas/api/sales-live.ts';

/** `slots` of today at 10 units each; last week at 8. */
function liveOf(slots: number): SalesLiveBody {
  const before = Array.from({ length: 288 }, (_, slot) => (slot + 1) * 8);
  return salesLiveBodySchema.parse({
    business_date: '2026-11-22',
    as_of: '2026-11-22T19:35:00.000Z',
    watermark: '1-0',
    lag_ms: 0,
    units_today: slots * 10,
    slots: Array.from({ length: slots }, (_, slot) => (slot + 1) * 10),
    comparison: { date: '2026-11-15', units_same_time: slots * 8, units_day: 2304, slots: before },
    ratio: slots === 0 ? null : 1.25,
  });
}

describe('the day so far', () => {
  it('runs from midnight to the last finished five minutes', () => {
    const view = buildLiveView(liveOf(3));
    expect(view.today).toEqual([
      { minute: 0, units: 0 },
      { minute: 5, units: 10 },
      { minute: 10, units: 20 },
      { minute: 15, units: 30 },
    ]);
    expect(view.minute).toBe(15);
    expect(view.before.at(-1)).toEqual({ minute: 1440, units: 2304 });
    expect(view.largest).toBe(2304);
  });

  it('is compared with last week at the same time', () => {
    const view = buildLiveView(liveOf(24));
    expect(view.difference).toBe(48);
    expect(view.change).toBeCloseTo(0.25);
    expect(view.lastHour).toEqual({ units: 120, change: 0.25 });
  });

  it('has a last hour as soon as an hour is over', () => {
    expect(buildLiveView(liveOf(11)).lastHour).toBeNull();
    expect(buildLiveView(liveOf(12)).lastHour?.units).toBe(120);
    expect(buildLiveView(liveOf(0)).lastHour).toBeNull();
  });

  it('has no comparison if last week is unknown', () => {
    const alone = { ...liveOf(24), comparison: null, ratio: null };
    const view = buildLiveView(alone);
    expect(view).toMatchObject({
      difference: null,
      change: null,
      before: [],
      lastHour: { units: 120, change: null },
    });
    expect(describeLive(alone, view)).toBe('240 units sold on Sun 22 Nov until 02:00.');
  });

  it('is summarised in one sentence', () => {
    const more = liveOf(24);
    expect(describeLive(more, buildLiveView(more))).toBe(
      '240 units sold on Sun 22 Nov until 02:00, 25.0% more than at the same time on Sun 15 Nov.',
    );
    const less = { ...more, ratio: 0.9 };
    expect(describeLive(less, buildLiveView(less))).toContain('10.0% less than');
  });
});

describe('the animated number', () => {
  it('ends exactly on its value and never overshoots', () => {
    const value = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.double({ min: -1, max: 2, noNaN: true }), (from, to, progress) => {
        expect(tween(from, to, 1)).toBe(to);
        expect(tween(from, to, 0)).toBe(from);
        const shown = tween(from, to, progress);
        expect(shown).toBeGreaterThanOrEqual(Math.min(from, to) - 1e-6);
        expect(shown).toBeLessThanOrEqual(Math.max(from, to) + 1e-6);
      }),
    );
  });

  it('is announced at most once a minute', () => {
    expect(timeUntilAnnouncement(1000, 1000)).toBe(ANNOUNCEMENT_PAUSE);
    expect(timeUntilAnnouncement(1000, 31_000)).toBe(ANNOUNCEMENT_PAUSE - 30_000);
    expect(timeUntilAnnouncement(1000, 90_000)).toBe(0);
  });
});
