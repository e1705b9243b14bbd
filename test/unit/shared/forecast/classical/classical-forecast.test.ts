import { describe, expect, it } from 'vitest';
import { at } from '../../../../../shared/at.ts';
import { HORIZON, type SeriesHistory } from '../../../../../shared/features/index.ts';
import {
  CLASSICAL_DEFAULTS,
  classicalForecast,
} from '../../../../../shared/forecast/classical/classical-forecast.ts';
import type { PromotionEffect } from '../../../../../shared/forecast/promotion-response.ts';
import { CLASSICAL_NAMES, type ClassicalName } from '../../../../../shared/schemas/contender-names.ts';
import { sequence } from '../../../../support/datasets/sample-history.ts';

const DAYS = 150;
const ORIGIN = DAYS - 1;
const double: PromotionEffect = (items) => (items > 0 ? Math.log(2) : 0);

interface Made {
  /** Units of a day, 0 the first; null where not known. */
  readonly units: (day: number) => number | null;
  readonly items?: (day: number) => number;
  readonly closed?: (day: number) => boolean;
  readonly tickets?: (day: number) => number;
}

function historyOf({ units, items, closed, tickets }: Made): SeriesHistory {
  return {
    firstDay: 0,
    milliUnits: Int32Array.from({ length: DAYS }, (_, day) => {
      const sold = units(day);
      return sold === null ? -1 : Math.round(1000 * sold);
    }),
    onpromotion: Uint16Array.from({ length: DAYS + HORIZON + 1 }, (_, day) => items?.(day) ?? 0),
    tickets: Int32Array.from({ length: DAYS }, (_, day) => tickets?.(day) ?? -1),
    closed: Uint8Array.from({ length: DAYS + HORIZON }, (_, day) => Number(closed?.(day) ?? false)),
  };
}

function forecastOf(name: ClassicalName, made: Made, effect: PromotionEffect | null = null) {
  const series = { storeNbr: '1', family: 'BREAD' };
  const basis = { series, history: historyOf(made), origin: ORIGIN, effect, peers: null };
  return classicalForecast(name, basis, CLASSICAL_DEFAULTS);
}

const week = [10, 12, 14, 16, 20, 30, 25];
const weekly = (day: number) => at(week, day % 7);

describe.each(CLASSICAL_NAMES)('%s', (name) => {
  it('repeats a week that is always the same', () => {
    const { median, mean } = forecastOf(name, { units: weekly });
    for (const units of [median, mean]) {
      units.forEach((value, i) => {
        expect(value / weekly(ORIGIN + 1 + i)).toBeGreaterThan(0.85);
        expect(value / weekly(ORIGIN + 1 + i)).toBeLessThan(1.15);
      });
    }
  });

  it('is 0 on days on which the store is expected to be closed, and nowhere else', () => {
    const closed = (day: number) => day > ORIGIN && day % 7 === 3;
    const { median, mean } = forecastOf(name, { units: weekly, closed });
    for (const units of [median, mean]) {
      units.forEach((value, i) => {
        expect(value === 0).toBe(closed(ORIGIN + 1 + i));
      });
    }
  });

  it('takes a closed day of the past for unknown demand', () => {
    const isClosed = (day: number) => day > ORIGIN - 10 && day % 5 === 0;
    const tickets = (day: number) => (isClosed(day) ? 0 : 100);
    const shut = forecastOf(name, { units: (day) => (isClosed(day) ? 0 : 20), tickets });
    const open = forecastOf(name, { units: () => 20, tickets: () => 100 });
    shut.median.forEach((value, i) => {
      expect(value).toBeCloseTo(at(open.median, i), 6);
    });
  });

  it('takes off what promotions added, and multiplies the plan by their effect', () => {
    const isPromoted = (day: number) => day % 5 === 0;
    const items = (day: number) => Number(isPromoted(day));
    const units = (day: number) => (isPromoted(day) ? 40 : 20);
    const { median, mean } = forecastOf(name, { units, items }, double);
    for (const days of [median, mean]) {
      // The anchor's promotions count in proportion to the mean of their logarithms, as they do for the trees.
      days.forEach((value, i) => {
        expect(value / units(ORIGIN + 1 + i)).toBeGreaterThan(0.97);
        expect(value / units(ORIGIN + 1 + i)).toBeLessThan(1.03);
      });
    }
  });

  it('counts promoted days as any other where their effect is not known', () => {
    const items = (day: number) => Number(day % 3 === 0);
    const promoted = forecastOf(name, { units: weekly, items });
    expect(promoted).toEqual(forecastOf(name, { units: weekly }));
  });

  it('forecasts nothing of a series that has fallen silent, or is not known', () => {
    const silent = forecastOf(name, { units: (day) => (day > ORIGIN - 40 ? 0 : 20) });
    for (const value of [...silent.median, ...silent.mean]) expect(value).toBeLessThan(3);
    const unknown = forecastOf(name, { units: () => null });
    expect([...unknown.median, ...unknown.mean].every((value) => value === 0)).toBe(true);
  });

  it('forecasts a series of few days by their level', () => {
    const { median } = forecastOf(name, { units: (day) => (day > ORIGIN - 10 ? 20 : null) });
    for (const value of median) expect(value).toBeCloseTo(20, 6);
  });

  it('has a median between 0 and the mean', () => {
    const random = sequence(7);
    const lumps = Array.from({ length: DAYS }, () => (random() < 0.3 ? Math.ceil(9 * random()) : 0));
    const { median, mean } = forecastOf(name, { units: (day) => at(lumps, day) });
    median.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(at(mean, i));
    });
  });

  it('reads no sale after the origin', () => {
    const basis = {
      series: { storeNbr: '1', family: 'BREAD' },
      origin: ORIGIN - 20,
      effect: null,
      peers: null,
    };
    const history = historyOf({ units: weekly });
    const later = { ...history, milliUnits: history.milliUnits.slice(), tickets: history.tickets.slice() };
    later.milliUnits.fill(900_000, ORIGIN - 19);
    later.tickets.fill(1, ORIGIN - 19);
    const [before, after] = [history, later].map((read) =>
      classicalForecast(name, { ...basis, history: read }, CLASSICAL_DEFAULTS),
    );
    expect(after).toEqual(before);
  });
});

