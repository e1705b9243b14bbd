import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { CHECK_NAMES } from '../../../../../../workers/trainer/data/checks/data-check.ts';
import { profileOf } from '../../../../../../workers/trainer/data/checks/data-profile.ts';
import {
  populationStabilityIndex,
  quantileEdges,
  sharesOf,
} from '../../../../../../workers/trainer/data/checks/distributions.ts';
import {
  FailedChecksError,
  requirePassed,
} from '../../../../../../workers/trainer/data/checks/run-checks.ts';
import {
  type CsvReport,
  readCsvDirectory,
} from '../../../../../../workers/trainer/data/csv/read-csv-directory.ts';
import { historyOf } from '../../../../../../workers/trainer/data/dataset.ts';
import type { LiveSales } from '../../../../../../workers/trainer/data/live/live-sales.ts';
import { alarms, changed, check, found, lastOf, synthetic } from './checked-sales.ts';

const liveSales = (changes: Partial<LiveSales>): LiveSales => ({
  liveFrom: lastOf(synthetic) - 9,
  closedThrough: lastOf(synthetic),
  days: Array.from({ length: 10 }, (_, day) => ({
    date: toIsoDate(lastOf(synthetic) - 9 + day),
    sales: new Map(),
    onpromotion: new Map(),
    tickets: new Map(),
  })),
  restored: [],
  refused: new Map(),
  ...changes,
});

const filesReport = (changes: Partial<CsvReport>): CsvReport => ({
  rows: 1000,
  skipped: { count: 0, byKind: {}, examples: [] },
  closedDays: [],
  lostDays: [],
  missingCells: 0,
  notes: [],
  ...changes,
});

