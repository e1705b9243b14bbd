import { describe, expect, it } from 'vitest';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { daysSincePayday, daysUntilPayday } from '../../../../shared/features/calendar-features.ts';
import {
  createCategories,
  createCovariates,
  FEATURE_COUNT,
  FEATURE_FINGERPRINT,
  FEATURE_NAMES,
  FEATURES,
  type SeriesHistory,
  UnknownStoreError,
} from '../../../../shared/features/index.ts';
import {
  bitsOf,
  CATEGORIES,
  FIRST_DAY,
  HISTORY_DAYS,
  SERIES,
  SOURCE,
  STORES,
  sequence,
} from '../../../support/datasets/sample-history.ts';
import { buildFeatureRow } from '../../../support/features/build-rows.ts';

const random = sequence(5);
const HISTORY: SeriesHistory = {
  firstDay: FIRST_DAY,
  milliUnits: Int32Array.from({ length: HISTORY_DAYS }, () => Math.floor(random() * 90_000)),
  onpromotion: Uint16Array.from({ length: HISTORY_DAYS + 20 }, () => (random() < 0.3 ? 4 : 0)),
  tickets: Int32Array.from({ length: HISTORY_DAYS }, () => 900 + Math.floor(random() * 500)),
};

function featuresFor(targetDate: string, h: number, series = SERIES): (name: string) => number {
  const origin = toDayNumber(targetDate) - h;
  const covariates = createCovariates(SOURCE, origin, origin + h, CATEGORIES).of(series);
  const row = new Float32Array(FEATURE_COUNT);
  buildFeatureRow(HISTORY, covariates, origin, h, row);
  return (name) => {
    const index = FEATURE_NAMES.indexOf(name);
    if (index < 0) throw new Error(`no feature ${name}`);
    return row[index] as number;
  };
}

