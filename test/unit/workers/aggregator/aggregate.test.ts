import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBusinessClock } from '../../../../shared/calendar/business-clock.ts';
import { toDayNumber } from '../../../../shared/calendar/day-number.ts';
import { gatherDeltas } from '../../../../shared/sales-store/check-commit.ts';
import { entryIdAt } from '../../../../shared/sales-store/entry-id.ts';
import type { BucketDelta, StreamEntry } from '../../../../shared/sales-store/sales-store.ts';
import { type Transaction, transactionBatchSchema } from '../../../../shared/schemas/transaction.ts';
import { aggregate } from '../../../../workers/aggregator/aggregate.ts';

const clock = createBusinessClock('America/Guayaquil');
const dataset = {
  liveFrom: '2025-12-28',
  lastDate: '2026-12-31',
  storeNbrs: new Set(['1', '2', '10']),
  families: new Set(['DAIRY', 'EGGS']),
};
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Guayaquil is five hours behind UTC all year. */
const local = (text: string) => Date.parse(`${text}Z`) + 5 * HOUR;
const NOON = local('2026-01-07T12:00:00');

function row(change: Partial<Transaction> = {}): Transaction {
  return { id: 'a', ts: NOON - 1000, store_nbr: '1', family: 'DAIRY', units: 1, onpromotion: 0, ...change };
}

function batch(transactions: readonly unknown[], tickets?: unknown, instant = NOON): StreamEntry {
  return { id: entryIdAt(instant), payload: JSON.stringify({ transactions, tickets }) };
}

function count(...entries: StreamEntry[]) {
  return aggregate(entries, dataset, clock);
}

function changeOf(deltas: readonly BucketDelta[], kind: string, period: string, field: string) {
  return deltas.find((d) => d.kind === kind && d.period === period && d.field === field)?.value;
}