describe('the classical forecasters', () => {
  it('follow a trend only where it is damped', () => {
    const grows = (day: number) => 20 * 1.01 ** day;
    const weights = { alpha: 0.2, beta: 0.02, phi: 0.98 };
    const basis = {
      ...{ series: { storeNbr: '1', family: 'BREAD' }, origin: ORIGIN, effect: null, peers: null },
      history: historyOf({ units: grows }),
    };
    const parameters = { ...CLASSICAL_DEFAULTS, damped_trend: weights };
    const sumOf = (name: ClassicalName) =>
      classicalForecast(name, basis, parameters).median.reduce((sum, value) => sum + value, 0);
    const truth = Array.from({ length: HORIZON }, (_, i) => grows(ORIGIN + 1 + i)).reduce(
      (sum, y) => sum + y,
      0,
    );
    const errors = (['exponential_smoothing', 'damped_trend'] as const).map((name) =>
      Math.abs(sumOf(name) / truth - 1),
    );
    expect(errors[0]).toBeGreaterThan(0.08);
    expect(at(errors, 1)).toBeLessThan(0.5 * at(errors, 0));
  });

  it('expect of lumps what they add up to', () => {
    const random = sequence(11);
    const lumps = Array.from({ length: DAYS }, () => (random() < 0.25 ? 8 : 0));
    const share = lumps.filter((units) => units > 0).length / DAYS;
    const { median, mean } = forecastOf('tsb', { units: (day) => at(lumps, day) });
    const daily = mean.reduce((sum, value) => sum + value, 0) / HORIZON;
    expect(daily / (8 * share)).toBeGreaterThan(0.6);
    expect(daily / (8 * share)).toBeLessThan(1.5);
    expect(Math.max(...median)).toBeLessThan(Math.max(...mean));
    const items = (day: number) => Number(day === ORIGIN + 3);
    const planned = forecastOf('tsb', { units: (day) => at(lumps, day), items }, double);
    expect(at(planned.mean, 2)).toBeCloseTo(2 * at(mean, 2), 9);
    expect(at(planned.mean, 1)).toBeCloseTo(at(mean, 1), 9);
  });

  it('forget the zeros of a stock-out that is over', () => {
    for (const name of CLASSICAL_NAMES) {
      const back = forecastOf(name, { units: (day) => (day > ORIGIN - 60 && day <= ORIGIN - 20 ? 0 : 20) });
      for (const value of back.median) expect(value).toBeCloseTo(20, 6);
    }
  });
});
