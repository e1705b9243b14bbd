import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readUrlState, writeUrlState } from '../../../../dashboard/src/lib/url-state.ts';

it('reads store, family and whether the table is open from a link', () => {
  expect(readUrlState('?store=44&family=GROCERY+I&table=1')).toEqual({
    storeNbr: '44',
    family: 'GROCERY I',
    table: true,
  });
  expect(readUrlState('')).toEqual({ storeNbr: null, family: null, table: false });
});

it('treats an invalid link like an empty one', () => {
  for (const store of ['', '%20', '+%0A'])
    expect(readUrlState(`?store=${store}&family=%20`)).toEqual({
      storeNbr: null,
      family: null,
      table: false,
    });
});

it('round-trips every state, and keeps other parameters of the link', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 64, unit: 'grapheme' })
    .filter((text) => text === text.trim());
  const state = fc.record({
    storeNbr: fc.option(name),
    family: fc.option(name),
    table: fc.boolean(),
  });
  fc.assert(
    fc.property(state, state, (first, second) => {
      const link = writeUrlState(writeUrlState('?debug=1', first), second);
      expect(readUrlState(link)).toEqual(second);
      expect(new URLSearchParams(link).get('debug')).toBe('1');
    }),
  );
});

it('writes a clean address for an empty state', () => {
  expect(writeUrlState('?store=1&table=1', { storeNbr: null, family: null, table: false })).toBe('');
});
