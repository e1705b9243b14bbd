import { describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { HOLIDAY_FEATURES } from '../../../../../../shared/features/calendar-features.ts';
import { createCategories, FEATURE_COUNT, FEATURE_NAMES } from '../../../../../../shared/features/index.ts';
import type { Holiday } from '../../../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import {
  closedDaysByStore,
  openPanelSeries,
} from '../../../../../../workers/trainer/model/series/panel-series.ts';
import {
  buildTrainingRows,
  NoTrainingRowsError,
} from '../../../../../../workers/trainer/model/training-set/training-rows.ts';
import { holiday, sequence } from '../../../../../support/datasets/sample-history.ts';
import { FIRST_DAY, smallDataset } from '../../../../../support/datasets/small-dataset.ts';
import { anchorsOf, buildFeatureRow } from '../../../../../support/features/build-rows.ts';

const ALL = { originStride: 1, trainingDays: 9999, maxRows: 1e9, seed: 1 };
const LAST_DAY = FIRST_DAY + 59;
const HOLIDAYS = HOLIDAY_FEATURES.map(({ name }) => name);
const SEASON = ['month', 'day_of_year', 'iso_week'];
const open = (dataset: Dataset) =>
  openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));

describe('training rows', () => {
  it('are every series, origin and horizon whose target is no later than the last day', () => {
    const series = open(smallDataset(80, ['A', 'B']));
    const rows = buildTrainingRows(series, { ...ALL, lastDay: LAST_DAY });
    // Origins from day 27 (28 days of history) to the day before the last; the last 16 origins have only some horizons.
    const origins = LAST_DAY - 1 - (FIRST_DAY + 27) + 1;
    const perSeries = (origins - 15) * 16 + (15 * 16) / 2;
    expect(rows.count).toBe(4 * perSeries);
    expect(rows.firstOrigin).toBe(FIRST_DAY + 27);
  });

  it('begin once fourteen days of a series are known: without an anchor, trees would learn to add a level', () => {
    const begin = (day: number) =>
      smallDataset(60, ['A', 'B'], ({ milliUnits }) => {
        for (const s of [1, 3]) milliUnits.fill(-1, 60 * s, 60 * s + day);
      });
    const countOf = (dataset: Dataset) =>
      buildTrainingRows(open(dataset), { ...ALL, lastDay: LAST_DAY }).count;
    const onlyA = countOf(smallDataset(60, ['A']));
    expect(countOf(begin(46))).toBe(onlyA);
    // From day 44, the fourteenth known day, to the day before the last, of two series.
    expect(countOf(begin(31))).toBe(onlyA + 2 * ((15 * 16) / 2));
  });

  it('hold the features of the serving path and log1p(units) minus the anchor', () => {
    const series = open(smallDataset(60, ['A']));
    const rows = buildTrainingRows(series.slice(0, 1), { ...ALL, lastDay: LAST_DAY, trainingDays: 1 });
    expect(rows.count).toBe(1);
    const [only] = series;
    if (!only) throw new Error('no series');
    const expected = new Float32Array(FEATURE_COUNT);
    buildFeatureRow(only.history, only.covariates, LAST_DAY - 1, 1, expected);
    for (const name of [...SEASON, 'day_of_month', ...HOLIDAYS])
      expected[FEATURE_NAMES.indexOf(name)] = Number.NaN;
    expect([...rows.features]).toEqual([...expected]);
    const units = (only.history.milliUnits[59] as number) / 1000;
    const anchors = anchorsOf(only.history, LAST_DAY - 1, 1);
    expect(rows.labels[0]).toBe(Math.fround(Math.log1p(units) - (anchors.values[0] ?? Number.NaN)));
  });

  it('do not forecast a stock-out from before it, and learn how it went on from within', () => {
    const [begins, ends] = [40, 48];
    const all = buildTrainingRows(open(smallDataset(60, ['A'])), { ...ALL, lastDay: LAST_DAY });
    const outOfStock = smallDataset(60, ['A'], ({ milliUnits }) => milliUnits.fill(0, begins, ends));
    const rows = buildTrainingRows(open(outOfStock), { ...ALL, lastDay: LAST_DAY });
    let left = 0;
    for (let origin = 27; origin < begins; origin++) {
      for (let target = begins; target < ends; target++) if (target - origin <= 16) left++;
    }
    expect(all.count - rows.count).toBe(left);
    expect(rows.labels.some((label) => label < -1)).toBe(true);
  });

  it('do not forecast a launch from before it', () => {
    const launch = 45;
    const all = buildTrainingRows(open(smallDataset(60, ['A'])), { ...ALL, lastDay: LAST_DAY });
    const launched = smallDataset(60, ['A'], ({ milliUnits }) => milliUnits.fill(0, 0, launch));
    const rows = buildTrainingRows(open(launched), { ...ALL, lastDay: LAST_DAY });
    let left = 0;
    for (let origin = 27; origin < launch; origin++) {
      for (let target = launch; target < 60; target++) if (target - origin <= 16) left++;
    }
    expect(all.count - rows.count).toBeGreaterThanOrEqual(left);
    for (let row = 0; row < rows.count; row++) {
      const soldBefore = rows.features[row * FEATURE_COUNT + FEATURE_NAMES.indexOf('zero_share_28')] !== 1;
      if (!soldBefore) expect(rows.labels[row]).toBe(0);
    }
  });

  it('do not depend on any sale after the last day', () => {
    const before = buildTrainingRows(open(smallDataset(80, ['A'])), { ...ALL, lastDay: LAST_DAY });
    const changed = smallDataset(80, ['A'], ({ milliUnits, tickets }) => {
      for (const day of [60, 70, 79]) {
        milliUnits[day] = 999_000;
        tickets[day] = 9;
      }
    });
    const after = buildTrainingRows(open(changed), { ...ALL, lastDay: LAST_DAY });
    expect(after).toEqual(before);
  });

  it.each([
    [391, [...SEASON, 'day_of_month'], 119],
    [391, SEASON, 363],
    [392, [], 364],
  ])('of %i days leave out %j with %i days of origins', (days, expected, trainingDays) => {
    const lastDay = FIRST_DAY + days - 1;
    const rows = buildTrainingRows(open(smallDataset(days, ['A'])), { ...ALL, lastDay, trainingDays });
    const isUnknown = (name: string) =>
      Array.from({ length: rows.count }, (_, row) =>
        Number.isNaN(rows.features[row * FEATURE_COUNT + FEATURE_NAMES.indexOf(name)]),
      );
    for (const name of [...SEASON, 'day_of_month', 'day_of_week', 'days_since_payday']) {
      expect(new Set(isUnknown(name)), name).toEqual(new Set([expected.includes(name)]));
    }
  });

  it('have no column for a kind of holiday with fewer than four dates', () => {
    const dates = [30, 37, 45, 52].map((day) => toIsoDate(FIRST_DAY + day));
    const unknownWith = (holidays: readonly Holiday[]) => {
      const series = open({ ...smallDataset(60, ['A']), holidays });
      const { features, count } = buildTrainingRows(series, { ...ALL, lastDay: LAST_DAY });
      const columnOf = (name: string) =>
        Array.from(
          { length: count },
          (_, row) => features[row * FEATURE_COUNT + FEATURE_NAMES.indexOf(name)] as number,
        );
      return HOLIDAYS.filter((name) => columnOf(name).every(Number.isNaN));
    };
    const national = ['national_holiday', 'days_since_national_holiday', 'days_until_national_holiday'];
    const localNames = ['Quito', 'Manta', 'Manta', 'Quito'];
    expect(unknownWith(dates.slice(1).map((date) => holiday(date)))).toEqual(HOLIDAYS);
    expect(unknownWith(dates.map((date) => holiday(date)))).toEqual(
      HOLIDAYS.filter((name) => !national.includes(name)),
    );
    // Of all stores together.
    const local = dates.map((date, i) =>
      holiday(date, { locale: 'Local', locale_name: localNames[i] ?? '' }),
    );
    expect(unknownWith(local)).toEqual(HOLIDAYS.filter((name) => name !== 'local_holiday'));
    // Holidays after the last day are not dates of the past.
    const next = holiday(toIsoDate(LAST_DAY + 3));
    expect(unknownWith([...dates.slice(1).map((date) => holiday(date)), next])).toEqual(HOLIDAYS);
  });

  it('mark closed days around the target, after the last day only foreseen ones', () => {
    const closed = smallDataset(80, ['A'], ({ milliUnits, tickets }) => {
      for (const day of [40, 60])
        milliUnits[day] = milliUnits[80 + day] = tickets[day] = tickets[80 + day] = 0;
    });
    const { features } = buildTrainingRows(open(closed), { ...ALL, lastDay: LAST_DAY });
    const targetsWith = (name: string) => {
      const at = (row: number, column: string) => features[row + FEATURE_NAMES.indexOf(column)] as number;
      const found = new Set<number>();
      for (let row = 0; row < features.length; row += FEATURE_COUNT) {
        if (at(row, name) === 1) found.add(at(row, 'day_of_week'));
      }
      return found;
    };
    // Day 40 is a Wednesday, day 60, after the last one, a Tuesday.
    expect(targetsWith('closed_days_before')).toEqual(new Set([4]));
    expect(targetsWith('closed_days_after')).toEqual(new Set([2]));
  });

  it('are sampled alike for the same seed, differently for another, and about as many as requested', () => {
    const series = open(smallDataset(200, ['A', 'B']));
    const selection = { ...ALL, lastDay: FIRST_DAY + 199, maxRows: 2000 };
    const one = buildTrainingRows(series, selection);
    expect(buildTrainingRows(series, selection)).toEqual(one);
    expect(buildTrainingRows(series, { ...selection, seed: 2 }).features).not.toEqual(one.features);
    expect(one.count).toBeGreaterThan(1800);
    expect(one.count).toBeLessThan(2200);
    const horizons = new Set(columnOf(one.features, 'horizon'));
    expect(horizons.size).toBe(16);
  });

  it('are sampled alike whatever the names, the unit of measurement and the days that come in', () => {
    const sampled = (families: readonly string[], unit = 1, days = 200) => {
      const dataset = smallDataset(days, families, ({ milliUnits }) => {
        const random = Array.from({ length: 4 }, (_, s) => sequence(s + 1));
        milliUnits.forEach((_, cell) => {
          const draw = random[Math.floor(cell / days)] as () => number;
          milliUnits[cell] = unit * Math.floor(20 * draw());
        });
      });
      const rows = buildTrainingRows(open(dataset), { ...ALL, lastDay: FIRST_DAY + 199, maxRows: 2000 });
      return [...columnOf(rows.features, 'horizon')].join();
    };
    const usual = sampled(['A', 'B']);
    expect(sampled(['Y', 'Z'])).toBe(usual);
    expect(sampled(['A', 'B'], 1000)).toBe(usual);
    expect(sampled(['A', 'B'], 1, 230)).toBe(usual);
  });

  it('are sampled alike when series are added', () => {
    const all = open(smallDataset(200, ['A', 'B', 'C']));
    const some = all.filter(({ family }) => family !== 'B');
    const rowsOf = (series: typeof all) =>
      buildTrainingRows(series, { ...ALL, lastDay: FIRST_DAY + 199, maxRows: 1000 * series.length });
    const family = columnOf(rowsOf(all).features, 'family');
    const labels = [...rowsOf(all).labels].filter((_, row) => family[row] !== 1);
    expect([...rowsOf(some).labels]).toEqual(labels);
  });

  it('leave out unknown days and closures as targets', () => {
    const families = ['A', 'B', 'C'];
    const dataset = smallDataset(60, families, ({ milliUnits, tickets }) => {
      milliUnits[55] = -1;
      for (const s of [0, 1, 2]) milliUnits[s * 60 + 50] = 0;
      tickets[50] = 0;
    });
    const full = buildTrainingRows(open(smallDataset(60, families)), { ...ALL, lastDay: LAST_DAY });
    const rows = buildTrainingRows(open(dataset), { ...ALL, lastDay: LAST_DAY });
    // Each left-out target is reached from the 16 origins before it.
    expect(full.count - rows.count).toBe(16 + 3 * 16);
  });

  it('leave out yearly closures, too', () => {
    const families = ['A'];
    const close = (days: readonly number[]) =>
      smallDataset(500, families, ({ milliUnits, tickets }) => {
        for (const day of days) {
          milliUnits[day] = 0;
          tickets[day] = 0;
        }
      });
    const count = (days: readonly number[]) =>
      buildTrainingRows(open(close(days)), { ...ALL, lastDay: FIRST_DAY + 499 }).count;
    const none = count([]);
    // Day 400 is 2017-02-04; the same date a year before is day 34.
    expect(none - count([400])).toBe(16);
    expect(none - count([34, 400])).toBe(none - count([34]) + 16);
  });

  it('need at least four weeks', () => {
    const series = open(smallDataset(28, ['A']));
    expect(() => buildTrainingRows(series, { ...ALL, lastDay: FIRST_DAY + 27 })).toThrow(NoTrainingRowsError);
  });
});

