import { describe, expect, it } from 'vitest';
import { createBusinessClock } from '../../../../../../shared/calendar/business-clock.ts';
import { toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../../../shared/schemas/history-chunk.ts';
import {
  describeTravel,
  PlacementError,
  placeInTime,
} from '../../../../../../workers/trainer/data/import/time-travel.ts';
import { addSeries, joinLiveDays } from '../../../../../../workers/trainer/data/live/join-live-days.ts';
import type { LiveDay } from '../../../../../../workers/trainer/data/live/live-sales.ts';
import {
  LiveStoreError,
  openLiveStore,
  readLiveSales,
} from '../../../../../../workers/trainer/data/live/read-live-sales.ts';
import { SYNTHETIC_NAME } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { FIRST_DAY, smallDataset } from '../../../../../support/datasets/small-dataset.ts';
import { MemoryObjects } from '../../../../../support/object-store/memory-objects.ts';

const DAYS = 60;
const FAMILIES = ['DAIRY', 'TEA'];

function liveDay(day: number, parts: Partial<Omit<LiveDay, 'date'>> = {}): LiveDay {
  const none = new Map();
  return { date: toIsoDate(day), sales: none, onpromotion: none, tickets: none, ...parts };
}

/** A row of the panel from `day` on. */
function unitsFrom(dataset: ReturnType<typeof smallDataset>, storeNbr: string, family: string, day: number) {
  const { panel } = dataset;
  const s = panel.series.findIndex((series) => series.storeNbr === storeNbr && series.family === family);
  const row = panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount);
  return Array.from(row.subarray(day - panel.firstDay));
}

describe('joinLiveDays', () => {
  it('leaves days missing that neither the files nor the store have', () => {
    const liveFrom = FIRST_DAY + DAYS + 2;
    const days = [
      liveDay(liveFrom, { sales: new Map([['1:TEA', 500]]) }),
      liveDay(liveFrom + 1),
      liveDay(liveFrom + 2, { tickets: new Map([['2', 12]]) }),
    ];
    const joined = joinLiveDays(smallDataset(DAYS, FAMILIES), {
      liveFrom,
      closedThrough: liveFrom + 2,
      days,
    });
    const from = FIRST_DAY + DAYS;
    // Two days between the files and the first live one; a day without anything; a day with tickets of store 2 only.
    expect(unitsFrom(joined, '1', 'TEA', from)).toEqual([MISSING, MISSING, 500, MISSING, MISSING]);
    expect(unitsFrom(joined, '1', 'DAIRY', from)).toEqual([MISSING, MISSING, 0, MISSING, MISSING]);
    expect(unitsFrom(joined, '2', 'DAIRY', from)).toEqual([MISSING, MISSING, MISSING, MISSING, 0]);
    const tickets = Array.from(joined.panel.tickets ?? []);
    expect(tickets.slice(-5)).toEqual([MISSING, MISSING, MISSING, MISSING, 12]);
    expect(tickets.slice(DAYS, DAYS + 5)).toEqual([MISSING, MISSING, MISSING, MISSING, MISSING]);
  });

  it("prefers the store's days to the files', and keeps oil prices up to the last finished day", () => {
    const dataset = {
      ...smallDataset(DAYS, FAMILIES),
      oil: [50, 55, 58, 59].map((day) => ({ date: toIsoDate(FIRST_DAY + day), price: day })),
    };
    const liveFrom = FIRST_DAY + 56;
    const days = [55, 56, 57].map((day) =>
      liveDay(FIRST_DAY + day + 1, { sales: new Map([['1:TEA', day]]) }),
    );
    const joined = joinLiveDays(dataset, { liveFrom, closedThrough: liveFrom + 2, days });
    expect(unitsFrom(joined, '1', 'TEA', liveFrom)).toEqual([55, 56, 57]);
    expect(joined.oil.map(({ price }) => price)).toEqual([50, 55, 58]);
    expect(joined.panel.dayCount).toBe(59);
  });

  it('adds a series that was only sold live, with its store, once', () => {
    const dataset = smallDataset(DAYS, FAMILIES);
    const widened = addSeries(dataset, ['1:TEA', '9:TEA', '2:A: B', '9:TEA'], []);
    expect(widened.panel.series.map(({ storeNbr, family }) => `${storeNbr}:${family}`)).toEqual([
      '1:DAIRY',
      '1:TEA',
      '2:A: B',
      '2:DAIRY',
      '2:TEA',
      '9:TEA',
    ]);
    expect(widened.families).toEqual(['A: B', 'DAIRY', 'TEA']);
    expect(widened.stores.map(({ store_nbr, city }) => [store_nbr, city])).toEqual([
      ['1', 'Quito'],
      ['2', 'Manta'],
      ['9', 'unknown'],
    ]);
    expect(unitsFrom(widened, '2', 'TEA', FIRST_DAY)).toEqual(unitsFrom(dataset, '2', 'TEA', FIRST_DAY));
    expect(new Set(unitsFrom(widened, '9', 'TEA', FIRST_DAY))).toEqual(new Set([MISSING]));
    expect(widened.panel.tickets?.length).toBe(3 * DAYS);
    expect(addSeries(dataset, ['1:TEA'], [])).toBe(dataset);
  });
});

