import { expect, it } from 'vitest';
import {
  compareEntryIds,
  entryIdAt,
  parseEntryId,
  toEntryId,
} from '../../../../shared/sales-store/entry-id.ts';

it('entry ids sort by time, then sequence, and null stands first', () => {
  const ids = ['9-1', null, '10-0', '9-0', '10-12'] as const;
  expect([...ids].sort(compareEntryIds)).toEqual([null, '9-0', '9-1', '10-0', '10-12']);
  expect(compareEntryIds('5-0', '5-0')).toBe(0);
});

it('an entry id is milliseconds and a sequence, nothing else', () => {
  expect(parseEntryId(entryIdAt(1_700_000_000_000))).toEqual({ instant: 1_700_000_000_000, sequence: 0 });
  for (const text of ['', '1', '1-', '-1', '1-2-3', 'a-0', '1-*'])
    expect(() => parseEntryId(text)).toThrow(SyntaxError);
});

it('a text is an entry id only if it is written as one', () => {
  expect(toEntryId('1700000000000-7')).toBe('1700000000000-7');
  for (const text of ['', '1-', '1-2-3', 'a-0']) expect(() => toEntryId(text)).toThrow(`"${text}" is not`);
});
