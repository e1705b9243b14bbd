import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistoryChunk } from '../../../../shared/sales-store/history-import.ts';
import { historyChunkSchema } from '../../../../shared/schemas/history-chunk.ts';
import { smallHistory } from '../../../contract/sales-store/context.ts';

const LAST_DAY = '2026-01-04';
const junk = fc.constantFrom(
  null,
  undefined,
  -2,
  0.5,
  '1',
  [],
  {},
  [1, 2, 3],
  [0, 0, 0, 0],
  [0, 0, 0, 2 ** 31],
);

function accepts(chunk: unknown): boolean {
  try {
    checkHistoryChunk(chunk, LAST_DAY);
    return true;
  } catch {
    return false;
  }
}

describe('checking a history', () => {
  it('accepts what the publication writes', () => {
    expect(accepts(smallHistory())).toBe(true);
    expect(accepts({ ...smallHistory(), tickets: null })).toBe(true);
    expect(accepts({ ...smallHistory(), series: [] })).toBe(true);
  });

  it('accepts nothing that its schema refuses', () => {
    const fields = fc.constantFrom('store_nbr', 'first_date', 'last_date', 'tickets', 'series');
    const columns = fc.constantFrom('family', 'milli_units', 'onpromotion');
    fc.assert(
      fc.property(fields, columns, junk, junk, (field, column, value, other) => {
        const series = smallHistory().series.map((one) => ({ ...one, [column]: other }));
        for (const chunk of [
          { ...smallHistory(), [field]: value },
          { ...smallHistory(), series },
        ]) {
          if (accepts(chunk)) expect(historyChunkSchema.safeParse(chunk).success).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['another last day', { last_date: '2026-01-03' }, 'last_date'],
    ['a first day after the last', { first_date: '2026-01-05' }, 'first_date'],
    ['a first day that is none', { first_date: '2026-02-30' }, 'first_date'],
    ['a store that is none', { store_nbr: '' }, 'store_nbr'],
    ['a column too long', { tickets: [1, 2, 3, 4, 5] }, 'tickets must have one value per day'],
    ['a value too large', { tickets: [1, 2, 3, 2 ** 31] }, 'tickets[3]'],
  ])('refuses %s and says where', (_, change, where) => {
    expect(() => checkHistoryChunk({ ...smallHistory(), ...change }, LAST_DAY)).toThrow(where);
  });
});
