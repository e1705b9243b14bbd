import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { readCsvDirectory } from '../../../../../../workers/trainer/data/csv/read-csv-directory.ts';
import { historyOf } from '../../../../../../workers/trainer/data/dataset.ts';
import { alarms, changed, check, found, lastOf, synthetic } from './checked-sales.ts';

const FAMILIES = synthetic.families.length;
const ofStore = (s: number, store: number) => Math.floor(s / FAMILIES) === store;
const ofFamily = (s: number, family: string) => synthetic.panel.series[s]?.family === family;

/** Sales of which some are multiplied by a factor on the last days. */
const scaled = (times: number, days: number, isHit: (s: number) => boolean) =>
  changed((v, s, day) => (day < days && isHit(s) && v > 0 ? Math.round(v * times) : v));

describe('the levels check', () => {
  it.each([
    ['a store in grams for three weeks', scaled(1000, 20, (s) => ofStore(s, 3)), 'failure', /store 4 sold/],
    ['a store in grams for a month', scaled(1000, 28, (s) => ofStore(s, 3)), 'failure', /store 4 sold/],
    [
      'a store in grams for four days',
      scaled(1000, 4, (s) => ofStore(s, 3)),
      'failure',
      /store 4 sold \d+ times/,
    ],
    ['a store in grams since yesterday', scaled(1000, 1, (s) => ofStore(s, 3)), 'warning', /the last day/],
    [
      'a family in grams for three weeks',
      scaled(1000, 20, (s) => ofFamily(s, 'DAIRY')),
      'failure',
      /family DAIRY sold/,
    ],
    [
      'a store in units that are 30 times too small',
      scaled(30, 20, (s) => ofStore(s, 3)),
      'warning',
      /store 4 sold/,
    ],
    ['a store in tonnes', scaled(0.001, 20, (s) => ofStore(s, 3)), 'warning', /store 4 sold one \d{3,4}th/],
  ] as const)('detects %s', (_, history, severity, finding) => {
    const result = found(check(history), 'levels');
    expect(result).toMatchObject({ severity, finding: expect.stringMatching(finding) });
    expect(result.fix).toMatch(/unit/);
  });

  it('fails on every day of an error that persists', () => {
    for (let days = 1; days <= 28; days++) {
      const raised = alarms(check(scaled(1000, days, (s) => ofStore(s, 2))));
      expect(
        raised.filter((alarm) => alarm.endsWith('failure')),
        `day ${days}`,
      ).not.toEqual([]);
    }
  });

  it('accepts a rise as a year before, and that of a newly listed family or a new store', () => {
    const season = changed((v, s, day) => (ofStore(s, 3) && day % 364 < 28 ? v * 50 : v));
    expect(found(check(season), 'levels').severity).toBe('info');
    const { panel } = synthetic;
    const traces = changed((v, s, day) => (ofFamily(s, 'DAIRY') && day >= 10 ? Math.min(v, 100) : v));
    expect(found(check(traces), 'levels').severity).toBe('info');
    const opened = changed((v, s, day) => (ofStore(s, 3) && day >= 10 ? 0 : v));
    expect(found(check(opened), 'levels').severity).toBe('info');
    // Five of six stores list a family that the sixth has sold for long.
    const rollout = changed((v, s, day) => (ofFamily(s, 'DAIRY') && day >= 10 && !ofStore(s, 5) ? 0 : v));
    expect(found(check(rollout), 'levels').severity).toBe('info');
    expect(panel.series).toHaveLength(6 * FAMILIES);
  });

  it('ignores a store that closes, and a history without four earlier weeks', () => {
    expect(found(check(scaled(0, 20, (s) => ofStore(s, 3))), 'levels').severity).toBe('info');
    const short = historyOf(synthetic, toIsoDate(synthetic.panel.firstDay + 14));
    expect(found(check(short), 'levels')).toMatchObject({
      severity: 'info',
      figures: { jumps: 0, falls: 0, largest_times_before: 0 },
    });
  });
});

describe('the last-day check', () => {
  it.each([
    ['many times as much as ever', 7, 'warning'],
    ['in grams', 1000, 'failure'],
    ['a good one', 2, 'info'],
  ])('of a day %s: %i times the usual is %s', (_, times, severity) => {
    const result = found(check(scaled(times, 1, () => true)), 'last-day');
    expect(result.severity).toBe(severity);
    expect(result.fix === null).toBe(severity === 'info');
  });

  it('accepts a day on which the stores are usually closed', () => {
    const { firstDay, dayCount } = synthetic.panel;
    const weekday = (day: number) => (firstDay + dayCount - 1 - day) % 7;
    const opened = changed((v, _, day) => (day > 0 && weekday(day) === weekday(0) ? 0 : v));
    expect(found(check(opened), 'last-day').severity).toBe('info');
  });
});

const REAL = fileURLToPath(new URL('../../../../../../../shared/data/favorita', import.meta.url));

it.skipIf(!existsSync(REAL))(
  'the levels check raises no alarm on any third day of the real sales, whose PRODUCE was unlisted for years',
  { timeout: 120_000 },
  async () => {
    const { dataset } = await readCsvDirectory(REAL, { trainFile: 'train_19_series.csv.gz' });
    for (let day = dataset.panel.firstDay + 40; day <= lastOf(dataset); day += 3) {
      const checks = check(historyOf(dataset, toIsoDate(day + 1)));
      expect(found(checks, 'levels'), toIsoDate(day)).toMatchObject({ severity: 'info' });
    }
  },
);