describe('the dates of a dataset', () => {
  const dataset = smallDataset(800, FAMILIES);
  const request = { timeTravel: true, today: '2026-11-23', published: null, openFrom: null };

  const publication = (shift_days: number, dataset = 'small') => ({
    dataset,
    shift_days,
    series: ['1:DAIRY', '1:TEA', '2:DAIRY', '2:TEA'],
  });

  it('are those of the open store and its publication, whatever the day', () => {
    const first = placeInTime(dataset, request);
    const published = publication(first.dataset.shiftDays);
    // A year later, a dataset that is moved again would have other dates.
    const next = placeInTime(dataset, { ...request, today: '2027-11-23', published, openFrom: '2026-11-23' });
    expect(next.dataset.shiftDays).toBe(first.dataset.shiftDays);
    expect(next.liveFrom).toBe('2026-11-23');
    expect(placeInTime(dataset, { ...request, today: '2027-11-23' }).dataset.shiftDays).not.toBe(
      first.dataset.shiftDays,
    );
    // Without the publication, the store's opening day determines the same.
    const alone = placeInTime(dataset, { ...request, today: '2027-11-23', openFrom: '2026-11-23' });
    expect(alone.dataset.shiftDays).toBe(first.dataset.shiftDays);
  });

  it('start live on the day after the last one without time travel, or when the store was opened', () => {
    const end = toIsoDate(FIRST_DAY + 800);
    expect(placeInTime(dataset, { ...request, timeTravel: false }).liveFrom).toBe(end);
    const openFrom = toIsoDate(FIRST_DAY + 790);
    const placed = placeInTime(dataset, { ...request, timeTravel: false, openFrom });
    expect(placed.liveFrom).toBe(openFrom);
    expect(placed.dataset).toBe(dataset);
  });

  describe('without a time travel flag', () => {
    const end = FIRST_DAY + 799;
    const ago = (days: number) => ({ ...request, timeTravel: undefined, today: toIsoDate(end + days) });

    it.each([
      ['yesterday', 1],
      ['today, in the middle of the day', 0],
      ['two months ago', 60],
    ])('keeps a dataset that ends %s: all its days are history', (_, days) => {
      const placed = placeInTime(dataset, ago(days));
      expect(placed).toEqual({ dataset, liveFrom: toIsoDate(end + 1), isReplayed: false });
      expect(describeTravel(placed, ago(days).today)).toMatch(
        /^No time travel: the dataset ends on 2018-03-10, .*today\. All 800 days are history, none is replayed/,
      );
    });

    it('moves an older dataset, and one that extends far beyond today', () => {
      const placed = placeInTime(dataset, ago(61));
      expect(placed).toMatchObject({
        liveFrom: ago(61).today,
        isReplayed: true,
        dataset: { shiftDays: 364 },
      });
      expect(describeTravel(placed, ago(61).today)).toBe(
        'Time travel: the dataset ends on 2018-03-10. Its dates are moved forward by 364 days: 496 days are history, ' +
          '304 are replayed from 2018-05-10 on (--no-time-travel keeps all of them as history).',
      );
      expect(placeInTime(dataset, ago(-300))).toMatchObject({
        liveFrom: ago(-300).today,
        isReplayed: true,
        dataset: { shiftDays: 0 },
      });
    });

    it('keeps the dates of a retailer published at its own dates, however late the files are', () => {
      expect(placeInTime(dataset, { ...ago(200), published: publication(0, 'export-2018') }).isReplayed).toBe(
        false,
      );
      const other = { ...publication(0, 'other'), series: ['7:SHOES', '8:SHOES'] };
      expect(placeInTime(dataset, { ...ago(200), published: other }).isReplayed).toBe(true);
      expect(placeInTime(dataset, { ...ago(200), published: publication(364) }).isReplayed).toBe(true);
    });

    it('follows the publication while the store is open, however old the files are', () => {
      const openFrom = toIsoDate(end + 1);
      const stayed = placeInTime(dataset, { ...ago(300), openFrom, published: publication(0) });
      expect(stayed).toMatchObject({ liveFrom: openFrom, isReplayed: false, dataset: { shiftDays: 0 } });
      const moved = placeInTime(dataset, { ...ago(300), openFrom, published: publication(364) });
      expect(moved).toMatchObject({ liveFrom: openFrom, isReplayed: true, dataset: { shiftDays: 364 } });
      // Without a publication, the store's opening day determines whether the files were current then.
      expect(placeInTime(dataset, { ...ago(300), openFrom }).isReplayed).toBe(false);
      expect(placeInTime(dataset, { ...ago(300), openFrom: toIsoDate(end + 200) }).isReplayed).toBe(true);
    });

    it('recognises a renamed folder by its series, but not by those of the synthetic dataset', () => {
      const openFrom = toIsoDate(end + 1);
      const published = publication(0, 'export-2018');
      expect(placeInTime(dataset, { ...ago(20), openFrom, published }).dataset).toBe(dataset);
      const synthetic = publication(0, SYNTHETIC_NAME);
      expect(() => placeInTime(dataset, { ...ago(20), openFrom, published: synthetic })).toThrow(
        PlacementError,
      );
    });
  });

  it.each([
    [
      { published: { dataset: 'other', shift_days: 0, series: ['7:SHOES'] } },
      /of what is published, dataset "other", but this is "small"/,
    ],
    [{ timeTravel: false, published: publication(364) }, /was moved by 364 days/],
    [{ timeTravel: false, openFrom: toIsoDate(FIRST_DAY) }, /there is no history before them/],
  ])('refuses files, publication and store that do not belong together: %j', (parts, message) => {
    const attempt = () => placeInTime(dataset, { ...request, openFrom: '2026-11-23', ...parts });
    expect(attempt).toThrow(PlacementError);
    expect(attempt).toThrow(message);
  });
});

