import { describe, expect, it } from 'vitest';
import { isoWeekday } from '../../../../shared/calendar/day-number.ts';
import {
  createCategories,
  HORIZON,
  MIN_KNOWN_DAYS,
  type SeriesHistory,
} from '../../../../shared/features/index.ts';
import { newSeriesForecast } from '../../../../shared/forecast/new-series.ts';
import { promotionEffectOf } from '../../../../shared/forecast/promotion-response.ts';
import { openPanelSeries } from '../../../../workers/trainer/model/series/panel-series.ts';
import { fitPeerLevels } from '../../../../workers/trainer/model/training-set/fit-peer-levels.ts';
import { FIRST_DAY, smallDataset } from '../../../support/datasets/small-dataset.ts';

const DAYS = 90;
const LAST_DAY = FIRST_DAY + DAYS - 1;
const FAMILIES = ['BREAD', 'CAKE', 'MILK'];
const UNITS = { BREAD: 40, CAKE: 5, MILK: 20 } as const;
/** Saturdays sell twice as much. */
const factorOn = (day: number) => (isoWeekday(day) === 6 ? 2 : 1);

/** Two stores, the second three times the size of the first; its CAKE has `known` days, all `scale` times what is usual. */
function forecastNewCake(known: number, scale = 1) {
  const dataset = smallDataset(DAYS, FAMILIES, ({ milliUnits, tickets }) => {
    tickets.fill(-1);
    for (let s = 0; s < 6; s++) {
      const family = FAMILIES[s % 3] as keyof typeof UNITS;
      for (let d = 0; d < DAYS; d++) {
        const units = UNITS[family] * (s < 3 ? 1 : 3) * factorOn(FIRST_DAY + d);
        milliUnits[s * DAYS + d] = Math.round(1000 * units * (s === 4 ? scale : 1));
      }
    }
    milliUnits.fill(-1, 4 * DAYS, 5 * DAYS - known);
  });
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const cake = series[4];
  if (!cake) throw new Error('no series');
  const peers = fitPeerLevels(series, LAST_DAY, null);
  const { logForecasts, levelDeviation } = newSeriesForecast(cake.history, LAST_DAY, peers, cake, null);
  return { units: [...logForecasts].map(Math.expm1), levelDeviation };
}

describe('a new series', () => {
  it("sells what its family's share is at other stores, on their weekdays, before it has a day of its own", () => {
    const { units } = forecastNewCake(0);
    expect(units).toHaveLength(HORIZON);
    units.forEach((value, i) => {
      const right = 15 * factorOn(LAST_DAY + 1 + i);
      expect(value / right).toBeGreaterThan(0.6);
      expect(value / right).toBeLessThan(1 / 0.6);
    });
    const [saturday, monday] = [6, 1].map((weekday) =>
      units.find((_, i) => isoWeekday(LAST_DAY + 1 + i) === weekday),
    );
    expect((saturday ?? 0) / (monday ?? 1)).toBeGreaterThan(1.5);
  });

  it('is promoted like its peers, on the days of the plan', () => {
    const response = { items: [1], families: { CAKE: [Math.log(2)], MILK: [Math.log(3)], BREAD: [0] } };
    const factors = { CAKE: 2, MILK: 3, BREAD: 1 } as const;
    /** Every third day is promoted at the peers, with `factors`; the new series is promoted on its fifth day. */
    const forecast = (arePeersPromoted: boolean) => {
      const dataset = smallDataset(DAYS, FAMILIES, ({ milliUnits, tickets, onpromotion }) => {
        tickets.fill(-1);
        const planned = onpromotion.length / 6;
        for (let s = 0; s < 6; s++) {
          const family = FAMILIES[s % 3] as keyof typeof UNITS;
          for (let d = 0; d < DAYS; d++) {
            const isPromoted = arePeersPromoted && d % 3 === 0;
            milliUnits[s * DAYS + d] = 1000 * UNITS[family] * (isPromoted ? factors[family] : 1);
            onpromotion[s * planned + d] = Number(isPromoted);
          }
        }
        milliUnits.fill(-1, 4 * DAYS, 5 * DAYS);
        onpromotion[4 * planned + DAYS + 4] = 1;
      });
      const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
      const cake = series[4];
      if (!cake) throw new Error('no series');
      const peers = fitPeerLevels(series, LAST_DAY, response);
      const effect = promotionEffectOf(response, 'CAKE');
      const { logForecasts } = newSeriesForecast(cake.history, LAST_DAY, peers, cake, effect);
      return [...logForecasts].map(Math.expm1);
    };
    const units = forecast(true);
    forecast(false).forEach((usual, i) => {
      expect(units[i]).toBeCloseTo(usual, 9);
    });
    expect((units[4] as number) / (units[3] as number)).toBeCloseTo(2, 9);
  });

  it('is drawn from its peers to itself as days come in, and is surer', () => {
    const right = 15 * 4;
    const forecasts = [0, 1, 3, 7, MIN_KNOWN_DAYS - 1].map((known) => forecastNewCake(known, 4));
    const distances = forecasts.map(({ units }) => {
      const monday = units.find((_, i) => isoWeekday(LAST_DAY + 1 + i) === 1) ?? 0;
      return Math.abs(Math.log(monday / right));
    });
    for (let i = 1; i < distances.length; i++) {
      expect(distances[i]).toBeLessThan(Math.max(0.05, distances[i - 1] as number));
      expect(forecasts[i]?.levelDeviation).toBeLessThan(forecasts[i - 1]?.levelDeviation as number);
    }
    expect(distances.at(-1)).toBeLessThan(0.2);
  });

  it('that comes back after months stands at its own longer past', () => {
    const days = 380;
    const milliUnits = new Int32Array(days).fill(-1);
    milliUnits.fill(70_000, 0, 60);
    const history: SeriesHistory = {
      firstDay: 0,
      milliUnits,
      onpromotion: new Uint16Array(days),
      tickets: new Int32Array(days).fill(-1),
    };
    const { logForecasts } = newSeriesForecast(
      history,
      days - 1,
      null,
      { storeNbr: '1', family: 'BREAD' },
      null,
    );
    expect(logForecasts).toHaveLength(HORIZON);
    for (const z of logForecasts) expect(Math.expm1(z)).toBeCloseTo(70, 6);
  });

  it('of which nothing is known by a model without peers sells nothing', () => {
    const history: SeriesHistory = {
      firstDay: 0,
      milliUnits: new Int32Array(10).fill(-1),
      onpromotion: new Uint16Array(10),
      tickets: new Int32Array(10).fill(-1),
    };
    const { logForecasts } = newSeriesForecast(history, 9, null, { storeNbr: '1', family: 'X' }, null);
    expect([...logForecasts]).toEqual(Array(16).fill(0));
  });
});
