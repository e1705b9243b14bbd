import { describe, expect, it } from 'vitest';
import { createCategories, HORIZON } from '../../../shared/features/index.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { MODEL, onePoint } from '../../../workers/trainer/backtest/contender.ts';
import { runBacktest } from '../../../workers/trainer/backtest/run-backtest.ts';
import { openPanelSeries } from '../../../workers/trainer/training-set/panel-series.ts';
import { FIRST_DAY, smallDataset } from './small-dataset.ts';

const DAYS = 120;
const ORIGINS = [FIRST_DAY + DAYS - 1 - 2 * HORIZON, FIRST_DAY + DAYS - 1 - HORIZON];

/** Runs two windows over stores 1 and 2 of one family, with one model that says 3 of everything. */
async function windowsOf(edit: (milliUnits: Int32Array) => void) {
  const dataset = smallDataset(DAYS, ['A'], ({ milliUnits }) => edit(milliUnits));
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const forecast = async () => onePoint(new Float64Array(series.length * HORIZON).fill(3));
  return runBacktest(series, ORIGINS, [{ name: MODEL, forecast }], () => undefined);
}

describe('a backtest', () => {
  it('scores every day whose sales are known', async () => {
    const windows = await windowsOf((milliUnits) => {
      milliUnits[DAYS - 1] = MISSING;
    });
    expect(windows.map(({ actual }) => actual.length)).toEqual([2 * HORIZON, 2 * HORIZON - 1]);
  });

  it('leaves a store out that opens within the window, and takes it in afterwards', async () => {
    const windows = await windowsOf((milliUnits) => {
      milliUnits.fill(MISSING, DAYS, 2 * DAYS - 2 * HORIZON + 6);
    });
    expect(windows.map(({ series }) => [...new Set(series)])).toEqual([[0], [0, 1]]);
    expect(windows[1]?.actual).toHaveLength(2 * HORIZON);
  });

  it('leaves a window out of which nothing is known', async () => {
    const windows = await windowsOf((milliUnits) => {
      for (const end of [DAYS, 2 * DAYS]) milliUnits.fill(MISSING, end - HORIZON, end);
    });
    expect(windows.map(({ origin }) => origin)).toEqual([ORIGINS[0]]);
  });
});
