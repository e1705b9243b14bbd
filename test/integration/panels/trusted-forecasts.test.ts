import { describe, expect, it, type TestContext } from 'vitest';
import { isoWeekday, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';
import type { Dataset } from '../../../workers/trainer/data/dataset.ts';
import { sequence } from '../../support/datasets/sample-history.ts';
import { forecastPanel, type PanelForecast } from '../../support/trainer/forecast-panel.ts';
import { openXgboostOrSkip } from '../../support/trainer/open-xgboost.ts';

/**
 * Events of real retailers: feeds lose days, stores open, families are renamed, shops shut for weeks. None may make
 * the forecast of the same or another series implausible. All without the guard.
 */

const FIRST_DAY = toDayNumber('2025-10-20');
const DAYS = 400;
const FAMILIES = ['BREAD', 'DAIRY', 'FRUIT'];
const LEVELS = { BREAD: 35, DAIRY: 55, FRUIT: 20 } as const;

/** Units of a series; stores differ in size, Saturdays sell half as much again. */
function unitsOf(random: () => number, store: number, family: keyof typeof LEVELS, day: number): number {
  const weekday = isoWeekday(FIRST_DAY + day) === 6 ? 1.5 : 1;
  return LEVELS[family] * (0.8 + 0.2 * store) * weekday * (0.8 + 0.4 * random());
}

/** Five stores over 400 days, with what `edit` does to the cells of a series (one a day). */
function retailer(edit: (cells: Int32Array, store: number, family: string) => void): Dataset {
  const random = sequence(11);
  const series = ['1', '2', '3', '4', '5'].flatMap((storeNbr) =>
    FAMILIES.map((family) => ({ storeNbr, family })),
  );
  const milliUnits = new Int32Array(series.length * DAYS);
  series.forEach(({ storeNbr, family }, s) => {
    const cells = milliUnits.subarray(s * DAYS, (s + 1) * DAYS);
    for (let day = 0; day < DAYS; day++) {
      cells[day] = Math.round(1000 * unitsOf(random, Number(storeNbr), family as keyof typeof LEVELS, day));
    }
    edit(cells, Number(storeNbr), family);
  });
  return {
    name: 'retailer',
    stores: ['1', '2', '3', '4', '5'].map((store_nbr) => ({
      store_nbr,
      city: 'c',
      state: 's',
      type: 'A',
      cluster: 1,
    })),
    families: FAMILIES,
    holidays: [],
    oil: [],
    shiftDays: 0,
    panel: {
      firstDay: FIRST_DAY,
      dayCount: DAYS,
      series,
      milliUnits,
      plannedDayCount: DAYS,
      onpromotion: new Uint16Array(series.length * DAYS),
      tickets: null,
    },
  };
}

/** Fewer trees a round than the default has, which averages less of what should not be there away. */
const PARAMETERS = { rounds: 120, num_parallel_tree: 2 };

describe('a retailer whose feed lost days when a store opened and a family was renamed', () => {
  const dataset = retailer((cells, store, family) => {
    // Store 5 is 10 days old; store 2 lacks yesterday, store 3 three days.
    if (store === 5) cells.fill(MISSING, 0, DAYS - 10);
    if (store === 2) cells.fill(MISSING, DAYS - 1);
    if (store === 3) cells.fill(MISSING, DAYS - 3);
    // In store 1, FRUIT is what DAIRY was called until ten days ago.
    if (store === 1 && family === 'DAIRY') cells.fill(MISSING, DAYS - 10);
    if (store === 1 && family === 'FRUIT') cells.fill(MISSING, 0, DAYS - 10);
  });
  let forecast: PanelForecast | undefined;
  /** Fitted once, for the first that asks. */
  const forecastOnce = async (context: TestContext) => {
    forecast ??= await forecastPanel(dataset, {
      xgboost: await openXgboostOrSkip(context),
      parameters: PARAMETERS,
    });
    return forecast;
  };

  it.for([
    ['a store that lost one day', 2],
    ['a store that lost three days', 3],
    ['a store that nothing happened to', 4],
    ['the store that opened', 5],
  ] as const)('%s is forecast at its level', async ([, store], context) => {
    for (const family of FAMILIES) expectLevel(await forecastOnce(context), store, family, 0.6, 1.6);
  });

  it('the old name falls to zero or stays at its level, the new one is forecast at its own', async (context) => {
    const forecast = await forecastOnce(context);
    const old = forecast.series.get(seriesKey('1', 'DAIRY'))?.days ?? [];
    expect(old).toHaveLength(16);
    for (const { mean } of old) expect(mean).toBeLessThan(1.6 * 1.5 * LEVELS.DAIRY);
    expectLevel(forecast, 1, 'FRUIT', 0.6, 1.6);
  });

  it('the guard would replace nothing', async (context) => {
    expect((await forecastOnce(context)).replaced).toBe(0);
  });
});

describe('a shop that was shut for two weeks and has been open again for four days', () => {
  it.for([
    ['rows of zeros', 0],
    ['no rows', MISSING],
  ] as const)('is forecast at its level, whether its file has %s for them', async ([, value], context) => {
    const dataset = retailer((cells) => cells.fill(value, DAYS - 18, DAYS - 4));
    const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
    const forecast = await forecastPanel(closed(dataset), options);
    for (const family of FAMILIES) expectLevel(forecast, 2, family, 0.75, 1.3);
  });
});

describe('a shop that was shut for weeks and opened again yesterday, on a day like no other', () => {
  it.for([
    ['sixty days, half a morning', 60, 0.12],
    ['sixty days, a grand opening', 60, 4],
    ['thirty-five days, half a morning', 35, 0.12],
    ['thirty-five days, a grand opening', 35, 4],
  ] as const)('is forecast at its level: %s', async ([, days, factor], context) => {
    const dataset = retailer((cells, store) => {
      if (store !== 2) return;
      cells.fill(MISSING, DAYS - 1 - days, DAYS - 1);
      cells[DAYS - 1] = Math.round((cells[DAYS - 1] ?? 0) * factor);
    });
    const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
    const forecast = await forecastPanel(dataset, options);
    for (const family of FAMILIES) expectLevel(forecast, 2, family, 0.6, 1.6);
  });
});

describe('a product that was out of stock while its shop was open', () => {
  it.for([
    [10, 1],
    [10, 3],
    [21, 1],
    [21, 3],
    [21, 10],
    [45, 3],
    [45, 10],
    [90, 3],
    [120, 10],
    [160, 10],
  ] as const)(
    'for %i days is forecast at its level when it has been back for %i',
    async ([days, back], context) => {
      const dataset = retailer((cells, store, family) => {
        if (store === 2 && family === 'DAIRY') cells.fill(0, DAYS - back - days, DAYS - back);
      });
      const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
      const forecast = await forecastPanel(dataset, options);
      expectLevel(forecast, 2, 'DAIRY', 0.6, 1.6);
      for (const family of ['BREAD', 'FRUIT']) expectLevel(forecast, 2, family, 0.75, 1.3);
    },
  );
});

describe('a product that was listed with zeros until its first sale', () => {
  it.for([3, 5, 10, 20, 26, 30])('%i days ago is forecast at its level', async (days, context) => {
    const dataset = retailer((cells, store, family) => {
      if (store === 2 && family === 'DAIRY') cells.fill(0, 0, DAYS - days);
    });
    const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
    const forecast = await forecastPanel(dataset, options);
    expectLevel(forecast, 2, 'DAIRY', 0.7, 1.3);
    for (const family of ['BREAD', 'FRUIT']) expectLevel(forecast, 2, family, 0.75, 1.3);
  });
});

describe('a product that all stores have listed with zeros until its first sale', () => {
  it.for([3, 7])('%i days ago is forecast at its level', async (days, context) => {
    const dataset = retailer((cells, _, family) => {
      if (family === 'DAIRY') cells.fill(0, 0, DAYS - days);
    });
    const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
    const forecast = await forecastPanel(dataset, options);
    for (const store of [1, 5]) expectLevel(forecast, store, 'DAIRY', 0.5, 1.6);
  });
});

describe('a product whose second season has begun', () => {
  it.for([3, 5, 10])('%i days ago is forecast at its level', async (days, context) => {
    const dataset = retailer((cells, store, family) => {
      if (store === 2 && family === 'FRUIT') cells.fill(0, DAYS - 305 - days, DAYS - days);
    });
    const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
    expectLevel(await forecastPanel(dataset, options), 2, 'FRUIT', 0.5, 1.6);
  });
});

describe('a product of its own kind that is new among others that sell in lumps', () => {
  it.for([
    [5, 0],
    [10, 0],
    [5, MISSING],
    [10, MISSING],
  ] as const)('for %i days is not expected to do so, too (%i before)', async ([days, before], context) => {
    const random = sequence(5);
    const dataset = retailer((cells, store, family) => {
      if (family === 'DAIRY')
        return cells.fill(store === 2 ? before : MISSING, 0, store === 2 ? DAYS - days : DAYS);
      return cells.forEach((value, day) => {
        cells[day] = random() < 0.4 ? 20 * value : 0;
      });
    });
    const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
    expectLevel(await forecastPanel(dataset, options), 2, 'DAIRY', 0.4, 3);
  });
});

describe('a product that is back at another level after weeks out of stock', () => {
  it.for([
    [28, 5, 1 / 3],
    [28, 5, 3],
    [28, 3, 1 / 3],
    [60, 5, 1 / 3],
    [21, 10, 1 / 3],
    [28, 1, 0.1],
  ] as const)(
    'for %i days, %i days ago, at %d times: the new one counts, too',
    async ([out, back, factor], context) => {
      const dataset = retailer((cells, store, family) => {
        if (store !== 2 || family !== 'DAIRY') return;
        cells.fill(0, DAYS - back - out, DAYS - back);
        for (let day = DAYS - back; day < DAYS; day++) cells[day] = Math.round((cells[day] ?? 0) * factor);
      });
      const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
      const forecast = await forecastPanel(dataset, options);
      const days = forecast.series.get(seriesKey('2', 'DAIRY'))?.days ?? [];
      expect(days).toHaveLength(16);
      let medians = 0;
      let old = 0;
      days.forEach(({ median, mean }, i) => {
        const usual = unitsOf(() => 0.5, 2, 'DAIRY', DAYS + i);
        for (const value of [median, mean]) {
          expect(value / usual, `h ${i + 1}`).toBeGreaterThan(0.7 * Math.min(1, factor));
          expect(value / usual, `h ${i + 1}`).toBeLessThan(1.3 * Math.max(1, factor));
        }
        medians += median;
        old += usual;
      });
      if (factor < 1) expect(medians / old).toBeLessThan(0.8);
      else expect(medians / old).toBeGreaterThan(1.25);
    },
  );
});

/** What the reader makes of days on which a store sells nothing at all: closed, not known. */
function closed(dataset: Dataset): Dataset {
  const { panel } = dataset;
  const milliUnits = panel.milliUnits.map((value) => (value === 0 ? MISSING : value));
  return { ...dataset, panel: { ...panel, milliUnits } };
}

/** Every day within so many times what the series sells on its weekday, and the 16 days together nearer than that. */
function expectLevel(
  forecast: PanelForecast,
  store: number,
  family: string,
  low: number,
  high: number,
): void {
  const days = forecast.series.get(seriesKey(String(store), family))?.days ?? [];
  expect(days).toHaveLength(16);
  let sum = 0;
  let right = 0;
  days.forEach(({ median, mean }, i) => {
    const usual = unitsOf(() => 0.5, store, family as keyof typeof LEVELS, DAYS + i);
    for (const value of [median, mean]) {
      expect(value / usual, `${store}/${family}, h ${i + 1}`).toBeGreaterThan(low);
      expect(value / usual, `${store}/${family}, h ${i + 1}`).toBeLessThan(high);
    }
    sum += mean;
    right += usual;
  });
  expect(sum / right).toBeGreaterThan(Math.sqrt(low));
  expect(sum / right).toBeLessThan(Math.sqrt(high));
}

describe('a product that sells one week in four', () => {
  it.for([3, 10, 17, 24] as const)(
    'is not expected to sell more than in such a week: %i days into the four',
    async (phase, context) => {
      const dataset = retailer((cells, store, family) => {
        if (store !== 2 || family !== 'DAIRY') return;
        cells.forEach((_, day) => {
          if ((day + 28 - (DAYS % 28) + phase) % 28 >= 7) cells[day] = 0;
        });
      });
      const options = { xgboost: await openXgboostOrSkip(context), parameters: PARAMETERS };
      const { series } = await forecastPanel(dataset, options);
      const days = series.get(seriesKey('2', 'DAIRY'))?.days ?? [];
      expect(days).toHaveLength(16);
      days.forEach(({ mean }, i) => {
        expect(mean / unitsOf(() => 0.5, 2, 'DAIRY', DAYS + i), `h ${i + 1}`).toBeLessThan(1.3);
      });
    },
  );
});
