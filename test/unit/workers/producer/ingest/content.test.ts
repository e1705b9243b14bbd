import { describe, expect, it } from 'vitest';
import type { Transaction } from '../../../../../shared/schemas/transaction.ts';
import { describeDifference, hashOfContent } from '../../../../../workers/producer/ingest/content.ts';

const ROW: Transaction = {
  id: 'receipt 1',
  ts: 1_795_376_040_000,
  store_nbr: '44',
  family: 'DAIRY',
  units: 2.5,
  onpromotion: 0,
};

describe('the hash of what a transaction says', () => {
  it('is what the stores have kept since November 2026', () => {
    // Computed by another program.
    expect(hashOfContent(ROW)).toBe(92_445_198);
    expect(hashOfContent({ ...ROW, family: 'Lácteos 奶', units: 0.001, onpromotion: 65_535 })).toBe(
      84_310_663,
    );
  });

  it('depends on time, family, units and promotion, and on nothing that names the transaction', () => {
    const { ts, units } = ROW;
    const others: Partial<Transaction>[] = [
      { ts: ts + 1 },
      { family: 'DAIRY 2' },
      { units: 2.501 },
      { onpromotion: 1 },
      { ts: ts + 2 ** 32 },
      { onpromotion: 2500, units: 0 },
    ];
    for (const other of others) expect(hashOfContent({ ...ROW, ...other })).not.toBe(hashOfContent(ROW));
    const same: Partial<Transaction>[] = [
      { id: 'other' },
      { store_nbr: '45' },
      { line: 3 },
      { units: units + 1e-10 },
    ];
    for (const other of same) expect(hashOfContent({ ...ROW, ...other })).toBe(hashOfContent(ROW));
  });

  it('has 8 digits that spread as those of a random number do', () => {
    // 50 families, 50 counts of units and 80 instants as tills have them: 200,000 contents.
    const seen = new Map<number, number>();
    for (let i = 0; i < 200_000; i++) {
      const units = 1 + (Math.floor(i / 50) % 50);
      const ts = ROW.ts + 1000 * Math.floor(i / 2500);
      const hash = hashOfContent({ ...ROW, family: `FAMILY ${i % 50}`, units, ts });
      seen.set(hash, (seen.get(hash) ?? 0) + 1);
    }
    // 200,000 random numbers of 8 digits make 200 pairs on average, with a deviation of 14.2.
    const pairs = Array.from(seen.values(), (n) => (n * (n - 1)) / 2).reduce((a, b) => a + b, 0);
    expect(pairs).toBeLessThan(200 + 5 * 14.2);
    const sorted = Float64Array.from(seen.keys()).sort();
    expect(sorted.every(Number.isInteger)).toBe(true);
    expect(sorted[0]).toBeLessThan(0.001 * 1e8);
    expect(sorted.at(-1)).toBeGreaterThan(0.999 * 1e8);
    expect(sorted.at(-1)).toBeLessThan(1e8);
  });
});

describe('the difference of two transactions', () => {
  it('names every field with both values, and no other', () => {
    expect(describeDifference(ROW, ROW)).toBe('');
    expect(describeDifference({ ...ROW, family: 'A "B"', units: 1 }, ROW)).toBe(
      'family "A \\"B\\"", was "DAIRY"; units 1, was 2.5',
    );
    expect(describeDifference({ ...ROW, id: 'b', ts: 5, onpromotion: 2 }, ROW)).toBe(
      'ts 5, was 1795376040000; onpromotion 2, was 0',
    );
  });
});
