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
  it('is that of the series where the model repeats its mean logarithm, however lumpy it sells', () => {
    const random = sequence(3);
    const lumpy = historyOf(() => (random() < 0.3 ? 1 + Math.floor(60 * random() ** 3) : 0));
    const z = new Float64Array(H).fill(total(usual(lumpy).slice(0, 14)) / 14);
    const mean = [...lumpy.milliUnits.subarray(DAYS - 56)].reduce((sum, value) => sum + value / 1000, 0) / 56;
    const expected = total(expectedDemand(lumpy, ORIGIN, z, null).slice(0, 14)) / 14;
    expect(expected / mean).toBeGreaterThan(0.9);
    expect(expected / mean).toBeLessThan(1.1);
    // The model of the logarithm alone says a third of it.
    expect(total(z.slice(0, 14).map(Math.expm1)) / 14 / mean).toBeLessThan(0.5);
  });

  it.each([
    [0.15, 20],
    [0.3, 20],
    [0.6, 8],
    [1, 8],
  ])('is unbiased over many series that sell on a share of %d of days %i or so', (share, size) => {
    const random = sequence(11);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const sell = () => (random() < share ? Math.ceil(size * Math.exp(0.6 * normal())) : 0);
    const many = Array.from({ length: 20_000 }, sell);
    const mean = total(many) / many.length;
    // What a model knows that has seen many like them.
    const z = new Float64Array(H).fill(total(many.map(Math.log1p)) / many.length);
    const means = Array.from(
      { length: 400 },
      () => total(expectedDemand(historyOf(sell), ORIGIN, z, null)) / H,
    );
    expect(total(means) / means.length / mean).toBeGreaterThan(0.97);
    expect(total(means) / means.length / mean).toBeLessThan(1.03);
  });

  it('is that of its days with sales at most, where a series sells one week in four', () => {
    const random = sequence(5);
    const units = (day: number) => (day % 28 >= 14 && day % 28 < 21 ? 15 + Math.floor(10 * random()) : 0);
    const seasonal = historyOf(units);
    for (const share of [0.3, 0.6, 1]) {
      // From a model that does not know which week it is to one that is sure of a week with sales.
      const z = new Float64Array(H).fill(share * Math.log1p(20));
      const means = expectedDemand(seasonal, ORIGIN, z, null);
      means.forEach((mean, i) => {
        expect(mean, `h ${i + 1}`).toBeGreaterThanOrEqual(Math.expm1(z[i] as number));
        expect(mean, `h ${i + 1}`).toBeLessThan(1.1 * share * 20);
      });
    }
    // A new level counts.
    const doubled = expectedDemand(seasonal, ORIGIN, new Float64Array(H).fill(Math.log1p(40)), null);
    expect(total(doubled) / H).toBeGreaterThan(38);
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

  it.each([10, 21, 25, 28, 31, 35, 49])(
    'does not take a level that changed %i days ago for skewness',
    (back) => {
      const random = sequence(5);
      for (const factor of [10, 0.2, 0.02]) {
        const changed = historyOf((day) =>
          Math.round(200 * (0.8 + 0.4 * random()) * (day > ORIGIN - back ? factor : 1)),
        );
        const means = expectedDemand(
          changed,
          ORIGIN,
          new Float64Array(H).fill(Math.log1p(200 * factor)),
          null,
        );
        expect(total(means) / H / (200 * factor), `${factor}`).toBeLessThan(1.3);
      }
    },
  );

  it.each([10, 21, 28, 40])(
    'is not that of the days before for a series that stopped selling %i days ago',
    (back) => {
      const random = sequence(6);
      const stopped = historyOf((day) => (day > ORIGIN - back ? 0 : Math.round(60 * (0.8 + 0.4 * random()))));
      // The model says 0.02 a day.
      expect(total(expectedDemand(stopped, ORIGIN, new Float64Array(H).fill(0.02), null)) / H).toBeLessThan(
        0.1,
      );
    },
  );

  it('stays that of a slow seller that happens to sell nothing for two weeks', () => {
    const random = sequence(7);
    const slow = historyOf((day) => (day <= ORIGIN - 14 && random() < 0.15 ? 4 : 0));
    const sold = [...slow.milliUnits.subarray(DAYS - 56)].reduce((sum, value) => sum + value / 1000, 0) / 56;
    const means = expectedDemand(slow, ORIGIN, new Float64Array(H).fill(0.1), null);
    expect(total(means) / H).toBeGreaterThan(sold / 2);
  });

  it('counts the lumps of a delivery every second week', () => {
    const fortnightly = historyOf((day) => (day % 14 === 3 ? 800 : 0));
    const means = expectedDemand(fortnightly, ORIGIN, usual(fortnightly), null);
    expect(total(means.slice(0, 14)) / 800).toBeGreaterThan(0.5);
    expect(total(means.slice(0, 14)) / 800).toBeLessThan(1.5);
  });

  it('does not lie below the median where a season begins', () => {
    const december = historyOf(() => 0);
    const means = expectedDemand(december, ORIGIN, new Float64Array(H).fill(Math.log1p(50)), null);
    expect(Math.min(...means)).toBeCloseTo(50, 9);
  });

  it('skips unknown days, however rarely the series sells', () => {
    const random = sequence(8);
    const slow = historyOf(() => (random() < 0.25 ? 1 + Math.floor(19 * random() ** 2) : 0));
    const z = new Float64Array(H).fill(Math.log1p(0.7));
    const known = total(expectedDemand(slow, ORIGIN, z, null));
    const lost = { ...slow, milliUnits: slow.milliUnits.map((units, day) => (day % 9 === 4 ? -1 : units)) };
    const other = total(expectedDemand(lost, ORIGIN, z, null));
    expect(other / known).toBeGreaterThan(0.7);
    expect(other / known).toBeLessThan(1.4);
  });
});
