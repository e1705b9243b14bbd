import { describe, expect, it } from 'vitest';
import { toDayNumber } from '../../../../../shared/calendar/day-number.ts';
import {
  backtestJson,
  backtestTable,
} from '../../../../../workers/trainer/evaluate/backtest-report/backtest-table.ts';
import { summarizeBacktest } from '../../../../../workers/trainer/evaluate/backtest-summary.ts';
import { sameWeekdayMean4, seasonalNaive } from '../../../../../workers/trainer/evaluate/baselines.ts';
import { naive364 } from '../../../../../workers/trainer/evaluate/contenders.ts';
import { CONFORMAL_DEFAULTS } from '../../../../../workers/trainer/evaluate/intervals/fit-intervals.ts';
import {
  backtestOrigins,
  TooFewDaysError,
  windowsThatFit,
} from '../../../../../workers/trainer/evaluate/windows.ts';
import { simulatedWindow } from '../../../../support/trainer/simulated-window.ts';

const BASELINES = ['seasonal_naive', 'same_weekday_mean_4'];
const ORIGIN = toDayNumber('2017-06-12');

describe('backtest windows', () => {
  it('are contiguous and end with the last day', () => {
    const last = toDayNumber('2017-08-15');
    expect(backtestOrigins(last - 400, last, 4)).toEqual([last - 64, last - 48, last - 32, last - 16]);
  });

  it('need eight weeks before the first of them', () => {
    expect(backtestOrigins(0, 55 + 64, 4)[0]).toBe(55);
    expect(() => backtestOrigins(0, 55 + 63, 4)).toThrow(TooFewDaysError);
    // The message must not advise options that only some commands have.
    expect(() => backtestOrigins(0, 55 + 63, 4)).toThrow(/fewer windows$/);
    expect([71, 72, 89, 120, 400].map((days) => windowsThatFit(1, days, 4))).toEqual([0, 1, 2, 4, 4]);
  });

  it('align with those of an earlier backtest, before or after it, except for the last', () => {
    const last = 1000;
    expect(backtestOrigins(0, last, 3, 984 - 5)).toEqual([947, 963, 984]);
    expect(backtestOrigins(0, last, 3, 979 - 16 * 30)).toEqual([947, 963, 984]);
    expect(backtestOrigins(0, last, 3, 979 + 16)).toEqual([947, 963, 984]);
    expect(backtestOrigins(0, last, 3, 984)).toEqual([952, 968, 984]);
    expect(backtestOrigins(0, last, 1, 979)).toEqual([984]);
  });

  it('end with the last day and do not overlap, whatever they are aligned with', () => {
    for (let alignTo = 900; alignTo < 1100; alignTo++) {
      const origins = backtestOrigins(0, 1000, 4, alignTo);
      expect(origins.at(-1)).toBe(984);
      const gaps = origins.slice(1).map((origin, i) => origin - (origins[i] as number));
      expect(gaps.slice(0, -1)).toEqual([16, 16]);
      expect(gaps.at(-1)).toBeGreaterThanOrEqual(16);
      expect(gaps.at(-1)).toBeLessThan(32);
    }
  });

  it('are not aligned if that would leave too few training days', () => {
    expect(backtestOrigins(0, 55 + 64, 4, 54)).toEqual(backtestOrigins(0, 55 + 64, 4));
    expect(backtestOrigins(0, 56 + 64, 4, 55)).toEqual([55, 71, 87, 104]);
  });
});

describe('baselines', () => {
  const history = {
    firstDay: 0,
    milliUnits: Int32Array.from({ length: 60 }, (_, day) => (day < 40 ? 1000 * day : -1)),
    onpromotion: new Uint16Array(60),
    tickets: new Int32Array(60).fill(-1),
  };

  it('repeat the last week, or average the last four same weekdays', () => {
    expect([1, 7, 8, 14, 15, 16].map((h) => seasonalNaive(history, 39, h))).toEqual([33, 39, 33, 39, 33, 34]);
    expect(sameWeekdayMean4(history, 39, 1)).toBe((33 + 26 + 19 + 12) / 4);
    expect(sameWeekdayMean4(history, 39, 15)).toBe((33 + 26 + 19 + 12) / 4);
  });

  it('skip unknown days and forecast 0 without any known day', () => {
    expect(seasonalNaive(history, 46, 1)).toBe(33);
    expect(sameWeekdayMean4(history, 46, 1)).toBe((33 + 26 + 19) / 3);
    expect(seasonalNaive(history, -1, 1)).toBe(0);
    expect(sameWeekdayMean4(history, -1, 1)).toBe(0);
  });

  it('use the day 364 days before, or if unknown the last four same weekdays', () => {
    const long = { ...history, milliUnits: Int32Array.from({ length: 400 }, (_, day) => 1000 * day) };
    long.milliUnits[390 + 5 - 364] = -1;
    expect([1, 4, 16].map((h) => naive364(long, 390, h))).toEqual([27, 30, 42]);
    expect(naive364(long, 390, 5)).toBe(sameWeekdayMean4(long, 390, 5));
    expect(naive364(history, 39, 2)).toBe(sameWeekdayMean4(history, 39, 2));
  });
});

