import { describe, expect, it } from 'vitest';
import { createCategories, HORIZON } from '../../../../../shared/features/index.ts';
import { MODEL } from '../../../../../shared/schemas/contender-names.ts';
import { MISSING } from '../../../../../shared/schemas/history-chunk.ts';
import { forecastPanel, onePoint } from '../../../../../workers/trainer/evaluate/contenders.ts';
import { runBacktest } from '../../../../../workers/trainer/evaluate/run-backtest.ts';
import { openPanelSeries } from '../../../../../workers/trainer/model/series/panel-series.ts';
import { MODEL_ROWS, type RowLayout } from '../../../../../workers/trainer/model/training-set/row-layout.ts';
import { FIRST_DAY, smallDataset } from '../../../../support/datasets/small-dataset.ts';

const DAYS = 120;
const ORIGINS = [FIRST_DAY + DAYS - 1 - 2 * HORIZON, FIRST_DAY + DAYS - 1 - HORIZON];

/** Runs two windows over stores 1 and 2 of one family, with a model that always forecasts 3. */
async function windowsOf(edit: (milliUnits: Int32Array, tickets: Int32Array) => void) {
  const dataset = smallDataset(DAYS, ['A'], ({ milliUnits, tickets }) => edit(milliUnits, tickets));
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const forecast = async () => onePoint(new Float64Array(series.length * HORIZON).fill(3));
  return runBacktest(series, ORIGINS, [{ name: MODEL, forecast }], () => undefined);
}

describe('a backtest', () => {
  it('scores every day with known sales', async () => {
    const windows = await windowsOf((milliUnits) => {
      milliUnits[DAYS - 1] = MISSING;
    });
    expect(windows.map(({ actual }) => actual.length)).toEqual([2 * HORIZON, 2 * HORIZON - 1]);
  });

  it('leaves out a store that opens within the window, and includes it afterwards', async () => {
    const windows = await windowsOf((milliUnits) => {
      milliUnits.fill(MISSING, DAYS, 2 * DAYS - 2 * HORIZON + 6);
    });
    expect(windows.map(({ series }) => [...new Set(series)])).toEqual([[0], [0, 1]]);
    expect(windows[1]?.actual).toHaveLength(2 * HORIZON);
  });

  it('does not score closed days, and adds up the days on both sides of them', async () => {
    const windows = await windowsOf((milliUnits, tickets) => {
      for (let day = 0; day < 2 * DAYS; day++) {
        if ((day % DAYS) % 7 !== 2) continue;
        milliUnits[day] = 0;
        tickets[day] = 0;
      }
    });
    for (const { actual, cumulative } of windows) {
      expect(actual.length).toBeLessThan(2 * HORIZON - 2);
      expect([...actual]).not.toContain(0);
      expect(cumulative.actual).toHaveLength(2 * HORIZON);
      expect(cumulative.actual[HORIZON - 1]).toBe(actual.slice(0, actual.length / 2).reduce((a, b) => a + b));
      expect(Math.expm1(cumulative.logForecast[HORIZON - 1] as number)).toBeCloseTo((3 * actual.length) / 2);
    }
  });

  it('forecasts 0 on a foreseen day off', () => {
    const dataset = smallDataset(DAYS, ['A'], ({ milliUnits, tickets }) => {
      for (let day = 2; day < DAYS; day += 7) milliUnits[day] = tickets[day] = 0;
    });
    const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
    const layout = {
      ...MODEL_ROWS,
      columns: 1,
      write: (_series, _origin, _horizons, count, _out, _offset, bases) => {
        bases.anchors.values.fill(Math.log1p(3), 0, count);
      },
    } satisfies RowLayout;
    const origin = ORIGINS[0] as number;
    const { median: units, mean } = forecastPanel(
      series,
      origin,
      layout,
      (rows) => new Float32Array(rows.length),
    );
    expect([...mean].map((value) => value === 0)).toEqual([...units].map((value) => value === 0));
    const days = Array.from({ length: HORIZON }, (_, i) => (origin + 1 + i - FIRST_DAY) % 7);
    expect([...units.slice(0, HORIZON)].map(Math.round)).toEqual(days.map((day) => (day === 2 ? 0 : 3)));
    expect([...units.slice(HORIZON)].map(Math.round)).toEqual(days.map(() => 3));
  });

  it('shows a model the closures that were foreseen, not those that occurred', () => {
    const origin = ORIGINS[0] as number;
    const dataset = smallDataset(DAYS, ['A'], ({ milliUnits, tickets }) => {
      for (let day = 2; day < DAYS; day += 7) milliUnits[day] = tickets[day] = 0;
      const surprise = origin + 4 - FIRST_DAY;
      milliUnits[surprise] = tickets[surprise] = 0;
    });
    const [member] = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
    if (!member) throw new Error('no series');
    const closedDays = ({ history }: typeof member) =>
      Array.from({ length: HORIZON }, (_, i) => origin + 1 + i - FIRST_DAY).filter(
        (day) => history.closed?.[day] === 1,
      );
    const daysOff = Array.from({ length: HORIZON }, (_, i) => origin + 1 + i - FIRST_DAY).filter(
      (day) => day % 7 === 2,
    );
    expect(closedDays(member)).toEqual([origin + 4 - FIRST_DAY, ...daysOff].sort((a, b) => a - b));
    const seen: number[][] = [];
    const layout = {
      ...MODEL_ROWS,
      columns: 1,
      write: (series) => void seen.push(closedDays(series)),
    } satisfies RowLayout;
    forecastPanel([member], origin, layout, (rows) => new Float32Array(rows.length));
    expect(seen).toEqual([daysOff]);
  });

  it('leaves out a window without known sales', async () => {
    const windows = await windowsOf((milliUnits) => {
      for (const end of [DAYS, 2 * DAYS]) milliUnits.fill(MISSING, end - HORIZON, end);
    });
    expect(windows.map(({ origin }) => origin)).toEqual([ORIGINS[0]]);
  });
});
