import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBusinessClock } from '../../../../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../../../../shared/calendar/day-number.ts';
import { entryIdAt } from '../../../../../shared/sales-store/entry-id.ts';
import type { StoreStatus } from '../../../../../shared/sales-store/sales-store.ts';
import { streamTime } from '../../../../../workers/producer/ingest/stream-time.ts';

const TICK = 300_000;
const DAY = 86_400_000;
const clock = createBusinessClock('America/Guayaquil');
const LIVE_FROM = '2026-01-07';
const liveStart = clock.startOf(toDayNumber(LIVE_FROM));
const replayed = { liveFrom: LIVE_FROM, lastDate: '2026-01-09' };
const notReplayed = { liveFrom: LIVE_FROM, lastDate: '2026-01-06' };
const EMPTY: StoreStatus = {
  watermark: null,
  newestEntry: null,
  waitingEntries: 0,
  waitingRows: 0,
  oldestWaiting: null,
  deadLetters: 0,
  identity: null,
  liveFrom: null,
  storeCount: null,
  importedStores: [],
  compactedThrough: null,
  partition: null,
};
const at = (instant: number, sequence = 0): StoreStatus => ({
  ...EMPTY,
  newestEntry: entryIdAt(instant, sequence),
  liveFrom: LIVE_FROM,
});

describe('the time of a delivery', () => {
  it('is that of the newest entry while the replay has ticks to send, whatever the real time', () => {
    const noon = liveStart + DAY / 2;
    for (const now of [0, noon, noon + 30 * DAY]) {
      expect(streamTime(at(noon), replayed, clock, now)).toEqual({
        asOf: noon,
        notBefore: liveStart,
        liveStart,
      });
    }
    expect(streamTime(EMPTY, replayed, clock, noon)).toMatchObject({ asOf: liveStart, notBefore: liveStart });
  });

  it('moves on with the real time once the last day has been replayed, and not a tick before', () => {
    const end = liveStart + 3 * DAY;
    const now = end + 2 * DAY + 1234;
    expect(streamTime(at(end - TICK), replayed, clock, now)).toMatchObject({ asOf: end - TICK });
    expect(streamTime(at(end), replayed, clock, now)).toMatchObject({
      asOf: end + 2 * DAY,
      notBefore: end + 2 * DAY,
    });
  });

  it('moves on with the real time where nothing is replayed, by whole ticks and never back', () => {
    const now = liveStart + DAY + 299_999;
    expect(streamTime(EMPTY, notReplayed, clock, now)).toMatchObject({
      asOf: liveStart + DAY,
      notBefore: liveStart + DAY,
    });
    expect(streamTime(at(liveStart + 2 * DAY, 7), notReplayed, clock, now)).toMatchObject({
      asOf: liveStart + 2 * DAY,
    });
    expect(streamTime(EMPTY, notReplayed, clock, 0)).toMatchObject({ asOf: liveStart, notBefore: liveStart });
  });

  it('of the store counts, though the catalog may have been published again', () => {
    const moved = { liveFrom: '2026-01-08', lastDate: '2026-01-20' };
    expect(streamTime(at(liveStart + TICK), moved, clock, 0).liveStart).toBe(liveStart);
  });

  it('never lets an entry reach the next tick of the replay', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 * 288 - 1 }),
        fc.nat(5),
        fc.nat(40 * DAY),
        (ticks, sequence, passed) => {
          const newest = liveStart + ticks * TICK;
          const time = streamTime(at(newest, sequence), replayed, clock, liveStart + passed);
          const entry = Math.max(newest, time.notBefore);
          expect(entry).toBeLessThan(newest + TICK);
          expect(time.asOf).toBeLessThanOrEqual(entry);
        },
      ),
    );
  });
});
