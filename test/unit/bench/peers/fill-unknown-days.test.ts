import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { fillUnknownDays, knownUnits } from '../../../bench/peers/fill-unknown-days.ts';

const UNKNOWN = MISSING;
const columns = fc.array(fc.oneof(fc.constant(UNKNOWN), fc.integer({ min: 0, max: 9000 })), {
  minLength: 1,
  maxLength: 40,
});

describe('days that are not known', () => {
  it('take the same weekday of the week before, over several weeks, and the day before in the first week', () => {
    const week = [1000, 2000, UNKNOWN, 4000, 5000, 6000, 7000];
    const nothing = new Array(7).fill(UNKNOWN);
    const filled = fillUnknownDays(Int32Array.from([UNKNOWN, ...week, ...nothing, ...nothing]));
    const known = [1, 2, 2, 4, 5, 6, 7];
    expect([...filled]).toEqual([Number.NaN, ...known, ...known, ...known]);
  });

  it('are filled from earlier days only, and known days stay', () => {
    fc.assert(
      fc.property(columns, fc.nat(39), (days, cut) => {
        const whole = fillUnknownDays(Int32Array.from(days));
        const part = fillUnknownDays(Int32Array.from(days.slice(0, cut)));
        expect([...part]).toEqual([...whole.subarray(0, cut)]);
        const first = days.findIndex((units) => units >= 0);
        days.forEach((units, day) => {
          if (units >= 0) expect(whole[day]).toBe(units / 1000);
          else expect(Number.isNaN(whole[day])).toBe(first < 0 || day < first);
        });
      }),
    );
  });

  it('stay unknown where the baselines are checked', () => {
    expect([...knownUnits(Int32Array.of(UNKNOWN, 1500, UNKNOWN, 0))]).toEqual([
      Number.NaN,
      1.5,
      Number.NaN,
      0,
    ]);
  });
});
