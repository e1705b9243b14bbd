import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BusinessClock, createBusinessClock } from '../../../../../shared/calendar/business-clock.ts';
import { toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { type DaySlots, daySlots, TICK_MS } from '../../../../../shared/calendar/tick.ts';
import { entryIdAt } from '../../../../../shared/sales-store/entry-id.ts';
import { salesLiveBodySchema } from '../../../../../shared/schemas/api/sales-live.ts';
import { aggregate } from '../../../../../workers/aggregator/aggregate.ts';
import { cumulativeUnits } from '../../../../../workers/api/routes/sales-live.ts';
import { createSampleApi } from '../../../../support/api/sample-api.ts';

const readLive = async (api: Awaited<ReturnType<typeof createSampleApi>>) =>
  salesLiveBodySchema.parse(await (await api.get('/v1/sales/live')).json());

it('counts the finished slots of today beside the same slots a week ago', async () => {
  const body = await readLive(await createSampleApi());
  // 14:35 is the end of slot 174: 175 slots that sell 0.1, 0.2, ... 17.5 units.
  expect(body.slots).toHaveLength(175);
  expect(body.slots.slice(0, 3)).toEqual([0.1, 0.3, 0.6]);
  expect(body.units_today).toBe(1540);
  expect(body.comparison).toMatchObject({ date: '2026-11-15', units_same_time: 770, units_day: 2080.8 });
  expect(body.comparison?.slots.at(-1)).toBe(2080.8);
  expect(body.ratio).toBe(2);
  expect(body).toMatchObject({ business_date: '2026-11-22', as_of: '2026-11-22T19:35:00.000Z', lag_ms: 0 });
});

it('must not be cached', async () => {
  const { get } = await createSampleApi();
  expect((await get('/v1/sales/live')).headers.get('Cache-Control')).toBe('no-store');
});

it('shows the whole of the day just closed until the first five minutes of the next are counted', async () => {
  const api = await createSampleApi();
  const midnight = Date.parse('2026-11-23T05:00:00Z');
  api.sales.state = { ...api.sales.state, watermark: entryIdAt(midnight), newestEntry: entryIdAt(midnight) };
  const closed = await readLive(api);
  expect(closed).toMatchObject({ business_date: '2026-11-22', comparison: { date: '2026-11-15' } });
  expect(closed.slots).toHaveLength(288);
  expect(closed.units_today).toBeGreaterThan(0);

  api.sales.state = { ...api.sales.state, watermark: entryIdAt(midnight + 300_000) };
  const opened = await readLive(api);
  expect(opened.business_date).toBe('2026-11-23');
  expect(opened.slots).toHaveLength(1);
});

it('stands at the start of the first live day until something is committed', async () => {
  const api = await createSampleApi();
  const oldestWaiting = entryIdAt(Date.parse('2026-11-16T05:05:00Z'));
  api.sales.state = { ...api.sales.state, watermark: null, waitingEntries: 1901, oldestWaiting };
  const body = await readLive(api);
  expect(body).toMatchObject({
    business_date: '2026-11-16',
    as_of: '2026-11-16T05:00:00.000Z',
    watermark: null,
  });
  expect(body.lag_ms).toBe(api.wallClock.now - Date.parse('2026-11-16T05:05:00Z'));
});

it('compares with nothing where the slots of a week ago are not known', async () => {
  const api = await createSampleApi();
  api.sales.intraday.delete('2026-11-15');
  expect(await readLive(api)).toMatchObject({ units_today: 1540, comparison: null, ratio: null });
});

it('cumulative units never fall and end with the exact sum of the slots', () => {
  const slotArbitrary = fc.integer({ min: 0, max: 287 }).map((slot) => String(slot).padStart(3, '0'));
  fc.assert(
    fc.property(fc.dictionary(slotArbitrary, fc.integer({ min: 0, max: 1e9 })), (fields) => {
      const units = cumulativeUnits(fields);
      expect(units).toHaveLength(288);
      for (const [slot, value] of units.entries()) expect(value).toBeGreaterThanOrEqual(units[slot - 1] ?? 0);
      expect(units.at(-1)).toBe(Object.values(fields).reduce((sum, value) => sum + value, 0) / 1000);
    }),
  );
});

/** Clocks are changed at 1, 2 or 3 o'clock, at midnight either way, by an hour or by half of one, or never. */
const ZONES = [
  'America/Guayaquil',
  'America/New_York',
  'America/Santiago',
  'America/Havana',
  'Atlantic/Azores',
  'Europe/Berlin',
  'Africa/Cairo',
  'Asia/Beirut',
  'Australia/Lord_Howe',
];
const FIRST_DATE = '2026-01-01';
const FIRST_DAY = toDayNumber(FIRST_DATE);

describe.each(ZONES)('on every kind of day in %s', (zone) => {
  const clock = createBusinessClock(zone);
  const days = Array.from({ length: 365 }, (_, day) => daySlots(clock, FIRST_DAY + day + 1));
  const changes = days.filter(({ slotCount }) => slotCount !== 288);

  it('units never fall, and are all that has been sold since the day began', async () => {
    expect(changes).toHaveLength(zone === 'America/Guayaquil' ? 0 : 2);
    for (const day of [...changes, days[100] as DaySlots]) {
      await fc.assert(
        fc.asyncProperty(sales(day.slotCount), async (sold) => followDay(clock, day, sold)),
        { numRuns: process.env.ALL_RUNS === '1' ? 2 : 1, endOnFailure: true },
      );
    }
  });
});

/** Units of each five minutes of a day; nothing in most of them. */
const sales = (slotCount: number) =>
  fc.array(fc.oneof(fc.constant(0), fc.nat(50)), { minLength: slotCount, maxLength: slotCount });

/** Counts a day tick by tick as the aggregator does, and asks for the live sales after each. */
async function followDay(clock: BusinessClock, { day, start, end }: DaySlots, sold: readonly number[]) {
  const api = await createSampleApi({ clock });
  const facts = {
    liveFrom: FIRST_DATE,
    lastDate: '2027-12-31',
    storeNbrs: new Set(['1']),
    families: new Set(['DAIRY']),
  };
  const date = toIsoDate(day);
  const fields: Record<string, number> = {};
  api.sales.intraday.set(date, fields);
  let total = 0;
  for (const [tick, units] of sold.entries()) {
    const due = start + (tick + 1) * TICK_MS;
    const row = { id: 'a', ts: due - 1, store_nbr: '1', family: 'DAIRY', units, onpromotion: 0 };
    const entry = { id: entryIdAt(due), payload: JSON.stringify({ transactions: [row] }) };
    for (const delta of aggregate([entry], facts, clock).deltas) {
      if (delta.kind !== 'sales_intraday') continue;
      expect(delta.period).toBe(date);
      fields[delta.field] = (fields[delta.field] ?? 0) + delta.value;
    }
    total += units;
    api.sales.state = {
      ...api.sales.state,
      liveFrom: FIRST_DATE,
      watermark: entry.id,
      newestEntry: entry.id,
    };
    const body = await readLive(api);
    const rising = body.slots.every((value, slot) => value >= (body.slots[slot - 1] ?? 0));
    expect([body.as_of, body.business_date, body.units_today, rising]).toEqual([
      new Date(due).toISOString(),
      date,
      total,
      true,
    ]);
  }
  expect(start + sold.length * TICK_MS).toBe(end);
}
