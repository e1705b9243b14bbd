import { describe, expect, it } from 'vitest';
import type { SeriesHistory } from '../../../../shared/features/index.ts';
import { expectedDemand } from '../../../../shared/forecast/expected-demand.ts';
import { sequence } from '../../../support/datasets/sample-history.ts';

const DAYS = 120;
const ORIGIN = DAYS - 1;
const H = 16;

/** @param units of a day, 0 the first */
function historyOf(units: (day: number) => number, items: (day: number) => number = () => 0): SeriesHistory {
  return {
    firstDay: 0,
    milliUnits: Int32Array.from({ length: DAYS }, (_, day) => Math.round(1000 * units(day))),
    onpromotion: Uint16Array.from({ length: DAYS + H + 1 }, (_, day) => items(day)),
    tickets: new Int32Array(DAYS).fill(-1),
  };
}

/** What a model says that repeats the mean logarithm of the last eight weeks, weekday by weekday. */
function usual({ milliUnits }: SeriesHistory): Float64Array {
  return Float64Array.from({ length: H }, (_, i) => {
    let sum = 0;
    let days = 0;
    for (let day = DAYS - 56; day < DAYS; day++) {
      if ((ORIGIN + 1 + i - day) % 7 !== 0) continue;
      sum += Math.log1p((milliUnits[day] as number) / 1000);
      days++;
    }
    return sum / days;
  });
}

const total = (values: Float64Array | number[]) => [...values].reduce((sum, value) => sum + value, 0);

describe('the mean of a forecast', () => {
  it('is that of the series where the model repeats it, however lumpy it sells', () => {
    const random = sequence(3);
    const lumpy = historyOf(() => (random() < 0.3 ? 1 + Math.floor(60 * random() ** 3) : 0));
    const z = usual(lumpy);
    const mean = [...lumpy.milliUnits.subarray(DAYS - 56)].reduce((sum, value) => sum + value / 1000, 0) / 56;
    const expected = total(expectedDemand(lumpy, ORIGIN, z, null).slice(0, 14)) / 14;
    expect(expected / mean).toBeGreaterThan(0.9);
    expect(expected / mean).toBeLessThan(1.1);
    // The model of the logarithm alone says a third of it.
    expect(total(z.slice(0, 14).map(Math.expm1)) / 14 / mean).toBeLessThan(0.5);
  });

  it('is the forecast itself where demand does not vary', () => {
    const steady = historyOf((day) => (day % 7 === 3 ? 80 : 50));
    const z = Float64Array.from({ length: H }, (_, i) => Math.log1p(40 + i));
    const means = expectedDemand(steady, ORIGIN, z, null);
    expect(means).toHaveLength(H);
    means.forEach((mean, i) => {
      expect(mean).toBeCloseTo(40 + i, 9);
    });
  });

  it('does not take a panic purchase for what the series does', () => {
    const random = sequence(9);
    const steady = (day: number) => (day === DAYS - 10 ? 90_000 : 90 + 20 * random());
    const means = expectedDemand(historyOf(steady), ORIGIN, new Float64Array(H).fill(Math.log1p(100)), null);
    expect(Math.max(...means)).toBeLessThan(105);
  });

  it('is 0 for a series that sold nothing and that the model says will sell nothing', () => {
    expect([
      ...expectedDemand(
        historyOf(() => 0),
        ORIGIN,
        new Float64Array(H),
        null,
      ),
    ]).toEqual(Array(H).fill(0));
  });

  it('takes no past promotions for chance', () => {
    const effect = (items: number) => (items > 0 ? Math.log(3) : 0);
    const items = (day: number) => Number(day % 14 < 3);
    const promoted = historyOf((day) => 100 * Math.exp(effect(items(day))), items);
    const z = Float64Array.from({ length: H }, (_, i) =>
      Math.log1p(100 * Math.exp(effect(items(ORIGIN + 1 + i)))),
    );
    const means = expectedDemand(promoted, ORIGIN, z, effect);
    expect(means).toHaveLength(H);
    means.forEach((mean, i) => {
      expect(mean / Math.expm1(z[i] as number)).toBeCloseTo(1, 6);
    });
  });
});
