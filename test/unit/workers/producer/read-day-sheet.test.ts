import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daySheetSchema } from '../../../../shared/schemas/day-sheet.ts';
import { readDaySheet } from '../../../../workers/producer/read-day-sheet.ts';
import { anySheet, invented } from './sheets.ts';

const KEY = 'replay/2026-01-05.json';
const FIELDS = ['date', 'series', 'milli_units', 'onpromotion', 'tickets', 'curves'] as const;
const junk = fc.constantFrom(
  null,
  -1,
  0.5,
  65_536,
  1e300,
  'text',
  [],
  {},
  [1],
  ['1:A'],
  { 1: -1 },
  { 1: [1, 2] },
  { 1: Array(24).fill(-1) },
  { 1: Array(24).fill(0) },
  undefined,
);

function accepts(value: unknown): boolean {
  try {
    readDaySheet(JSON.stringify(value), KEY);
    return true;
  } catch {
    return false;
  }
}

describe('reading a day sheet', () => {
  it('gives back what was published', () => {
    fc.assert(
      fc.property(anySheet, (sheet) => {
        expect(readDaySheet(JSON.stringify(sheet), KEY)).toEqual(JSON.parse(JSON.stringify(sheet)));
      }),
    );
  });

  it('accepts and refuses what the schema accepts and refuses', () => {
    fc.assert(
      fc.property(anySheet, fc.constantFrom(...FIELDS), junk, (sheet, field, value) => {
        fc.pre(field !== 'date');
        const changed = JSON.parse(JSON.stringify({ ...sheet, [field]: value })) as unknown;
        expect(accepts(changed)).toBe(daySheetSchema.safeParse(changed).success);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['milli_units', 'onpromotion'] as const)('refuses a broken value anywhere in %s', (column) => {
    const sheet = invented(2, 3);
    sheet[column][4] = 0.5;
    expect(() => readDaySheet(JSON.stringify(sheet), KEY)).toThrow(`${KEY}: ${column}`);
  });

  it('refuses another day, a list and what is not JSON, and says which object it was', () => {
    expect(() => readDaySheet(JSON.stringify(invented(1, 1, '2026-01-06')), KEY)).toThrow(`${KEY}: date`);
    expect(() => readDaySheet('[]', KEY)).toThrow(`${KEY}: must hold one JSON object`);
    expect(() => readDaySheet('{"date":', KEY)).toThrow(`${KEY}: is not JSON`);
  });
});
