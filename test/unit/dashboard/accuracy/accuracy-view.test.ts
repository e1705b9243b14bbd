import { describe, expect, it } from 'vitest';
import { buildAccuracyView, contenderName } from '../../../../dashboard/src/accuracy/accuracy-view.ts';

const score = (rmsle: number, count = 100) => ({ rmsle, wape: rmsle / 2, bias: 0, count });
const backtest = {
  pooled: { model: score(0.3), seasonal_naive: score(0.5), same_weekday_mean_4: score(0.4) },
  windows: [
    {
      origin: '2026-10-01',
      scores: { model: score(0.35, 100), seasonal_naive: score(0.5), same_weekday_mean_4: score(0.34) },
      coverage80: 0.7,
    },
    {
      origin: '2026-11-01',
      scores: { model: score(0.25, 300), seasonal_naive: score(0.55), same_weekday_mean_4: score(0.45) },
      coverage80: 0.9,
    },
    { origin: '2026-10-17', scores: { model: score(0.3) }, coverage80: null },
  ],
};

describe('the backtest', () => {
  const view = buildAccuracyView(backtest, 'rmsle');

  it('ranks the baselines and lists the windows, newest first', () => {
    expect(view.baselines).toEqual(['same_weekday_mean_4', 'seasonal_naive']);
    expect(view.rows.map((row) => row.origin)).toEqual(['2026-11-01', '2026-10-17', '2026-10-01']);
  });

  it('counts a window as won only against every baseline, and against at least one', () => {
    expect(view.rows.map((row) => row.won)).toEqual([true, false, false]);
    expect(view.won).toBe(1);
  });

  it("shows the reduction of the best baseline's error", () => {
    expect(view.gain).toBeCloseTo(0.25);
    expect(buildAccuracyView({ pooled: { model: score(0.3) }, windows: [] }, 'rmsle').gain).toBeNull();
  });

  it('weights the coverage of a window by its points', () => {
    expect(view.coverage).toBeCloseTo((0.7 * 100 + 0.9 * 300) / 400);
    expect(buildAccuracyView({ ...backtest, windows: [] }, 'rmsle').coverage).toBeNull();
  });

  it('is available in either measure', () => {
    expect(buildAccuracyView(backtest, 'wape').pooled).toEqual({
      model: 0.15,
      seasonal_naive: 0.25,
      same_weekday_mean_4: 0.2,
    });
    expect(view.largest).toBe(0.55);
  });
});

it('names contenders in plain words, even unknown ones', () => {
  expect(contenderName('seasonal_naive')).toBe('Last week');
  expect(contenderName('same_weekday_mean_4')).toBe('4-week mean');
  expect(contenderName('lightgbm_with_lags')).toBe('Lightgbm with lags');
});
