import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import type { z } from 'zod';
import { datasetNames } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { forecastBodySchema } from '../../../../../shared/schemas/api/forecast.ts';
import { catalogSchema } from '../../../../../shared/schemas/catalog.ts';
import { historyChunkSchema } from '../../../../../shared/schemas/history-chunk.ts';
import { seriesKey } from '../../../../../shared/schemas/series.ts';
import { runTraining } from '../../../../../workers/trainer/cli/run-training.ts';
import type { TrainingFlags } from '../../../../../workers/trainer/cli/training-flags.ts';
import { TRAINING_DEFAULTS } from '../../../../../workers/trainer/model/parameters.ts';
import type { Xgboost } from '../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { MemorySales } from '../../../../support/api/memory-sales.ts';
import { createSampleApi, seriesQuery } from '../../../../support/api/sample-api.ts';
import { type Retailer, writeRetailer } from '../../../../support/datasets/retailer-files.ts';
import { readPublished } from '../../../../support/object-store/read-published.ts';
import { openXgboostOrSkip } from '../../../../support/trainer/open-xgboost.ts';
import { readBatchForecasts } from '../../../../support/trainer/read-batch-forecasts.ts';

const FIRST_DATE = '2026-08-25';
/** The day after the last of ninety. */
const TODAY = '2026-11-23';

let xgboost: Xgboost;

beforeEach(async (context) => {
  xgboost = await openXgboostOrSkip(context);
});

const SHAPES: readonly (readonly [string, Retailer])[] = [
  [
    'two stores and three families, ninety days, nothing but train.csv',
    { stores: [7, 1205], families: ['BREAD', 'TÉ & CAFÉ', 'TOYS: SMALL'], firstDate: FIRST_DATE, days: 90 },
  ],
  [
    'one store, one family, ninety days, nothing but train.csv',
    { stores: [1205], families: ['TEA'], firstDate: FIRST_DATE, days: 90 },
  ],
  [
    'one store, one family, seventy-two days',
    { stores: [99_999], families: ['TEA'], firstDate: '2026-09-12', days: 72, plannedDays: 20 },
  ],
  [
    'stores and families of any name',
    {
      stores: ['007', '7', 'Zürich, HB', 'a:b', '"q"', '🍎', 'שלום', '__proto__', '50%'],
      families: ['BREAD', 'Käse, "Wurst"', '__proto__', 'a:b'],
      firstDate: FIRST_DATE,
      days: 90,
      plannedDays: 16,
      withOptionalFiles: true,
    },
  ],
];