describe('the data checks', () => {
  it('find nothing wrong with the synthetic dataset on any day of its last two years', () => {
    expect(check(synthetic).checks.map(({ name }) => name)).toEqual([...CHECK_NAMES]);
    expect(alarms(check(synthetic))).toEqual([]);
    let previous = null;
    for (let day = lastOf(synthetic) - 728; day <= lastOf(synthetic); day += 13) {
      const history = historyOf(synthetic, toIsoDate(day + 1));
      expect(alarms(check(history, { previous })), toIsoDate(day)).toEqual([]);
      previous = profileOf(history);
    }
  });

  it.each([
    [
      'rows that were left out',
      'bad-rows',
      'warning',
      synthetic,
      { files: filesReport({ skipped: { count: 2, byKind: { 'duplicate-key': 2 }, examples: [] } }) },
    ],
    [
      'many rows that were left out',
      'bad-rows',
      'failure',
      synthetic,
      { files: filesReport({ skipped: { count: 20, byKind: { 'negative-sales': 20 }, examples: [] } }) },
    ],
    [
      'two days of nothing',
      'missing-days',
      'warning',
      changed((v, _, day) => (day === 30 || day === 31 ? -1 : v)),
      {},
    ],
    [
      'a week of nothing, after which sales come back',
      'missing-days',
      'warning',
      changed((v, _, day) => (day >= 30 && day < 37 ? -1 : v)),
      {},
    ],
    [
      'seven weeks of nothing',
      'missing-days',
      'failure',
      changed((v, _, day) => (day >= 30 && day < 79 ? -1 : v)),
      {},
    ],
    [
      'a week of nothing just before the end',
      'missing-days',
      'failure',
      changed((v, _, day) => (day >= 1 && day < 8 ? -1 : v)),
      {},
    ],
    [
      'a week after which a tenth is sold',
      'missing-days',
      'failure',
      changed((v, _, day) => (day >= 30 && day < 37 ? -1 : day < 30 ? Math.round(v / 10) : v)),
      {},
    ],
    [
      'rows only for what was sold',
      'missing-values',
      'warning',
      changed((v, s, day) => (s % 3 === 0 && day % 3 === 0 ? -1 : v)),
      {},
    ],
    ['no value at all', 'missing-values', 'failure', changed(() => -1), {}],
    [
      'a value in grams',
      'absurd-values',
      'failure',
      changed((v, s, day) => (s === 3 && day === 40 ? v * 1000 + 1e6 : v)),
      {},
    ],
    [
      'a negative value',
      'absurd-values',
      'failure',
      changed((v, s, day) => (s === 3 && day === 40 ? -5000 : v)),
      {},
    ],
    [
      'a last day that was cut off',
      'last-day',
      'failure',
      changed((v, s, day) => (day === 0 && s > 15 ? -1 : v)),
      {},
    ],
    ['a last day of closed stores', 'last-day', 'warning', changed((v, _, day) => (day === 0 ? 0 : v)), {}],
    [
      'series that are silent',
      'vanished-series',
      'warning',
      changed((v, s, day) => (s > 25 && day < 40 ? -1 : v)),
      {},
    ],
    ['weeks in another unit', 'drift', 'failure', changed((v, _, day) => (day < 28 ? v * 100 : v)), {}],
    [
      'sales that have halved',
      'drift',
      'warning',
      changed((v, _, day) => (day < 28 ? Math.round(v * 0.4) : v)),
      {},
    ],
    ['weeks of zeros', 'zeros', 'failure', changed((v, _, day) => (day < 28 ? 0 : v)), {}],
    ['more zeros', 'zeros', 'warning', changed((v, s, day) => (day < 28 && s % 4 === 0 ? 0 : v)), {}],
    [
      'files that are late',
      'stale-files',
      'warning',
      synthetic,
      { files: filesReport({}), today: lastOf(synthetic) + 4 },
    ],
    [
      'files that are a month old',
      'stale-files',
      'failure',
      synthetic,
      { files: filesReport({}), today: lastOf(synthetic) + 31 },
    ],
    [
      'a store that has stopped',
      'live-lag',
      'failure',
      synthetic,
      { live: liveSales({}), today: lastOf(synthetic) + 12 },
    ],
    [
      'a store that is late',
      'live-lag',
      'warning',
      synthetic,
      { live: liveSales({}), today: lastOf(synthetic) + 4 },
    ],
    [
      'rows of a new store',
      'refused-rows',
      'warning',
      synthetic,
      { live: liveSales({ refused: new Map([['store 99', 4]]) }) },
    ],
  ] as const)('detect %s: %s %s', (_, name, severity, history, changes) => {
    const result = found(check(history, changes), name);
    expect(result.severity).toBe(severity);
    expect(result.fix).not.toBeNull();
    expect(result.finding).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('say how to replay stale files, and how to continue with files that stop the run', () => {
    const fixAt = (age: number) =>
      found(check(synthetic, { files: filesReport({}), today: lastOf(synthetic) + age }), 'stale-files').fix;
    expect(fixAt(30)).toMatch(/--time-travel replays an old dataset$/);
    expect(fixAt(31)).toMatch(/--time-travel .*--allow-failed-checks stale-files/);
    expect(fixAt(3)).toBeNull();
  });

  it('report archived live days that are not used, and days that the store has lost', () => {
    const lost = check(synthetic, { live: liveSales({ restored: ['2017-08-10', '2017-08-11'] }) });
    expect(found(lost, 'live-archive')).toMatchObject({
      severity: 'warning',
      finding: expect.stringMatching(/lost sales of 2 days \(2017-08-10, 2017-08-11\)/),
    });
    const dates = ['2017-07-01', '2017-07-02'];
    const unused = check(synthetic, { unusedArchive: [{ opened: '2017-07-01', dates }] });
    expect(found(unused, 'live-archive')).toMatchObject({
      severity: 'warning',
      finding: expect.stringMatching(
        /2 archived days up to 2017-07-02 are NOT used in training: .* is not open/,
      ),
      fix: expect.stringContaining('remove live/2017-07-01/'),
    });
  });

  it.each([
    ['of yesterday', { files: filesReport({}) }],
    ['of three days ago', { files: filesReport({}), today: lastOf(synthetic) + 3 }],
    ['that are replayed', { files: filesReport({}), today: lastOf(synthetic) + 3000, isReplayed: true }],
    ['before live days', { files: filesReport({}), today: lastOf(synthetic) + 300, live: liveSales({}) }],
    ['of a synthetic dataset', { today: lastOf(synthetic) + 300 }],
  ] as const)('accept files %s', (_, changes) => {
    expect(found(check(synthetic, changes), 'stale-files').severity).toBe('info');
  });

  it('accept a newly listed family, whatever it sells, from its third day on', () => {
    const listed = changed((v, s, day) => (s % 8 === 2 ? (day < 4 ? v * 500 : Math.round(v / 100)) : v));
    expect(found(check(listed), 'absurd-values').severity).toBe('info');
    // One day after the listing it looks like an error, which is no reason to stop.
    const yesterday = changed((v, s, day) => (s % 8 === 2 ? (day < 1 ? v * 500 : Math.round(v / 100)) : v));
    expect(found(check(yesterday), 'absurd-values').severity).toBe('warning');
  });

  it('detect missing promotions, and a plan that is too short', () => {
    const { panel } = synthetic;
    const without = (from: number) =>
      panel.onpromotion.map((items, i) => (i % panel.plannedDayCount >= from ? 0 : items));
    const lost = { ...synthetic, panel: { ...panel, onpromotion: without(panel.dayCount - 28) } };
    expect(found(check(lost), 'promotions').severity).toBe('warning');
    const unplanned = {
      ...synthetic,
      panel: { ...panel, plannedDayCount: panel.dayCount, onpromotion: panel.onpromotion },
    };
    const onpromotion = new Uint16Array(panel.series.length * panel.dayCount).fill(1);
    const short = check({ ...unplanned, panel: { ...unplanned.panel, onpromotion } });
    expect(found(short, 'promotion-plan')).toMatchObject({
      severity: 'warning',
      figures: { planned_days: 0 },
    });
  });

  it('stop the run with reason and fix, unless the failure is allowed', () => {
    const bad = changed((v, _, day) => (day >= 30 && day < 79 ? -1 : v));
    const checks = check(bad);
    expect(() => requirePassed(checks)).toThrow(FailedChecksError);
    expect(() => requirePassed(checks)).toThrow(
      /missing-days: 49 days have no value.*--allow-failed-checks missing-days/s,
    );
    const allowed = check(bad, {}, ['missing-days']);
    expect(() => requirePassed(allowed)).not.toThrow();
    expect(allowed.allowed).toEqual(['missing-days']);
  });

  it('do not fail for a history that is too short to compare', () => {
    const short = historyOf(synthetic, toIsoDate(synthetic.panel.firstDay + 40));
    expect(alarms(check(short))).toEqual([]);
    expect(found(check(short), 'drift').finding).toMatch(/too short/);
  });
});

describe('the population stability index', () => {
  it('is the sum of (r - c) ln(r / c), counting an empty bin as 0.0001', () => {
    expect(populationStabilityIndex([0.5, 0.5], [0.5, 0.5])).toBe(0);
    expect(populationStabilityIndex([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(0.25 * Math.log(3), 12);
    expect(populationStabilityIndex([1, 0], [0, 1])).toBeCloseTo(2 * 0.9999 * Math.log(10_000), 10);
  });

  it('has bins of equal size for distinct values, and fewer for repeated ones', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => i);
    expect(quantileEdges(values, 4)).toEqual([25, 50, 75]);
    expect(sharesOf(values, [25, 50, 75])).toEqual([0.26, 0.25, 0.25, 0.24]);
    expect(quantileEdges(new Float64Array(50), 10)).toEqual([0]);
    expect(sharesOf(new Float64Array(0), [0])).toEqual([0, 0]);
  });
});

const REAL = fileURLToPath(new URL('../../../../../../../shared/data/favorita', import.meta.url));

describe.skipIf(!existsSync(REAL))('on the real sales', () => {
  it.each([
    ['train_19_series.csv.gz', 28],
    ['train_2013.csv.gz', 50],
  ])('raises no alarm, whatever the day of the run: %s', { timeout: 120_000 }, async (trainFile, step) => {
    const { dataset, report } = await readCsvDirectory(REAL, { trainFile });
    let previous = null;
    for (let day = dataset.panel.firstDay + 95; day <= lastOf(dataset); day += step) {
      const history = historyOf(dataset, toIsoDate(day + 1));
      expect(alarms(check(history, { previous, files: report })), toIsoDate(day)).toEqual([]);
      previous = profileOf(history);
    }
    expect(alarms(check(dataset, { previous, files: report }))).toEqual([]);
  });
});