describe('FEATURES', () => {
  it('has at least fifty columns with unique names', () => {
    expect(FEATURE_COUNT).toBeGreaterThanOrEqual(50);
    expect(new Set(FEATURE_NAMES).size).toBe(FEATURE_COUNT);
    expect(FEATURES.filter(({ kind }) => kind === 'category').map(({ name }) => name)).toEqual([
      'store_nbr',
      'family',
      'city',
      'state',
      'type',
      'cluster',
    ]);
  });

  it('has one hash', async () => {
    expect(FEATURE_FINGERPRINT).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('features of the date', () => {
  it('describe the target day, not the origin', () => {
    const at = featuresFor('2016-02-29', 3);
    expect(at('day_of_week')).toBe(1);
    expect(at('day_of_month')).toBe(29);
    expect(at('month')).toBe(2);
    expect(at('day_of_year')).toBe(60);
    expect(at('iso_week')).toBe(9);
    expect(at('days_since_payday')).toBe(0);
  });

  it('resolve transfers: the original is an ordinary day, the day it moved to is the holiday', () => {
    expect(featuresFor('2016-05-24', 5)('national_holiday')).toBe(0);
    expect(featuresFor('2016-05-27', 5)('national_holiday')).toBe(1);
    expect(featuresFor('2016-05-25', 5)('days_until_national_holiday')).toBe(2);
    expect(featuresFor('2016-05-29', 5)('days_since_national_holiday')).toBe(2);
    expect(featuresFor('2016-02-01', 5)('days_until_national_holiday')).toBe(30);
  });

  it("match regional holidays to the store's state and local ones to its city", () => {
    const quito = { storeNbr: '3', family: 'DAIRY' };
    expect(featuresFor('2016-04-01', 1)('regional_holiday')).toBe(1);
    expect(featuresFor('2016-04-01', 1, quito)('regional_holiday')).toBe(0);
    expect(featuresFor('2016-05-12', 1)('local_holiday')).toBe(0);
    expect(featuresFor('2016-05-12', 1, quito)('local_holiday')).toBe(1);
    expect(featuresFor('2016-05-08', 1)('holiday_event')).toBe(1);
    expect(featuresFor('2016-05-08', 1)('national_holiday')).toBe(0);
  });

  it('smooth oil over the 28 days up to the origin and carry prices over days without one', () => {
    const prices = new Map(SOURCE.oil.map(({ date, price }) => [date, price]));
    const origin = toDayNumber('2016-03-06');
    const priceOn = (day: number): number => prices.get(toIsoDate(day)) ?? priceOn(day - 1);
    const meanUpTo = (day: number) =>
      Array.from({ length: 28 }, (_, k) => priceOn(day - k)).reduce((sum, price) => sum + price, 0) / 28;
    const at = featuresFor('2016-03-10', 4);
    expect(at('oil_mean_28')).toBeCloseTo(meanUpTo(origin), 4);
    expect(at('oil_change')).toBeCloseTo(meanUpTo(origin) - meanUpTo(origin - 28), 4);
  });
});

describe('categories', () => {
  it('are sorted, stores by number', () => {
    const stores = [10, 9, 100].map((number) => ({
      store_nbr: String(number),
      city: `c${number}`,
      state: 's',
      type: 'A',
      cluster: number,
    }));
    const categories = createCategories(stores, ['B', 'A']);
    expect(categories.store_nbr).toEqual(['9', '10', '100']);
    expect(categories.cluster).toEqual(['9', '10', '100']);
    expect(categories.city).toEqual(['c10', 'c100', 'c9']);
    expect(categories.family).toEqual(['A', 'B']);
  });

  it('give NaN for a value not seen in training, and an error for an unknown store', () => {
    const covariates = createCovariates(SOURCE, 0, 10, createCategories(STORES.slice(0, 1), ['DAIRY']));
    expect([...covariates.of({ storeNbr: '3', family: 'DAIRY' }).statics]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...covariates.of({ storeNbr: '12', family: 'EGGS' }).statics].every(Number.isNaN)).toBe(true);
    expect(() => covariates.of({ storeNbr: '99', family: 'DAIRY' })).toThrow(UnknownStoreError);
  });
});

describe('time travel', () => {
  it('leaves every feature unchanged when a dataset moves by whole years of 364 days', () => {
    for (const years of [1, 3, 9]) {
      const shift = years * 364;
      const move = (date: string) => toIsoDate(toDayNumber(date) + shift);
      const moved = {
        ...SOURCE,
        shift_days: shift,
        holidays: SOURCE.holidays.map((entry) => ({ ...entry, date: move(entry.date) })),
        oil: SOURCE.oil.map((entry) => ({ ...entry, date: move(entry.date) })),
      };
      for (const origin of [FIRST_DAY + 395, FIRST_DAY + 480, FIRST_DAY + 520]) {
        for (const h of [1, 9, 16]) {
          const before = new Float32Array(FEATURE_COUNT);
          const after = new Float32Array(FEATURE_COUNT);
          const here = createCovariates(SOURCE, origin, origin + h, CATEGORIES).of(SERIES);
          const there = createCovariates(moved, origin + shift, origin + shift + h, CATEGORIES).of(SERIES);
          buildFeatureRow(HISTORY, here, origin, h, before);
          buildFeatureRow({ ...HISTORY, firstDay: FIRST_DAY + shift }, there, origin + shift, h, after);
          expect(bitsOf(after)).toEqual(bitsOf(before));
        }
      }
    }
  });
});

describe('paydays', () => {
  it.each([
    ['2016-02-15', 0, 0],
    ['2016-02-14', 14, 1],
    ['2016-02-16', 1, 13],
    ['2016-02-28', 13, 1],
    ['2016-02-29', 0, 0],
    ['2017-02-28', 0, 0],
    ['2016-03-01', 1, 14],
  ])('%s lies %i days after the last one and %i before the next', (date, since, until) => {
    expect(daysSincePayday(toDayNumber(date))).toBe(since);
    expect(daysUntilPayday(toDayNumber(date))).toBe(until);
  });
});
