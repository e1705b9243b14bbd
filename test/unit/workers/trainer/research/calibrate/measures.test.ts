import { describe, expect, it } from 'vitest';
import { toDayNumber } from '../../../../../../shared/calendar/day-number.ts';
import type { Selection } from '../../../../../../workers/trainer/research/calibrate/measures.ts';
import * as measures from '../../../../../../workers/trainer/research/calibrate/measures.ts';

/** Ten weeks from a Monday on. */
function selection(unitsOn: (day: number) => number, itemsOn: (day: number) => number = () => 0): Selection {
  const dayCount = 70;
  const milliUnits = Int32Array.from({ length: dayCount }, (_, day) => 1000 * unitsOn(day));
  return {
    firstDay: toDayNumber('2017-01-02'),
    dayCount,
    series: [
      {
        storeNbr: '1',
        family: 'A',
        milliUnits,
        onpromotion: Uint16Array.from({ length: dayCount }, (_, day) => itemsOn(day)),
        open: Uint8Array.from(milliUnits, (value) => Number(value > 0)),
      },
    ],
  };
}

describe('the calibration measures', () => {
  it('find a weekday profile and a share of zeros', () => {
    const sundaysOff = selection((day) => (day % 7 === 6 ? 0 : 7));
    expect(measures.weekdayProfile(sundaysOff)).toEqual([7 / 6, 7 / 6, 7 / 6, 7 / 6, 7 / 6, 7 / 6, 0]);
    expect(measures.zeroShare(sundaysOff)).toBeCloseTo(1 / 7);
    expect(measures.meanUnits(sundaysOff)).toBe(6);
  });

  it('find the ratio of promoted to unpromoted days of the same weekday', () => {
    const promoted = selection(
      (day) => (day % 7) + 1 + (day === 30 ? 6 : 0),
      (day) => Number(day === 30),
    );
    expect(measures.promotionRatio(promoted)).toBeCloseTo(3);
    expect(measures.promotionShare(promoted, 28, 38)).toBe(0.1);
    expect(measures.promotionRatio(selection(() => 1))).toBeNull();
  });

  it('find no error if every week is the same', () => {
    const steady = selection((day) => 5 + (day % 7));
    for (const weeks of [1, 4]) {
      expect(measures.sameWeekdayError(steady, measures.lastOrigins(70, 2), weeks, false)).toEqual({
        rmsle: 0,
        wape: 0,
      });
    }
  });

  it('forecast from days before the window only', () => {
    const jump = selection((day) => (day > 53 ? 19 : 9));
    const error = measures.sameWeekdayError(jump, [53], 1, false);
    expect(error.rmsle).toBeCloseTo(Math.log(2));
    expect(error.wape).toBeCloseTo(10 / 19);
  });

  it('leave closed days out on request', () => {
    const closed = selection((day) => (day === 60 ? 0 : 9));
    expect(measures.sameWeekdayError(closed, [53], 1, true).rmsle).toBe(0);
    expect(measures.sameWeekdayError(closed, [53], 1, false).rmsle).toBeGreaterThan(0.5);
  });
});