describe('a dataset of another shape', () => {
  it.for(SHAPES)('trains and serves: %s', async ([, retailer]) => {
    const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
    await writeRetailer(directory, retailer);
    const notes: string[] = [];
    const train = (out: string, day: string) =>
      runTraining(flagsFor(directory, out), {
        now: new Date(`${day}T08:00:00Z`),
        today: day,
        xgboost,
        onProgress: () => undefined,
        onNote: (note) => notes.push(note),
      });
    const out = await mkdtemp(join(tmpdir(), 'published-'));
    const { manifest, model, decision, checks, liveFrom } = await train(out, TODAY);
    expect(liveFrom).toBe(TODAY);
    expect(checks.checks.filter(({ severity }) => severity === 'failure')).toEqual([]);

    // Fewer windows than requested, with a note.
    const windows = Math.floor((retailer.days - 56) / 16);
    expect(model.backtest.windows).toHaveLength(windows);
    expect(notes.join()).toMatch(
      new RegExp(`room for ${windows} backtest windows? instead of \\d: .* less certain`),
    );
    expect(decision.action).toBe('promote');

    const objects = createDirectorySink(out);
    for (const storeNbr of retailer.stores) {
      for (const family of retailer.families) {
        const body = await forecast(objects, String(storeNbr), family);
        expect(body.model_version).toBe(manifest.version);
        expect(body.points).toHaveLength(16);
        expect(body.points[0]?.date).toBe(TODAY);
        const level = 20 * (retailer.stores.indexOf(storeNbr) + 1) * (retailer.families.indexOf(family) + 1);
        for (const { p10, p50, p90, mean } of body.points) {
          expect(p10).toBeLessThanOrEqual(p50);
          expect(p50).toBeLessThanOrEqual(p90);
          expect(mean).toBeGreaterThan(level * 0.4);
          expect(mean).toBeLessThan(level * 3);
        }
        expect(body.points.some(({ p10, p90 }) => p90 > p10)).toBe(true);
      }
    }

    // The next night compares the windows that it has, and says how certain that is.
    const again = await train(out, TODAY);
    const reasons = again.decision.reasons.join();
    expect(reasons).not.toMatch(/at least 4/);
    expect(again.decision.evidence?.windows).toHaveLength(windows);
  });

  it('is served by smoothing with a history of 20 days: the API has the numbers of the batch forecasts', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'retailer-'));
    const out = await mkdtemp(join(tmpdir(), 'published-'));
    await writeRetailer(directory, {
      stores: [7],
      families: ['TEA', 'JAM'],
      firstDate: '2026-11-03',
      days: 20,
    });
    const { manifest } = await runTraining(flagsFor(directory, out), {
      now: new Date(`${TODAY}T08:00:00Z`),
      today: TODAY,
      xgboost,
      onProgress: () => undefined,
      onNote: () => undefined,
    });
    expect(manifest.training.trees_from).toBe('2027-01-13');
    const objects = createDirectorySink(out);
    const batch = await readBatchForecasts(objects, '2026-11-22', manifest.version);
    for (const { family, points } of batch?.series ?? []) {
      const body = await forecast(objects, '7', family);
      expect(body.model_version).toBe(manifest.version);
      const numbers = (of: readonly { p10: number; p50: number; p90: number; mean: number }[]) =>
        of.map(({ p10, p50, p90, mean }) => [p10, p50, p90, mean]);
      expect(numbers(body.points)).toEqual(numbers(points));
    }
    expect(batch?.series).toHaveLength(2);
  });
});

function flagsFor(dataset: string, out: string): TrainingFlags {
  const { windows, seed, threads } = TRAINING_DEFAULTS;
  return { windows, seed, threads, dataset, out, timeTravel: false, rounds: 60, treesPerRound: 1 };
}

/** Queries the API, in this process, over the publication: the history of the store is that of its chunk. */
async function forecast(
  objects: ObjectStore,
  storeNbr: string,
  family: string,
): Promise<z.infer<typeof forecastBodySchema>> {
  const read = async (name: string) => JSON.parse((await readPublished(objects, name)) ?? 'null');
  const catalog = catalogSchema.parse(await read(datasetNames.catalog));
  const sales = new MemorySales({
    watermark: null,
    newestEntry: null,
    waitingEntries: 0,
    waitingRows: 0,
    oldestWaiting: null,
    deadLetters: 0,
    identity: null,
    liveFrom: catalog.live_from,
    storeCount: catalog.stores.length,
    partition: null,
    importedStores: catalog.stores.map(({ store_nbr }) => store_nbr),
    compactedThrough: toIsoDate(toDayNumber(catalog.live_from) - 1),
  });
  for (const { store_nbr } of catalog.stores) {
    const chunk = historyChunkSchema.parse(await read(datasetNames.history(store_nbr)));
    for (const series of chunk.series) {
      sales.series.set(seriesKey(store_nbr, series.family), {
        firstDate: chunk.first_date,
        milliUnits: series.milli_units,
        onpromotion: series.onpromotion,
        tickets: chunk.tickets ?? series.milli_units.map(() => -1),
      });
    }
  }
  const { get, reported } = await createSampleApi({ store: sales, objects, loadEngine: createEngine });
  const response = await get(`/v1/forecasts?${seriesQuery(storeNbr, family)}`);
  const body = await response.json();
  expect(reported).toEqual([]);
  expect(response.status, JSON.stringify(body)).toBe(200);
  return forecastBodySchema.parse(body);
}
