import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';
import { FIRST_DAY } from '../../../../../support/datasets/small-dataset.ts';
import { check, found } from './checked-sales.ts';

const RHYTHM = [0.8, 0.85, 0.9, 1, 1.2, 1.5, 1.3];

/** Sales of which every week is drawn from the same distribution, times `level` in the last four weeks. */
function stationary(
  stores: number,
  families: number,
  days: number,
  random: () => number,
  level = 1,
): Dataset {
  const series = Array.from({ length: stores * families }, (_, s) => ({
    storeNbr: String(1 + Math.floor(s / families)),
    family: `F${s % families}`,
  }));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const milliUnits = Int32Array.from({ length: series.length * days }, (_, i) => {
    const day = i % days;
    const times = (RHYTHM[day % 7] ?? 1) * (day >= days - 28 ? level : 1);
    return Math.round(20_000 * times * Math.exp(0.2 * normal()));
  });
  return {
    name: 'stationary',
    stores: [],
    families: Array.from({ length: families }, (_, f) => `F${f}`),
    holidays: [],
    oil: [],
    shiftDays: 0,
    panel: {
      firstDay: FIRST_DAY,
      dayCount: days,
      series,
      milliUnits,
      plannedDayCount: days,
      onpromotion: new Uint16Array(milliUnits.length),
      tickets: null,
    },
  };
}

describe('the drift check of a small retailer', () => {
  it.each([
    [1, 1, 500],
    [1, 2, 500],
    [2, 2, 500],
    [1, 2, 650],
    [2, 2, 650],
  ])(
    'raises an alarm for fewer than one in twenty stationary histories of %i stores, %i families and %i days',
    (stores, families, days) => {
      const random = sequence(20_261_127);
      const draws = 120;
      const alarms = Array.from({ length: draws }, () =>
        found(check(stationary(stores, families, days, random)), 'drift'),
      ).filter(({ severity }) => severity !== 'info');
      expect(alarms.length / draws).toBeLessThan(0.05);
    },
  );

  it.each([
    [0.4, 'warning'],
    [2.5, 'warning'],
    [10, 'failure'],
  ])('raises one for a single series at %f times its level', (level, severity) => {
    const random = sequence(7);
    for (let draw = 0; draw < 20; draw++) {
      expect(found(check(stationary(1, 1, 700, random, level)), 'drift').severity).toBe(severity);
    }
  });

  it('looks at the scale alone when the season before is too short', () => {
    const random = sequence(3);
    expect(found(check(stationary(1, 1, 300, random, 2)), 'drift').severity).toBe('info');
    expect(found(check(stationary(1, 1, 300, random, 10)), 'drift').severity).toBe('failure');
  });
});
