import { beforeAll, describe, expect, it } from 'vitest';
import { toDayNumber, toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import {
  createCategories,
  FEATURE_COUNT,
  FEATURE_NAMES,
  HORIZON,
} from '../../../../../../shared/features/index.ts';
import type { Manifest } from '../../../../../../shared/schemas/manifest.ts';
import { lastDayOf } from '../../../../../../workers/trainer/data/dataset.ts';
import type { BacktestRun } from '../../../../../../workers/trainer/evaluate/backtest-dataset.ts';
import { forecastPanel } from '../../../../../../workers/trainer/evaluate/contenders.ts';
import {
  type ComparableChampion,
  pairWindows,
} from '../../../../../../workers/trainer/evaluate/gate/champion-comparison.ts';
import { actualUnits, knownPoints } from '../../../../../../workers/trainer/evaluate/known-points.ts';
import { scorePoint } from '../../../../../../workers/trainer/evaluate/metrics.ts';
import { smoothingRecipe } from '../../../../../../workers/trainer/model/recipe.ts';
import { openPanelSeries } from '../../../../../../workers/trainer/model/series/panel-series.ts';
import {
  modelRows,
  NOTHING_LEARNED,
} from '../../../../../../workers/trainer/model/training-set/row-layout.ts';
import { SHAKEN_DAYS as DAYS, shakenDataset } from '../../../../../support/datasets/shaken-dataset.ts';
import { manifestOf, measuredBacktest, RECIPE } from '../../../../../support/trainer/measured-backtest.ts';
import { packStumps } from '../../../../../support/trainer/stump-model.ts';

const DATASET = shakenDataset(DAYS);
const LAST_DAY = lastDayOf(DATASET.panel);
/** Of the challenger's four windows, the last of which ends with the dataset. */
const ORIGINS = [4, 3, 2, 1].map((windows) => LAST_DAY - windows * HORIZON);
const ERRORS = [0.31, 0.32, 0.33, 0.34];
const CHAMPION_ERRORS = [0.21, 0.22, 0.23, 0.24];

let challenger: BacktestRun;
let packed: Uint8Array;

beforeAll(async () => {
  challenger = await measuredBacktest(DATASET, ERRORS);
  const [family, horizon] = ['family', 'horizon'].map((name) => FEATURE_NAMES.indexOf(name));
  packed = await packStumps(FEATURE_COUNT, family ?? -1, horizon ?? -1);
});

/** A champion trained on that many days with the challenger's recipe. */
async function championAfter(days: number, changes: Partial<Manifest> = {}): Promise<ComparableChampion> {
  const dataset = shakenDataset(days);
  const made = await measuredBacktest(dataset, CHAMPION_ERRORS);
  const manifest = { ...manifestOf(made, dataset), ...changes };
  const firstOrigin = made.results[0]?.origin ?? null;
  return { manifest, packed, movedDays: 0, lastDay: lastDayOf(dataset.panel), firstOrigin, tiedLoss: 0 };
}

const pair = (comparedChampion: ComparableChampion, run = challenger) =>
  pairWindows(DATASET, run, comparedChampion, () => undefined);
const UNMEASURED = { backtest: { windows: [], pooled: {} } };

describe('pairWindows', () => {
  it.for([
    [0, ['stored', 'stored', 'stored', 'stored']],
    [1, ['refitted', 'stored', 'stored', 'stored']],
    [16, ['refitted', 'stored', 'stored', 'stored']],
    [17, ['refitted', 'refitted', 'stored', 'stored']],
    [33, ['refitted', 'refitted', 'refitted', 'stored']],
    [48, ['refitted', 'refitted', 'refitted', 'stored']],
    [49, ['refitted', 'refitted', 'refitted', 'refitted']],
    [64, ['refitted', 'refitted', 'refitted', 'refitted']],
  ] as const)(
    'lets a champion that has seen %i days of the windows forecast only those it has not seen',
    async ([seen, sources]) => {
      const pairs = await pair(await championAfter(DAYS - 64 + seen, UNMEASURED));
      expect(pairs.map(({ source }) => source)).toEqual(sources);
      expect(pairs.map(({ origin }) => origin)).toEqual(ORIGINS.map(toIsoDate));
      pairs.forEach(({ source, champion, challenger: own }, i) => {
        expect(own).toBeCloseTo(ERRORS[i] ?? 0, 9);
        // The same recipe, fitted on the days before the window, is the challenger's own backtest.
        if (source === 'refitted') expect(champion).toBe(own);
        else expect(champion).not.toBeCloseTo(own, 3);
      });
    },
  );

  it("forecasts with the champion's own codes of stores and families", async () => {
    const categories = { store_nbr: ['2', '1'], family: ['B', 'A'] };
    const pairs = await pair(await championAfter(DAYS - 64, { ...UNMEASURED, categories }));
    const series = openPanelSeries(DATASET, createCategories(DATASET.stores, DATASET.families));
    // The stumps give 0.15 from code 1 on, -0.05 below it, and 0.02 more from the ninth day on.
    const marginOf = (row: number) =>
      (series[Math.floor(row / HORIZON)]?.family === 'A' ? 0.15 : -0.05) + (row % HORIZON >= 8 ? 0.02 : 0);
    const expected = ORIGINS.map((origin) => {
      const margins = Float32Array.from({ length: series.length * HORIZON }, (_, row) => marginOf(row));
      const { median } = forecastPanel(series, origin, modelRows(NOTHING_LEARNED), () => margins);
      const points = knownPoints(series, origin);
      const forecast = points.map((point) => median[point] ?? Number.NaN);
      return scorePoint(actualUnits(series, origin, points), forecast).rmsle;
    });
    expect(pairs).toHaveLength(4);
    pairs.forEach(({ champion }, i) => {
      expect(champion).toBeCloseTo(expected[i] ?? 0, 6);
    });
  });

  it('pairs nothing if it is unknown by how many days dates have been moved since', async () => {
    const pairs = await pair({ ...(await championAfter(DAYS - 64, UNMEASURED)), movedDays: null });
    expect(pairs.map(({ source }) => source)).toEqual(Array(4).fill('refitted'));
  });

  it("refits the champion's own recipe if it differs", async () => {
    const comparedChampion = await championAfter(DAYS, UNMEASURED);
    const run = { ...challenger, recipe: { ...RECIPE, rounds: 7 } };
    await expect(pair(comparedChampion, run)).rejects.toThrow('a model is fitted here');
  });

  it('refits no trees on a history that is too short for them', async () => {
    const comparedChampion = await championAfter(DAYS, UNMEASURED);
    const run = { ...challenger, recipe: smoothingRecipe(1) };
    expect(await pair(comparedChampion, run)).toEqual([]);
  });

  it('takes a champion of the same smoothing as measured, and refits one that trees are to replace', async () => {
    const { manifest, ...comparedChampion } = await championAfter(DAYS, UNMEASURED);
    const { isSmoothing: _, params, ...recipe } = smoothingRecipe(1);
    const training = {
      ...manifest.training,
      params: { ...params, max_rows: recipe.maxRows, origin_stride: 1, training_days: recipe.trainingDays },
      rounds: recipe.rounds,
      trees_from: toIsoDate(LAST_DAY),
    };
    const smoothing = { ...comparedChampion, manifest: { ...manifest, training } };
    const same = await pair(smoothing, { ...challenger, recipe: smoothingRecipe(1) });
    expect(same.map(({ champion }) => champion)).toEqual(same.map(({ challenger: own }) => own));
    expect(same).toHaveLength(4);
    await expect(pair(smoothing)).rejects.toThrow('a model is fitted here');
  });

  it("pairs nothing if the champion's manifest lacks its recipe", async () => {
    const { manifest, ...comparedChampion } = await championAfter(DAYS - 63, UNMEASURED);
    const training = { ...manifest.training, params: { max_depth: 6 } };
    const pairs = await pair({ ...comparedChampion, manifest: { ...manifest, training } });
    expect(pairs.map(({ origin }) => origin)).toEqual(ORIGINS.slice(1).map(toIsoDate));
  });
});

describe("a window in the champion's own backtest", () => {
  it('is used even if the model in service has seen it', async () => {
    const pairs = await pair(await championAfter(DAYS));
    expect(pairs.map(({ source }) => source)).toEqual(Array(4).fill('recorded'));
    for (const [i, { champion }] of pairs.entries()) expect(champion).toBeCloseTo(CHAMPION_ERRORS[i] ?? 0, 9);
  });

  it('is aligned with it a day later, and the newest is measured', async () => {
    const yesterday = await championAfter(DAYS - 1);
    const alignTo = yesterday.firstOrigin ?? 0;
    const pairs = await pair(yesterday, await measuredBacktest(DATASET, ERRORS, alignTo));
    expect(pairs.map(({ source }) => source)).toEqual(['recorded', 'recorded', 'recorded', 'refitted']);
    const origins = [4, 3, 2].map((windows) => LAST_DAY - 1 - windows * HORIZON);
    expect(pairs.map(({ origin }) => origin)).toEqual([...origins, LAST_DAY - HORIZON].map(toIsoDate));
    const errors = pairs.map(({ champion }) => champion);
    [0.21, 0.22, 0.23, 0.34].forEach((error, i) => {
      expect(errors[i]).toBeCloseTo(error, 9);
    });
  });

  it('is found by the days by which dates have been moved since', async () => {
    const comparedChampion = await championAfter(DAYS);
    const windows = comparedChampion.manifest.backtest.windows.map((window) => ({
      ...window,
      origin: toIsoDate(toDayNumber(window.origin) - 364),
    }));
    const manifest = {
      ...comparedChampion.manifest,
      backtest: { ...comparedChampion.manifest.backtest, windows },
    };
    const sourcesOf = async (movedDays: number) =>
      (await pair({ ...comparedChampion, manifest, movedDays })).map(({ source }) => source);
    expect(await sourcesOf(364)).toEqual(Array(4).fill('recorded'));
    expect(await sourcesOf(0)).toEqual(Array(4).fill('refitted'));
  });

  it('is ignored if sales have changed since, or there are more of them', async () => {
    const comparedChampion = await championAfter(DAYS);
    // One sale of the third window has been corrected.
    const corrected = shakenDataset(DAYS, (milliUnits) => {
      milliUnits[DAYS - 20] = 90_000;
    });
    const after = await pair(comparedChampion, await measuredBacktest(corrected, ERRORS));
    expect(after.map(({ source }) => source)).toEqual(['recorded', 'recorded', 'refitted', 'refitted']);
    const windows = comparedChampion.manifest.backtest.windows.map(
      ({ scores: { model, ...baselines }, ...window }) => ({
        ...window,
        scores: { ...baselines, ...(model && { model: { ...model, count: model.count - 1 } }) },
      }),
    );
    const fewer = {
      ...comparedChampion.manifest,
      backtest: { ...comparedChampion.manifest.backtest, windows },
    };
    const pairs = await pair({ ...comparedChampion, manifest: fewer });
    expect(pairs.map(({ source }) => source)).toEqual(Array(4).fill('refitted'));
  });
});
