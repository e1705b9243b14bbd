import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isoWeekday, toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { FAMILY_TABLE } from '../../../../../../workers/trainer/data/synthetic/family-table.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';

const SMALL = { stores: 6, families: 5, firstDate: '2016-01-01', lastDate: '2016-06-30' } as const;

function hash({ panel }: Dataset): string {
  const digest = createHash('sha256').update(panel.milliUnits).update(panel.onpromotion);
  return digest.update(panel.tickets ?? '').digest('hex');
}

function columnOf({ panel }: Dataset, storeNbr: string, family: string): Int32Array {
  const s = panel.series.findIndex((series) => series.storeNbr === storeNbr && series.family === family);
  expect(s).toBeGreaterThanOrEqual(0);
  return panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount);
}

describe('the synthetic dataset', () => {
  it('is bit-identical for the same options, and different for another seed', () => {
    const first = hash(generateSyntheticDataset(SMALL).dataset);
    expect(hash(generateSyntheticDataset(SMALL).dataset)).toBe(first);
    expect(hash(generateSyntheticDataset({ ...SMALL, seed: 2 }).dataset)).not.toBe(first);
  });

  it('has the same bytes since it was calibrated', () => {
    expect(hash(generateSyntheticDataset(SMALL).dataset).slice(0, 16)).toBe('f1c3548ddf56742e');
  });

  it('has the size, order and series of the public dataset', () => {
    const { dataset } = generateSyntheticDataset({ firstDate: '2017-08-01' });
    expect(dataset.stores.map(({ store_nbr }) => store_nbr)).toEqual(
      Array.from({ length: 54 }, (_, i) => String(i + 1)),
    );
    expect(dataset.families).toHaveLength(33);
    expect(dataset.families).toEqual([...dataset.families].sort());
    expect(dataset.panel.series).toHaveLength(1782);
    expect(dataset.panel.series).toContainEqual({ storeNbr: '44', family: 'GROCERY I' });
    expect(dataset.panel.plannedDayCount).toBe(dataset.panel.dayCount + 16);
    for (const { type, cluster } of dataset.stores) {
      expect('ABCDE').toContain(type);
      expect(cluster).toBeGreaterThanOrEqual(1);
      expect(cluster).toBeLessThanOrEqual(17);
    }
  });

  it('generates each series independently of the other stores and families', () => {
    const large = generateSyntheticDataset(SMALL).dataset;
    const small = generateSyntheticDataset({ ...SMALL, stores: 2, families: 2 }).dataset;
    for (const { storeNbr, family } of small.panel.series) {
      expect(columnOf(small, storeNbr, family)).toEqual(columnOf(large, storeNbr, family));
    }
  });

  it('reports an invalid size or span', () => {
    expect(() => generateSyntheticDataset({ stores: 0 })).toThrow(
      'stores must be a whole number from 1 to 999, not 0',
    );
    expect(() => generateSyntheticDataset({ families: 34 })).toThrow(
      'families must be a whole number from 1 to 33, not 34',
    );
    expect(() => generateSyntheticDataset({ firstDate: '2017-01-02', lastDate: '2017-01-01' })).toThrow(
      'lies before its first',
    );
  });

  it('reports progress store by store', () => {
    const calls: [number, number][] = [];
    generateSyntheticDataset({ ...SMALL, stores: 3, onProgress: (done, total) => calls.push([done, total]) });
    expect(calls).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});

describe('the planted effects of the synthetic dataset', { timeout: 60_000 }, () => {
  const { dataset, truth } = generateSyntheticDataset({ stores: 54, families: 17 });
  const { panel } = dataset;
  const dateOf = (day: number) => toIsoDate(panel.firstDay + day);

  /** Sum of sales over sum of true means, over the cells that `isWanted` selects: 1 when the data match the truth. */
  function salesOverTruth(family: string, isWanted: (day: number, items: number) => boolean): number {
    let sales = 0;
    let expected = 0;
    panel.series.forEach((series, s) => {
      if (series.family !== family) return;
      for (let day = 0; day < panel.dayCount; day += 1) {
        if (!isWanted(day, panel.onpromotion[s * panel.plannedDayCount + day] ?? 0)) continue;
        sales += (panel.milliUnits[s * panel.dayCount + day] ?? 0) / 1000;
        expected += truth.meanAt(series.storeNbr, family, dateOf(day));
      }
    });
    expect(expected).toBeGreaterThan(0);
    return sales / expected;
  }

  it.each([
    ['on every day', () => true],
    ['on promoted days', (_: number, items: number) => items > 0],
    ['on days without a promotion', (_: number, items: number) => items === 0],
    ['in the week after the end of the month', (day: number) => Number(dateOf(day).slice(8)) <= 6],
    ['on Sundays', (day: number) => isoWeekday(panel.firstDay + day) === 7],
  ] as const)('match the sales %s', (_, isWanted) => {
    for (const family of ['GROCERY I', 'POULTRY', 'LIQUOR,WINE,BEER']) {
      // About 20,000 cells with a shared error of 5 % per store and day.
      const ratio = salesOverTruth(family, isWanted);
      expect(ratio, family).toBeGreaterThan(0.98);
      expect(ratio, family).toBeLessThan(1.02);
    }
  });

  it('include an uplift that a comparison of promoted and unpromoted sales recovers', () => {
    for (const family of ['POULTRY', 'SEAFOOD', 'MEATS']) {
      let sales = 0;
      let unpromoted = 0;
      let multiplied = 0;
      panel.series.forEach((series, s) => {
        if (series.family !== family) return;
        for (let day = 0; day < panel.dayCount; day += 1) {
          const items = panel.onpromotion[s * panel.plannedDayCount + day] ?? 0;
          if (items === 0) continue;
          const base = truth.meanWithPromotion(series.storeNbr, family, dateOf(day), 0);
          sales += (panel.milliUnits[s * panel.dayCount + day] ?? 0) / 1000;
          unpromoted += base;
          multiplied += base * truth.promotionMultiplier(family, items);
        }
      });
      expect(sales / unpromoted).toBeGreaterThan(1.1);
      expect(Math.abs(sales / multiplied - 1), family).toBeLessThan(0.03);
    }
  });

  it('include the weekday profile of each family, up to promotions and holidays', () => {
    const large = truth.parameters.families.filter(({ launch, level }) => launch === null && level >= 50);
    expect(large.length).toBeGreaterThanOrEqual(5);
    for (const profile of large) {
      // 60 whole weeks before the first promotion.
      const span = 7 * 60;
      const sums = Array.from({ length: 7 }, () => 0);
      panel.series.forEach(({ family }, s) => {
        if (family !== profile.family) return;
        for (let day = 0; day < span; day += 1) {
          const weekday = isoWeekday(panel.firstDay + day) - 1;
          sums[weekday] = (sums[weekday] ?? 0) + (panel.milliUnits[s * panel.dayCount + day] ?? 0);
        }
      });
      const total = sums.reduce((sum, value) => sum + value, 0);
      const planted = profile.weekday.reduce((sum, value) => sum + value, 0);
      profile.weekday.forEach((share, weekday) => {
        expect(Math.abs((sums[weekday] ?? 0) / total - share / planted), profile.family).toBeLessThan(
          0.01 * Math.max(1, profile.holiday),
        );
      });
    }
  });

  it('raise sales on the new date of a transferred holiday, not on the original', () => {
    const { effects } = truth.parameters;
    const transferred = dataset.holidays.filter(
      (holiday) => holiday.transferred && holiday.locale === 'National',
    );
    expect(transferred.length).toBeGreaterThan(5);
    for (const original of transferred) {
      const moved = dataset.holidays.find(
        ({ type, description, date }) =>
          type === 'Transfer' &&
          description === `Traslado ${original.description}` &&
          Math.abs(toDayNumber(date) - toDayNumber(original.date)) <= 2,
      );
      expect(moved, original.date).toBeDefined();
      expect(effects.holidayEffect(original)).toBe(0);
      if (moved) expect(effects.holidayEffect(moved)).toBeGreaterThan(0.2);
    }
  });

  /**
   * Median over days of all stores' GROCERY I sales divided by the median of the same weekday one and two weeks away.
   */
  function liftOn(days: readonly number[]): number {
    const totals = new Float64Array(panel.dayCount);
    panel.series.forEach(({ family }, s) => {
      if (family !== 'GROCERY I') return;
      for (let day = 0; day < panel.dayCount; day += 1) {
        totals[day] = (totals[day] ?? 0) + (panel.milliUnits[s * panel.dayCount + day] ?? 0);
      }
    });
    const median = (values: readonly number[]) =>
      values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
    return median(
      days
        .map((day) => day - panel.firstDay)
        .filter((day) => day >= 14 && day < panel.dayCount - 14)
        .map(
          (day) => (totals[day] ?? 0) / median([-14, -7, 7, 14].map((offset) => totals[day + offset] ?? 0)),
        ),
    );
  }
  const national = (isWanted: (holiday: Dataset['holidays'][number]) => boolean) =>
    dataset.holidays
      .filter((holiday) => holiday.locale === 'National' && isWanted(holiday))
      .map(({ date }) => toDayNumber(date));

  it('show a holiday in the sales of its new date, and nothing on the original', () => {
    const moved = liftOn(national(({ type }) => type === 'Transfer'));
    expect(moved).toBeGreaterThan(1.15);
    expect(moved).toBeLessThan(1.4);
    const left = liftOn(national(({ transferred }) => transferred));
    expect(left).toBeGreaterThan(0.9);
    expect(left).toBeLessThan(1.1);
    expect(liftOn(national(({ description }) => description === 'Dia de la Madre'))).toBeLessThan(0.85);
  });

  it('show paydays in the sales', () => {
    const days = (dayOfMonth: string) =>
      Array.from({ length: panel.dayCount }, (_, day) => panel.firstDay + day).filter((day) =>
        toIsoDate(day).endsWith(`-${dayOfMonth}`),
      );
    const paydayLift = truth.parameters.families.find(({ family }) => family === 'GROCERY I')?.payday;
    expect(paydayLift).toBeGreaterThan(0);
    expect(liftOn(days('02'))).toBeGreaterThan(1.07);
    expect(liftOn(days('02'))).toBeLessThan(Math.exp(paydayLift ?? 0) + 0.05);
    expect(liftOn(days('16'))).toBeLessThan(liftOn(days('02')));
    expect(liftOn(days('12'))).toBeLessThan(1);
  });

  it('have no promotion before April 2014, and more from year to year', () => {
    const share = (from: string, to: string) => {
      let promoted = 0;
      let cells = 0;
      panel.series.forEach((_, s) => {
        const row = s * panel.plannedDayCount - panel.firstDay;
        for (const items of panel.onpromotion.subarray(row + toDayNumber(from), row + toDayNumber(to))) {
          promoted += Number(items > 0);
          cells += 1;
        }
      });
      return promoted / cells;
    };
    expect(share('2013-01-01', '2014-04-01')).toBe(0);
    expect(share('2014-04-01', '2015-01-01')).toBeGreaterThan(0.1);
    expect(share('2015-01-01', '2016-01-01')).toBeGreaterThan(share('2014-04-01', '2015-01-01') + 0.1);
    expect(share('2016-03-01', '2017-08-15')).toBeGreaterThan(share('2015-01-01', '2016-01-01') + 0.1);
  });

  it('have stores that open late, works, and closures on Christmas and New Year', () => {
    const late = truth.parameters.stores.filter(({ firstOpenDate }) => firstOpenDate > '2013-01-01');
    expect(late).toHaveLength(8);
    const works = truth.parameters.stores.filter((store) => store.works !== null);
    expect(works.length).toBeGreaterThan(0);
    for (const { store_nbr, firstOpenDate, city } of truth.parameters.stores) {
      const column = columnOf(dataset, store_nbr, 'GROCERY I');
      const opening = toDayNumber(firstOpenDate) - panel.firstDay;
      expect(column.subarray(0, opening).every((value) => value === 0)).toBe(true);
      expect(column.subarray(opening).some((value) => value > 0)).toBe(true);
      expect(column[toDayNumber('2016-12-25') - panel.firstDay]).toBe(0);
      if (city !== 'Salinas') expect(column[toDayNumber('2017-01-01') - panel.firstDay]).toBe(0);
    }
    for (const { store_nbr, works: span } of works) {
      if (!span) continue;
      const column = columnOf(dataset, store_nbr, 'GROCERY I');
      const days = column.subarray(
        toDayNumber(span.from) - panel.firstDay,
        toDayNumber(span.to) + 1 - panel.firstDay,
      );
      expect(days.length).toBeGreaterThan(0);
      expect(days.every((value) => value === 0)).toBe(true);
    }
  });

  it('have one disaster week, stronger on the coast', () => {
    const start = toDayNumber(truth.parameters.disasterDate);
    const ratio = (region: string) => {
      let after = 0;
      let before = 0;
      for (const store of truth.parameters.stores) {
        if (store.region !== region) continue;
        const column = columnOf(dataset, store.store_nbr, 'GROCERY I');
        for (let day = 1; day < 5; day += 1) {
          after += column[start + day - panel.firstDay] ?? 0;
          before += column[start + day - 7 - panel.firstDay] ?? 0;
        }
      }
      return after / before;
    };
    expect(ratio('coast')).toBeGreaterThan(1.4);
    expect(ratio('coast')).toBeGreaterThan(ratio('highlands') + 0.2);
    expect(dataset.holidays.filter(({ description }) => description.startsWith('Sismo'))).toHaveLength(7);
  });

  it('have more noise than a Poisson count, and a school season in each region', () => {
    let excess = 0;
    let cells = 0;
    const column = columnOf(dataset, '1', 'GROCERY I');
    for (let day = 0; day < 300; day += 1) {
      const mean = truth.meanAt('1', 'GROCERY I', dateOf(day));
      if (mean === 0) continue;
      excess += ((column[day] ?? 0) / 1000 - mean) ** 2 / mean;
      cells += 1;
    }
    expect(excess / cells).toBeGreaterThan(5);

    const school = (storeNbr: string, date: string) =>
      truth.meanWithPromotion(storeNbr, 'SCHOOL AND OFFICE SUPPLIES', date, 0);
    const find = (region: string) =>
      truth.parameters.stores.find(
        (store) => store.region === region && school(store.store_nbr, '2016-04-20') > 0,
      )?.store_nbr ?? '';
    expect(school(find('coast'), '2016-04-20') / school(find('coast'), '2016-08-31')).toBeGreaterThan(3);
    expect(school(find('highlands'), '2016-08-31') / school(find('highlands'), '2016-04-20')).toBeGreaterThan(
      3,
    );
  });

  it('have three decimals in the families sold by weight and none in the others', () => {
    const byWeight = new Set(FAMILY_TABLE.filter(({ decimals }) => decimals).map(({ family }) => family));
    const fractional = new Map<string, boolean>();
    panel.series.forEach(({ family }, s) => {
      const row = panel.milliUnits.subarray(s * panel.dayCount, (s + 1) * panel.dayCount);
      fractional.set(family, (fractional.get(family) ?? false) || row.some((value) => value % 1000 !== 0));
    });
    for (const [family, isFractional] of fractional) expect(isFractional, family).toBe(byWeight.has(family));
  });

  it('have tickets exactly on the days on which a store is open', () => {
    const wrong = dataset.stores.flatMap((store, index) =>
      [...columnOf(dataset, store.store_nbr, 'GROCERY I')].flatMap((value, day) => {
        const tickets = panel.tickets?.[index * panel.dayCount + day] ?? 0;
        const isRight = value > 0 ? tickets > 0 : tickets === -1;
        return isRight ? [] : [{ store: store.store_nbr, day, value, tickets }];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('raise an error for an unknown cell', () => {
    expect(() => truth.meanAt('99', 'GROCERY I', '2016-01-01')).toThrow(RangeError);
    expect(() => truth.meanAt('1', 'GROCERY I', '2018-01-01')).toThrow('on 2018-01-01');
    expect(() => truth.promotionMultiplier('NOTHING', 1)).toThrow('no family "NOTHING"');
  });
});