describe('closures', () => {
  it('are days without sales and tickets, however long the silence lasts', () => {
    const dataset = smallDataset(30, ['A'], ({ milliUnits, tickets }) => {
      for (const day of [3, 10, 11, 12, 13, 20]) {
        milliUnits[day] = 0;
        tickets[day] = day === 20 ? 480 : -1;
      }
    });
    expect(closedOn(dataset, '1')).toEqual([3, 10, 11, 12, 13]);
    expect(closedOn(dataset, '2')).toEqual([]);
  });

  it('are not inferred from the silence of a few series if tickets are not counted', () => {
    const silence = (families: readonly string[]) => {
      const dataset = smallDataset(30, families, ({ milliUnits }) => {
        for (let s = 0; s < families.length; s++) milliUnits[s * 30 + 5] = 0;
      });
      return closedOn({ ...dataset, panel: { ...dataset.panel, tickets: null } }, '1');
    };
    expect(silence(['A', 'B'])).toEqual([]);
    expect(silence('ABCDEFGHIJ'.split(''))).toEqual([5]);
  });
});

function closedOn(dataset: Dataset, storeNbr: string): number[] {
  const days = closedDaysByStore(dataset).get(storeNbr) ?? new Uint8Array();
  return [...days].flatMap((closed, day) => (closed ? [day] : []));
}

function columnOf(features: Float32Array, name: string): number[] {
  const column = FEATURE_NAMES.indexOf(name);
  return [...features].filter((_, i) => i % FEATURE_COUNT === column);
}
