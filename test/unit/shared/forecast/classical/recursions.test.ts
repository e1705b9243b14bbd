import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HORIZON } from '../../../../../shared/features/index.ts';
import {
  dampedTrendAhead,
  filterDampedTrend,
} from '../../../../../shared/forecast/classical/damped-trend.ts';
import { filterTsb, usualTsbState, weekdayFactors } from '../../../../../shared/forecast/classical/tsb.ts';
import { smoothedFrom } from '../../../../../shared/forecast/smoothing.ts';

const TOLERANCE = 1e-6;
const numbers = z.array(z.number());
const series = z.object({ units: numbers, mean: numbers.length(HORIZON) });
/** Made by recorded-forecasts.py beside it, which says how. */
const recorded = z
  .object({
    exponential_smoothing: z.array(series.extend({ alpha: z.number() })),
    damped_trend: z.array(
      series.extend({
        ...{ alpha: z.number(), beta: z.number(), phi: z.number() },
        ...{ level: z.number(), trend: z.number(), next_day: z.number() },
      }),
    ),
    tsb: z.array(series.extend({ alpha_size: z.number(), alpha_chance: z.number() })),
  })
  .parse(JSON.parse(await readFile(new URL('recorded-forecasts.golden.json', import.meta.url), 'utf8')));

const newestFirst = (units: readonly number[]) => Float64Array.from(units).reverse();

function expectClose(forecasts: ArrayLike<number>, recordedMean: readonly number[]): void {
  expect(forecasts.length).toBe(recordedMean.length);
  recordedMean.forEach((mean, i) => {
    expect(Math.abs((forecasts[i] as number) - mean)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, mean));
  });
}

describe('statsforecast forecasts the same', () => {
  it.each(recorded.exponential_smoothing)(
    'by exponential smoothing, alpha $alpha',
    ({ units, alpha, mean }) => {
      const [first = 0, ...later] = units;
      const state = filterDampedTrend(
        newestFirst(later),
        { alpha, beta: 0, phi: 1 },
        { level: first, trend: 0 },
      );
      expectClose(dampedTrendAhead(state, 1, HORIZON), mean);
    },
  );

  it.each(recorded.exponential_smoothing)(
    'by the weighted mean that is blended with trees, alpha $alpha',
    ({ units, alpha, mean }) => {
      // Smoothing from the first day on is that mean of the later days, with what the weights leave on the first.
      const [first = 0, ...later] = units;
      const levels = new Float64Array(140).fill(Number.NaN);
      levels.set(newestFirst(later));
      const profile = new Float64Array(7);
      const ofLater = smoothedFrom({ levels, profile }, 1 - alpha)[0] as number;
      const left = (1 - alpha) ** later.length;
      expectClose(new Float64Array(HORIZON).fill(left * first + (1 - left) * ofLater), mean);
    },
  );

  it.each(recorded.damped_trend)(
    'by a damped trend, phi $phi',
    ({ units, level, trend, next_day, mean, ...weights }) => {
      const state = filterDampedTrend(newestFirst(units), weights, { level, trend });
      expectClose(dampedTrendAhead(state, weights.phi, 1), [next_day]);
      expectClose(dampedTrendAhead(state, weights.phi, HORIZON), mean);
    },
  );

  it.each(recorded.tsb)(
    'by TSB, alphas $alpha_size and $alpha_chance',
    ({ units: [first = 0, ...later], mean, ...weights }) => {
      const { chance, size } = filterTsb(newestFirst(later), weights, { chance: 1, size: first });
      expectClose(new Float64Array(HORIZON).fill(chance * size), mean);
    },
  );
});

describe('a damped trend', () => {
  it('takes an unknown day as it was expected', () => {
    const weights = { alpha: 0.3, beta: 0.1, phi: 0.9 };
    const initial = { level: 5, trend: 1 };
    const unknown = new Float64Array(3).fill(Number.NaN);
    const { level } = filterDampedTrend(unknown, weights, initial);
    expect(level).toBeCloseTo(5 + 0.9 + 0.81 + 0.729, 12);
    expect(dampedTrendAhead(initial, 0.9, 3)[2]).toBeCloseTo(level, 12);
  });
});

describe('TSB', () => {
  it('lets the chance of a sale fall while nothing is sold, and the size stay', () => {
    const state = { chance: 0.5, size: 4 };
    const weights = { alpha_size: 0.3, alpha_chance: 0.1 };
    const { chance, size } = filterTsb(new Float64Array(10), weights, state);
    expect(chance).toBeCloseTo(0.5 * 0.9 ** 10, 12);
    expect(size).toBe(4);
    expect(filterTsb(new Float64Array(10).fill(Number.NaN), weights, state)).toEqual(state);
  });

  it('begins with the share of days with sales, and their mean', () => {
    expect(usualTsbState(Float64Array.of(0, 3, Number.NaN, 5, 0))).toEqual({ chance: 0.5, size: 4 });
    expect(usualTsbState(new Float64Array(3))).toEqual({ chance: 0, size: 0 });
    expect(usualTsbState(new Float64Array())).toEqual({ chance: 0, size: 0 });
  });

  it('knows the week of an even series, and none of a lumpy one', () => {
    const week = [1, 2, 3, 4, 5, 6, 7];
    const even = weekdayFactors(Float64Array.from({ length: 140 }, (_, k) => week[k % 7] as number));
    expect(even[0]).toBeGreaterThan(0.25);
    expect(even[0]).toBeLessThan(0.35);
    const lumpy = weekdayFactors(Float64Array.from({ length: 140 }, (_, k) => (k === 30 ? 40 : 0)));
    for (const factor of lumpy) expect(Math.abs(factor - 1)).toBeLessThan(0.3);
    expect([...weekdayFactors(new Float64Array(140))]).toEqual(new Array(7).fill(1));
    expect([...weekdayFactors(new Float64Array(140).fill(2))]).toEqual(new Array(7).fill(1));
  });
});