describe('aggregating', () => {
  it('adds a sale to its day, ISO week, month and five-minute slot', () => {
    const { deltas } = count(
      batch([row({ units: 1.5, onpromotion: 4 }), row({ units: 0.25, onpromotion: 2 })]),
    );
    expect(deltas).toHaveLength(5);
    expect(deltas).toEqual(
      expect.arrayContaining([
        { kind: 'sales_daily', period: '2026-01-07', field: '1:DAIRY', value: 1750 },
        { kind: 'sales_weekly', period: '2026-W02', field: '1:DAIRY', value: 1750 },
        { kind: 'sales_monthly', period: '2026-01', field: '1:DAIRY', value: 1750 },
        { kind: 'sales_intraday', period: '2026-01-07', field: '143', value: 1750 },
        { kind: 'onpromotion_daily', period: '2026-01-07', field: '1:DAIRY', value: 4 },
      ]),
    );
  });

  it('counts by the day of the store, not of the clock in Greenwich', () => {
    const late = local('2026-01-06T23:59:59');
    const { deltas } = count(batch([row({ ts: late })], undefined, late + 1000));
    expect(changeOf(deltas, 'sales_daily', '2026-01-06', '1:DAIRY')).toBe(1000);
    expect(changeOf(deltas, 'sales_intraday', '2026-01-06', '287')).toBe(1000);
  });

  it('puts the days around New Year into the ISO week and the month they belong to', () => {
    const ts = local('2025-12-29T10:00:00');
    const { deltas } = count(batch([row({ ts })], undefined, ts));
    expect(changeOf(deltas, 'sales_weekly', '2026-W01', '1:DAIRY')).toBe(1000);
    expect(changeOf(deltas, 'sales_monthly', '2025-12', '1:DAIRY')).toBe(1000);
  });

  it('keeps a zero in the daily bucket only', () => {
    const { deltas, rows } = count(batch([row({ units: 0 })]));
    expect(deltas).toEqual([{ kind: 'sales_daily', period: '2026-01-07', field: '1:DAIRY', value: 0 }]);
    expect(rows).toBe(1);
  });

  it('counts tickets on the day of the span that ends with the batch', () => {
    const midnight = local('2026-01-07T00:00:00');
    const { deltas } = count(batch([], { 1: 3, 10: 0 }, midnight), batch([], { 1: 4 }, midnight + 300_000));
    expect(changeOf(deltas, 'transactions_daily', '2026-01-06', '1')).toBe(3);
    expect(changeOf(deltas, 'transactions_daily', '2026-01-06', '10')).toBe(0);
    expect(changeOf(deltas, 'transactions_daily', '2026-01-07', '1')).toBe(4);
  });

  it.each([
    ['of an unknown store', { store_nbr: '3' }, 'store 3 is not in the catalog'],
    ['of an unknown family', { family: 'TOYS' }, 'family: is not in the catalog'],
    ['dated ahead', { ts: NOON + DAY + 1 }, 'more than a day after the batch'],
    ['dated beyond all calendars', { ts: Number.MAX_SAFE_INTEGER }, 'more than a day after'],
    ['of the closed history', { ts: local('2025-12-27T23:59:59') }, 'before 2025-12-28'],
    ['of 1970', { ts: 0 }, 'closed history'],
    ['with broken units', { units: 0.0001 }, 'units: must be'],
  ])('puts a row %s aside and counts its neighbours', (_, change, reason) => {
    const bad = row(change);
    const { deadLetters, deltas, rows } = count(batch([row(), bad, row()]));
    expect(rows).toBe(2);
    expect(changeOf(deltas, 'sales_daily', '2026-01-07', '1:DAIRY')).toBe(2000);
    expect(deadLetters).toEqual([
      { entryId: entryIdAt(NOON), row: 1, raw: JSON.stringify(bad), reason: expect.stringContaining(reason) },
    ]);
  });

  it('takes a row up to a day ahead, and the first instant of the live part', () => {
    const first = local('2025-12-28T00:00:00');
    expect(count(batch([row({ ts: NOON + DAY }), row({ ts: first })])).rows).toBe(2);
  });

  it('leaves the slots of a day alone that is too old for them, but counts the sale', () => {
    const old = { ...dataset, liveFrom: '2024-01-01' };
    const at = (age: number) => aggregate([batch([row({ ts: NOON - age * DAY })])], old, clock);
    expect(at(13).deltas.some(({ kind }) => kind === 'sales_intraday')).toBe(true);
    expect(at(15).deltas.map(({ kind }) => kind)).toEqual(['sales_daily', 'sales_weekly', 'sales_monthly']);
    expect(at(400).deadLetters[0]?.reason).toContain('older than the daily buckets');
  });

  it.each(['', 'null', '[]', '{"transactions":', '{"transactions":{}}', '5'])(
    'puts an entry aside that is not a batch: %s',
    (payload) => {
      const { deadLetters, rows } = aggregate([{ id: '5-0', payload }, batch([row()])], dataset, clock);
      expect(rows).toBe(1);
      expect(deadLetters).toEqual([
        { entryId: '5-0', row: -1, raw: payload, reason: expect.stringContaining('is not a batch') },
      ]);
    },
  );

  it('puts tickets aside that cannot be counted, and counts the others', () => {
    const tickets = { 1: 5, 3: 1, 2: -1, x: 4, '01': 6 };
    const { deadLetters, deltas } = count(batch([row()], tickets));
    expect(changeOf(deltas, 'transactions_daily', '2026-01-07', '1')).toBe(5);
    expect(deltas.filter(({ kind }) => kind === 'transactions_daily')).toHaveLength(1);
    expect(deadLetters).toHaveLength(1);
    expect(JSON.parse(deadLetters[0]?.raw ?? '')).toEqual({ tickets: { 2: -1, 3: 1, x: 4, '01': 6 } });
    for (const wrong of ['text', [1], 5]) expect(count(batch([row()], wrong)).deadLetters).toHaveLength(1);
  });

  it('puts a count of tickets aside that would make the sums inexact, so that the commit is still valid', () => {
    const poison = batch([row()], { 1: Number.MAX_SAFE_INTEGER, 2: 1e9 }, NOON + 300_000);
    const { deadLetters, deltas, rows } = count(batch([row()], { 1: 4 }), poison, batch([], { 2: 1e9 + 1 }));
    expect(() => gatherDeltas(deltas)).not.toThrow();
    expect(rows).toBe(2);
    expect(changeOf(deltas, 'transactions_daily', '2026-01-07', '1')).toBe(4);
    expect(changeOf(deltas, 'transactions_daily', '2026-01-07', '2')).toBe(1e9);
    expect(deadLetters.map(({ raw }) => JSON.parse(raw))).toEqual([
      { tickets: { 1: Number.MAX_SAFE_INTEGER } },
      { tickets: { 2: 1e9 + 1 } },
    ]);
    expect(deadLetters[0]?.reason).toContain('0..1000000000');
    for (const [tickets, valid] of [
      [1e9, true],
      [1e9 + 1, false],
    ] as const) {
      const parsed = transactionBatchSchema.safeParse({ transactions: [], tickets: { 1: tickets } });
      expect(parsed.success).toBe(valid);
    }
  });

  it('shortens what it puts aside', () => {
    const { deadLetters } = count({ id: '5-0', payload: 'x'.repeat(5000) });
    expect(deadLetters[0]?.raw).toHaveLength(1000);
  });

  it('counts slots by the wall clock on a day with 25 hours, and every sale of it', () => {
    const newYork = createBusinessClock('America/New_York');
    const start = newYork.startOf(toDayNumber('2026-11-01'));
    const hourly = Array.from({ length: 25 }, (_, hour) => row({ ts: start + hour * HOUR }));
    const { deltas } = aggregate([batch(hourly, undefined, start + 26 * HOUR)], dataset, newYork);
    const slots = deltas.filter(({ kind }) => kind === 'sales_intraday');
    expect(slots.find(({ field }) => field === '012')?.value).toBe(2000);
    expect(slots).toHaveLength(24);
    expect(changeOf(deltas, 'sales_daily', '2026-11-01', '1:DAIRY')).toBe(25_000);
  });

  it('makes the same sums of a stream however it is cut into runs', () => {
    const anyRow = fc
      .record({
        age: fc.nat(10 * 24),
        store_nbr: fc.constantFrom(1, 2, 10),
        family: fc.constantFrom('DAIRY', 'EGGS'),
        milli: fc.nat(5000),
        onpromotion: fc.nat(3),
      })
      .map(({ age, milli, ...rest }) => ({ id: 'r', ts: NOON - age * HOUR, units: milli / 1000, ...rest }));
    fc.assert(
      fc.property(
        fc.array(fc.array(anyRow, { maxLength: 6 }), { maxLength: 8 }),
        fc.nat(8),
        (batches, cut) => {
          const entries = batches.map((rows, i) => batch(rows, { 1: i }, NOON + i * 300_000));
          const whole = total(count(...entries).deltas);
          const parts = [...count(...entries.slice(0, cut)).deltas, ...count(...entries.slice(cut)).deltas];
          expect(total(parts)).toEqual(whole);
          const rows = batches.flat().filter(({ ts }) => clock.dayOf(ts) >= toDayNumber('2025-12-28'));
          const units = rows.reduce((sum, { units }) => sum + Math.round(units * 1000), 0);
          for (const kind of ['sales_daily', 'sales_weekly', 'sales_monthly', 'sales_intraday']) {
            const summed = count(...entries).deltas.filter((delta) => delta.kind === kind);
            expect(summed.reduce((sum, { value }) => sum + value, 0)).toBe(units);
          }
        },
      ),
    );
  });
});

function total(deltas: readonly BucketDelta[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { kind, period, field, value } of deltas) {
    const key = `${kind} ${period} ${field}`;
    const before = sums[key] ?? 0;
    sums[key] = kind === 'onpromotion_daily' ? Math.max(before, value) : before + value;
  }
  return sums;
}
