import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DaySheet } from '../../../../shared/schemas/day-sheet.ts';
import { type SeriesKey, seriesKey } from '../../../../shared/schemas/series.ts';
import {
  MAX_UNITS_PER_TRANSACTION,
  type TransactionBatch,
  toMilliUnits,
  transactionSchema,
} from '../../../../shared/schemas/transaction.ts';
import { replayTick } from '../../../../workers/producer/replay.ts';
import { anySheet, invented } from './sheets.ts';

const DAY_START = 1_767_589_200_000;
const slotCounts = fc.constantFrom(288, 288, 288, 276, 300, 7);
const batchSizes = fc.constantFrom(1, 3, 19, 50, 200);

function replayDay(sheet: DaySheet, batchSize: number, slotCount = 288): TransactionBatch[] {
  return Array.from({ length: slotCount }, (_, slot) =>
    replayTick(sheet, { slot, slotCount, end: DAY_START + (slot + 1) * 300_000 }, batchSize),
  );
}

function sumBySeries(batches: readonly TransactionBatch[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of batches.flatMap(({ transactions }) => transactions)) {
    const key = seriesKey(row.store_nbr, row.family);
    sums.set(key, (sums.get(key) ?? 0) + toMilliUnits(row.units));
  }
  return sums;
}

describe('a replayed day', () => {
  it('adds up exactly to its sheet, series by series and ticket by ticket', () => {
    fc.assert(
      fc.property(anySheet, batchSizes, slotCounts, (sheet, batchSize, slotCount) => {
        const batches = replayDay(sheet, batchSize, slotCount);
        expect(sumBySeries(batches)).toEqual(
          new Map([...sumBySeries(batches).keys()].map((key) => [key, unitsOf(sheet, key)])),
        );
        expect(sumBySeries(batches).size).toBe(sheet.series.length);
        const tickets: Record<string, number> = {};
        for (const batch of batches) {
          for (const [store, count] of Object.entries(batch.tickets ?? {})) {
            tickets[store] = (tickets[store] ?? 0) + count;
          }
        }
        expect(tickets).toEqual(sheet.tickets);
      }),
      { numRuns: 80 },
    );
  });

  it('has only valid rows, each within the span of its tick, none of them twice', () => {
    fc.assert(
      fc.property(anySheet, batchSizes, (sheet, batchSize) => {
        const ids = new Set<string>();
        replayDay(sheet, batchSize).forEach(({ transactions }, slot) => {
          const start = DAY_START + slot * 300_000;
          for (const row of transactions) {
            transactionSchema.parse(row);
            expect(row.ts).toBeGreaterThanOrEqual(start);
            expect(row.ts).toBeLessThan(start + 300_000);
            expect(ids.has(row.id)).toBe(false);
            ids.add(row.id);
          }
        });
      }),
      { numRuns: 20 },
    );
  });

  it('gives every row the promotion of its series', () => {
    const sheet = invented(3, 7);
    const rows = replayDay(sheet, 5).flatMap(({ transactions }) => transactions);
    expect(new Set(rows.map(({ onpromotion }) => onpromotion))).toEqual(new Set([0, 1, 2, 3]));
    for (const { store_nbr, family, onpromotion } of rows) {
      expect(onpromotion).toBe(sheet.onpromotion[sheet.series.indexOf(seriesKey(store_nbr, family))]);
    }
  });

  it('visits each of 1,782 series several times and never sends more than its batch', () => {
    const sheet = invented(54, 33);
    sheet.milli_units.fill(4_000_000);
    sheet.curves = {};
    const batches = replayDay(sheet, 50);
    const visits = new Map<string, number>();
    for (const { store_nbr, family } of batches.flatMap(({ transactions }) => transactions)) {
      const key = seriesKey(store_nbr, family);
      visits.set(key, (visits.get(key) ?? 0) + 1);
    }
    expect(visits.size).toBe(1782);
    expect([...new Set(visits.values())].sort()).toEqual([8, 9]);
    expect(Math.max(...batches.map(({ transactions }) => transactions.length))).toBe(50);
  });

  it('sells nothing while every store is closed', () => {
    const sheet = invented(3, 5);
    const units = { open: 0, closed: 0 };
    const slots = { open: 0, closed: 0 };
    replayDay(sheet, 50).forEach(({ transactions }, slot) => {
      const state = (sheet.curves['1']?.[Math.floor(slot / 12)] ?? 0) > 0 ? 'open' : 'closed';
      slots[state]++;
      units[state] += transactions.reduce((sum, row) => sum + row.units, 0);
    });
    expect(slots).toEqual({ open: 14 * 12, closed: 10 * 12 });
    expect(units.closed).toBe(0);
    expect(units.open).toBeGreaterThan(0);
  });

  it('mixes the stores in every batch', () => {
    const batch = replayDay(invented(54, 33), 50).find(({ transactions }) => transactions.length === 50);
    expect(new Set(batch?.transactions.map(({ store_nbr }) => store_nbr)).size).toBeGreaterThan(40);
  });

  it.each([1, 19])('visits each of %i series at most once in a tick, however large the batch', (families) => {
    for (const { transactions } of replayDay(invented(1, families), 50)) {
      expect(new Set(transactions.map(({ family }) => family)).size).toBe(transactions.length);
      expect(transactions.length).toBeLessThanOrEqual(families);
    }
  });

  it('raises the batch when the ticks of a day would not reach every series', () => {
    const sheet = invented(30, 20);
    const batches = replayDay(sheet, 1);
    expect(Math.max(...batches.map(({ transactions }) => transactions.length))).toBe(3);
    expect(sumBySeries(batches).size).toBe(600);
  });

  it('says once, with a row of zero, that a series was not sold', () => {
    const sheet = { ...invented(1, 1), milli_units: [0], curves: {} };
    const rows = replayDay(sheet, 50).flatMap(({ transactions }) => transactions);
    expect(rows).toEqual([expect.objectContaining({ units: 0, onpromotion: 0 })]);
  });

  it('splits what no single transaction may hold', () => {
    const sheet = {
      ...invented(1, 1),
      milli_units: [50_000_000_500],
      curves: { 1: [...Array(23).fill(0), 1] },
    };
    const batches = replayDay(sheet, 50);
    expect(sumBySeries(batches).get('1:FAMILY 0')).toBe(50_000_000_500);
    const rows = batches.flatMap(({ transactions }) => transactions);
    for (const row of rows) transactionSchema.parse(row);
    expect(rows.some(({ units }) => units === MAX_UNITS_PER_TRANSACTION)).toBe(true);
  });

  it('follows the intraday curve: at no moment of the day are all series together far behind or ahead', () => {
    const sheet = invented(54, 33);
    const total = sheet.milli_units.reduce((sum, units) => sum + units, 0);
    const curve = sheet.curves['1'] ?? [];
    const weight = curve.reduce((sum, share) => sum + share, 0);
    let sold = 0;
    let expected = 0;
    replayDay(sheet, 50).forEach((batch, slot) => {
      for (const row of batch.transactions) sold += toMilliUnits(row.units);
      expected += (curve[Math.floor(slot / 12)] ?? 0) / 12 / weight;
      expect(Math.abs(sold / total - expected)).toBeLessThan(0.03);
    });
  });

  it('sells whole units of what is sold in whole units', () => {
    const sheet = invented(2, 9);
    const isWhole = (key: SeriesKey) => Number(unitsOf(sheet, key)) % 1000 === 0;
    const rows = replayDay(sheet, 50).flatMap(({ transactions }) => transactions);
    const whole = rows.filter((row) => isWhole(seriesKey(row.store_nbr, row.family)));
    expect(whole.some(({ units }) => units > 0)).toBe(true);
    expect(whole.length).toBeLessThan(rows.length);
    for (const { units } of whole) expect(Number.isInteger(units)).toBe(true);
  });

  it('is the same to the byte whenever a tick is made again', () => {
    fc.assert(
      fc.property(anySheet, batchSizes, fc.nat(287), (sheet, batchSize, slot) => {
        const tick = { slot, slotCount: 288, end: DAY_START + (slot + 1) * 300_000 };
        const copy = JSON.parse(JSON.stringify(sheet)) as DaySheet;
        expect(JSON.stringify(replayTick(copy, tick, batchSize))).toBe(
          JSON.stringify(replayTick(sheet, tick, batchSize)),
        );
      }),
    );
  });
});

function unitsOf(sheet: DaySheet, key: string): number | undefined {
  return sheet.milli_units[sheet.series.indexOf(key)];
}