describe('the summary of a backtest', () => {
  const windows = [1, 2, 3, 4].map((seed, i) =>
    simulatedWindow(seed, ORIGIN + 16 * i, seed === 3 ? 0.6 : 0.2),
  );
  const summary = summarizeBacktest(windows, BASELINES, CONFORMAL_DEFAULTS);

  it('counts a window as won only if every baseline is worse', () => {
    expect(summary.windowsWon).toBe(3);
    expect(summary.windows.map(({ scores }) => (scores.model?.rmsle ?? 9) < 0.3)).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('covers each window with intervals from the other windows', () => {
    const [first, , wide] = summary.windows;
    // The wide window is covered by intervals of narrow ones, so less; the others by wider ones, so more.
    expect(wide?.coverage80).toBeLessThan(0.7);
    expect(first?.coverage80).toBeGreaterThan(0.8);
    const counts = windows.map(({ actual }) => actual.length);
    const weighted = summary.windows.reduce(
      (sum, { coverage80 }, i) => sum + (coverage80 ?? 0) * (counts[i] ?? 0),
      0,
    );
    expect(summary.coverage80).toBeCloseTo(weighted / counts.reduce((sum, count) => sum + count, 0), 12);
  });

  it('has no coverage for a single window', () => {
    const single = summarizeBacktest(windows.slice(0, 1), BASELINES, CONFORMAL_DEFAULTS);
    expect(single.windows[0]?.coverage80).toBeNull();
  });

  it('is a table with every window, and one JSON object', () => {
    const table = backtestTable(summary);
    expect(table).toContain('2017-06-13..2017-06-28');
    expect(table).toContain('2017-07-31..2017-08-15');
    expect(table).toContain('model 3 of 4');
    const json = backtestJson(summary);
    expect(Object.keys(json).sort()).toEqual([
      'alternatives',
      'baselines',
      'coverage80',
      'coverage80_earlier',
      'cumulative_coverage80',
      'cumulative_coverage80_earlier',
      'mean_ratio',
      'rmsle',
      'served_coverage80',
      'sum_wape',
      'wape',
      'windows',
      'windows_won',
    ]);
    expect(Object.keys(json.baselines as object)).toEqual(['seasonal_naive', 'same_weekday_mean_4']);
    expect(json.rmsle).toBeCloseTo(summary.means.model?.rmsle ?? 0, 5);
  });

  it('scores alternatives for information: the model is judged by its baselines alone', () => {
    const withOne = windows.map((window) => {
      const columns = { ...window.predicted, tsb: window.actual };
      return { ...window, predicted: columns, expected: columns };
    });
    const informed = summarizeBacktest(withOne, BASELINES, CONFORMAL_DEFAULTS, ['tsb']);
    const { alternatives, ...judged } = informed;
    const { alternatives: none, ...alone } = summary;
    expect(none).toEqual({});
    expect(judged).toEqual(alone);
    expect(alternatives.tsb).toEqual({ rmsle: 0, wape: 0, sum_wape: 0, mean_ratio: 1, windowsBetter: 4 });
    const json = backtestJson(informed);
    expect(Object.keys(json.baselines)).toEqual(BASELINES);
    expect(json.alternatives.tsb).toEqual({
      rmsle: 0,
      wape: 0,
      sum_wape: 0,
      mean_ratio: 1,
      windows_better: 4,
    });
    expect(backtestTable(informed)).toMatch(/tsb +│ +0\.0000 .*4 of 4 windows/);
    expect(backtestTable(summary)).not.toContain('for information');
  });
});
