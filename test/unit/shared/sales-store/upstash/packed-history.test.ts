import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  openColumns,
  openTickets,
  packSeries,
  packTickets,
  unpackSeries,
  unpackTickets,
} from '../../../../../shared/sales-store/upstash/packed-history.ts';

const day = fc.tuple(fc.integer({ min: -1, max: 2 ** 31 - 1 }), fc.nat(65_535));

describe('packed days', () => {
  it('come back as they were, up to the day that counts', () => {
    fc.assert(
      fc.property(
        fc.nat(40_000),
        fc.array(day, { maxLength: 450 }),
        fc.integer({ min: -5, max: 460 }),
        (firstDay, days, upTo) => {
          const milliUnits = Int32Array.from(days, ([units]) => units);
          const onpromotion = Uint16Array.from(days, ([, items]) => items);
          const count = Math.max(0, Math.min(upTo, days.length));
          expect(
            unpackSeries(packSeries({ firstDay, milliUnits, onpromotion }), firstDay + upTo - 1),
          ).toEqual({
            firstDay,
            milliUnits: milliUnits.slice(0, count),
            onpromotion: onpromotion.slice(0, count),
          });
          expect(unpackTickets(packTickets({ firstDay, tickets: milliUnits }), firstDay + upTo - 1)).toEqual({
            firstDay,
            tickets: milliUnits.slice(0, count),
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are readable by any program: little-endian numbers in base64', () => {
    const packed = packSeries({
      firstDay: 20_000,
      milliUnits: Int32Array.of(1, -1),
      onpromotion: Uint16Array.of(258, 0),
    });
    expect(packed).toBe(`20000:2:${Buffer.from('01000000ffffffff02010000', 'hex').toString('base64')}`);
  });

  it('are none for a series that is only live', () => {
    expect(openColumns('', 9, 12)).toMatchObject({ firstDay: 12, milliUnits: new Int32Array(0) });
    expect(openTickets('', '', 12)).toEqual({ firstDay: 12, tickets: new Int32Array(0) });
  });

  it.each(['', '5', '5:2:', '5:1:AAAA', 'x:1:AAAAAAAA'])('refuses %j', (text) => {
    expect(() => unpackSeries(text, 5)).toThrow(SyntaxError);
  });
});
