import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTransaction, toMilliUnits, transactionSchema } from '../../../../shared/schemas/transaction.ts';

const GOOD = {
  id: 'a-1',
  ts: 1_767_762_000_000,
  store_nbr: '44',
  family: 'GROCERY I',
  units: 2.125,
  onpromotion: 3,
};
const junk = fc.oneof(
  fc.constantFrom(null, undefined, '', ' ', ' A', 'A ', 'é', 'x'.repeat(80), 'x'.repeat(81), 'x'.repeat(121)),
  fc.constantFrom(
    -1,
    -0,
    0,
    0.001,
    0.0005,
    1.0001,
    1e6,
    1e6 + 0.001,
    65_535,
    65_536,
    999_999,
    1_000_000,
    2 ** 53,
  ),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, true, [], {}, '5'),
  fc.double({ min: 0, max: 2e6, noNaN: true }),
  fc.nat(2_000_000_000).map((milli) => milli / 1000),
  fc.anything(),
);

describe('checking a transaction', () => {
  it('accepts and refuses what the schema accepts and refuses, and names the same field', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(GOOD), 'line', 'extra'), junk, (field, value) => {
        const row = { ...GOOD, [field]: value };
        const checked = checkTransaction(row);
        const parsed = transactionSchema.safeParse(row);
        expect('transaction' in checked).toBe(parsed.success);
        if ('reason' in checked) {
          expect(checked.reason).toMatch(new RegExp(`^${field}: `));
          expect(checked.fault).toBe(field);
        } else expect(checked.transaction).toEqual(parsed.data);
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps the line of a receipt, and leaves none where there is none', () => {
    for (const line of [0, 1, 999_999]) {
      expect(checkTransaction({ ...GOOD, line })).toEqual({ transaction: { ...GOOD, line } });
    }
    expect(Object.keys((checkTransaction(GOOD) as { transaction: object }).transaction)).toEqual(
      Object.keys(GOOD),
    );
    for (const line of [-1, 0.5, 1_000_000, '1', null]) {
      expect(checkTransaction({ ...GOOD, line })).toMatchObject({ fault: 'line' });
    }
  });

  it('takes spellings of a family that look the same for one', () => {
    for (const family of ['La\u0301cteos  frescos', ' L\u00e1cteos frescos', 'L\u00e1cteos\u00a0frescos ']) {
      expect(checkTransaction({ ...GOOD, family })).toMatchObject({
        transaction: { family: 'L\u00e1cteos frescos' },
      });
    }
  });

  it('refuses a row without one of its fields', () => {
    for (const field of Object.keys(GOOD)) {
      const row = Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== field));
      expect(checkTransaction(row)).toEqual({
        fault: field,
        reason: expect.stringMatching(new RegExp(`^${field}: `)),
      });
    }
  });

  it('refuses whatever is not an object', () => {
    for (const row of [null, undefined, 5, 'text', [], [GOOD]]) {
      expect(checkTransaction(row)).toHaveProperty('reason');
    }
  });
});

describe('thousandths of a unit', () => {
  it('are those that were written, although most decimals are not exact in binary', () => {
    const wrong = Array.from({ length: 20_000 }, (_, milli) => milli).filter(
      (milli) => toMilliUnits(milli / 1000) !== milli,
    );
    expect(wrong).toEqual([]);
    expect(toMilliUnits(999_999.999)).toBe(999_999_999);
  });
});