describe('the feature store of a command line', () => {
  it('comes from the flags, then from the environment, and is null if unwanted', () => {
    const environment = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:1', UPSTASH_REDIS_REST_TOKEN: 'token' };
    expect(openLiveStore({}, {})).toBeNull();
    expect(openLiveStore({}, environment)).not.toBeNull();
    expect(openLiveStore({ live: false }, environment)).toBeNull();
    expect(() => openLiveStore({ liveUrl: 'http://127.0.0.1:1' }, {})).toThrow(/TOKEN is missing/);
  });

  it.each([
    [{}, 'UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
    [{ liveUrl: 'http://127.0.0.1:1', liveToken: 'token' }, '--live-url', '--live-token'],
  ])('is named, with its origin, if it does not respond: %j', async (flags, url, token) => {
    const environment = {
      UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:1',
      UPSTASH_REDIS_REST_TOKEN: 'very secret',
      STREAM_PARTITIONS: '2',
    };
    const store = openLiveStore(flags, environment);
    if (!store) throw new Error('a store was named');
    const clock = createBusinessClock('America/Guayaquil');
    const reading = readLiveSales({ store, clock }, new MemoryObjects());
    await expect(reading).rejects.toThrow(LiveStoreError);
    const message = await reading.catch(String);
    expect(message).toContain(`http://127.0.0.1:1 (${url}) cannot be read: `);
    expect(message).toMatch(new RegExp(`${url} and ${token} are those .*--no-live`));
    expect(message).not.toContain('very secret');
  });
});
