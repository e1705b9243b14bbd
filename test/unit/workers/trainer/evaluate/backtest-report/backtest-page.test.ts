import { describe, expect, it } from 'vitest';
import { backtestPage } from '../../../../../../workers/trainer/evaluate/backtest-report/backtest-page.ts';
import {
  breakdownJson,
  breakdownTables,
} from '../../../../../../workers/trainer/evaluate/backtest-report/breakdown-tables.ts';
import { lineChart } from '../../../../../../workers/trainer/evaluate/backtest-report/line-chart.ts';
import { ticksUpTo } from '../../../../../../workers/trainer/evaluate/backtest-report/markup.ts';
import { summarizeBacktest } from '../../../../../../workers/trainer/evaluate/backtest-summary.ts';
import { breakDown } from '../../../../../../workers/trainer/evaluate/breakdown.ts';
import { CONFORMAL_DEFAULTS } from '../../../../../../workers/trainer/evaluate/intervals/fit-intervals.ts';
import { simulatedWindow } from '../../../../../support/trainer/simulated-window.ts';

const FAMILY = '<b>"BREAD & CO"</b>';
const windows = [1, 2].map((seed, i) => simulatedWindow(seed, 17_000 + 16 * i, 0.2));
const summary = summarizeBacktest(windows, ['seasonal_naive', 'same_weekday_mean_4'], CONFORMAL_DEFAULTS);
const breakdown = breakDown(windows, summary, Array(200).fill(FAMILY));

describe('backtestPage', () => {
  const page = backtestPage({ title: 'Backtest', subtitle: 'two windows', summary, breakdown });

  it('is a single file without network requests', () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
    expect(page.match(/<svg /g)?.length).toBe(7);
  });

  it("follows the reader's colour scheme, and labels every chart", () => {
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page.match(/<svg [^>]*role="img" aria-label="[^"]+"/g)?.length).toBe(7);
  });

  it('escapes names', () => {
    expect(page).not.toContain(FAMILY);
    expect(page).toContain('&lt;b&gt;&quot;BREAD &amp; CO&quot;&lt;/b&gt;');
  });

  it('draws only finite values', () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    const gap = { name: 'a', colour: 'red', values: [1, Number.NaN, 2] };
    const svg = lineChart({ label: 'l', x: ['1', '2', '3'], lines: [gap], format: String });
    expect(svg.match(/<circle/g)?.length).toBe(2);
    expect(svg).not.toContain('NaN');
  });

  it('has axes from zero to at least the greatest value, in round steps', () => {
    expect(ticksUpTo(0.23)).toEqual([0, 0.1, 0.2, expect.closeTo(0.3, 12)]);
    expect(ticksUpTo(8)).toEqual([0, 2, 4, 6, 8]);
    for (const greatest of [0.001, 0.7, 3, 99, 12345]) {
      expect(ticksUpTo(greatest).at(-1)).toBeGreaterThanOrEqual(greatest);
      expect(ticksUpTo(greatest).length).toBeLessThan(8);
    }
    expect(ticksUpTo(0)).toEqual([0, 1]);
  });
});

describe('the breakdown', () => {
  it('is printed with every contender and every dimension', () => {
    const tables = breakdownTables(breakdown);
    for (const text of [
      'seasonal_naive',
      'same_weekday_mean_4',
      'MASE',
      'pinball',
      'units a day',
      'days ahead',
    ]) {
      expect(tables).toContain(text);
    }
  });

  it('is valid JSON, with null for NaN', () => {
    const json = breakdownJson(breakdown);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(Object.keys(json.by as object)).toEqual(['window', 'family', 'horizon', 'volume']);
  });
});
