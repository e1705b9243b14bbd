import { describe, expect, it } from 'vitest';
import { changeFindings, holds, shareFinding } from '../../laws/finding.ts';
import { sumsGrow } from '../../laws/intervals.ts';
import { smallDataset } from '../../support/datasets/small-dataset.ts';

const LIMITS = { median: 0.02, p99: 0.15 };
const pair = { series: '1:A', h: 1, before: 10, after: 10 } as const;

describe('a law of forecasts', () => {
  it('holds where nothing changes, and not where a forecast is missing', () => {
    expect(changeFindings('same', [pair], LIMITS).map(holds)).toEqual([true, true]);
    const missing = { ...pair, after: Number.NaN };
    expect(changeFindings('missing', [missing], LIMITS).map(holds)).toEqual([false, false]);
  });

  it('counts the flags that are set', () => {
    expect(shareFinding('law', 'figure', [true, false, false, false]).value).toBe(0.25);
    expect(holds(shareFinding('law', 'figure', [false]))).toBe(true);
  });

  it('does not hold where nothing was compared', () => {
    expect(changeFindings('no pairs', [], LIMITS).map(holds)).toEqual([false, false]);
    expect(holds(shareFinding('no flags', 'figure', []))).toBe(false);
  });

  it('of sums does not hold for a model that has no intervals of sums', async () => {
    const day = { median: 1, mean: 1, p10: 1, p90: 1 };
    const base = { series: new Map([['1:A' as const, { days: [day], cumulative: [] }]]), replaced: 0 };
    const options = { xgboost: null as never };
    const findings = await sumsGrow({ dataset: smallDataset(30, ['A']), options, base });
    expect(findings.map(({ figure }) => figure)).toEqual([
      'sums below the one before',
      'days outside',
      'sums outside',
    ]);
    expect(findings.map(holds)).toEqual([false, true, false]);
  });
});
