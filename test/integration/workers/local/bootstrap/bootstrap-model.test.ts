import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { type LoadedModel, loadModel } from '../../../../../shared/artifacts/load-model.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { type DayNumber, toDayNumber, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import {
  createCovariates,
  FEATURE_FINGERPRINT,
  FEATURE_NAMES,
  HORIZON,
} from '../../../../../shared/features/index.ts';
import { forecastSeries, modelOfFamily } from '../../../../../shared/forecast/forecast-series.ts';
import { RETENTION } from '../../../../../shared/sales-store/retention.ts';
import { manifestSchema } from '../../../../../shared/schemas/manifest.ts';
import type { Dataset } from '../../../../../workers/trainer/data/dataset.ts';
import { travel } from '../../../../../workers/trainer/data/import/time-travel.ts';
import { generateSyntheticDataset } from '../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { sameWeekdayMean4, seasonalNaive } from '../../../../../workers/trainer/evaluate/baselines.ts';
import { coverageOf, scorePoint } from '../../../../../workers/trainer/evaluate/metrics.ts';
import { openPanelSeries } from '../../../../../workers/trainer/model/series/panel-series.ts';

const DIRECTORY = new URL('../../../../../workers/local/bootstrap/', import.meta.url);
const UNSEEN_FROM = toDayNumber('2016-07-31');
/** Days before the synthetic dataset's end on which a first start may find itself. */
const DAYS_LEFT = [380, 290, 220, 150, 90, 40, 17];
const STORES = 6;

let model: LoadedModel;
let synthetic: Dataset;
let dataset: Dataset;

beforeAll(async () => {
  const manifest = manifestSchema.parse(
    JSON.parse(await readFile(new URL('manifest.json', DIRECTORY), 'utf8')),
  );
  const files = new Map(
    await Promise.all(
      (['manifest.json', 'model.packed'] as const).map(
        async (file) =>
          [objectKeys.modelFile(manifest.version, file), await readFile(new URL(file, DIRECTORY))] as const,
      ),
    ),
  );
  const objects = {
    get: async (key: string) => {
      const bytes = files.get(key);
      return bytes
        ? { etag: key, bytes: () => Promise.resolve(bytes), text: () => Promise.resolve(bytes.toString()) }
        : null;
    },
  };
  const contract = { names: FEATURE_NAMES, hash: FEATURE_FINGERPRINT, horizon: HORIZON };
  // Loading checks feature names, definition hash, tables and sha256, as the API does.
  model = await loadModel(objects, await createEngine(), contract, manifest.version);
  synthetic = generateSyntheticDataset({ stores: STORES }).dataset;
  dataset = travel(synthetic, '2026-11-22');
});

describe('the bootstrap model', () => {
  it('fits the feature definitions and is small', async () => {
    expect(model.forest.featureCount).toBe(FEATURE_NAMES.length);
    const packed = await readFile(fileURLToPath(new URL('model.packed', DIRECTORY)));
    const manifest = await readFile(fileURLToPath(new URL('manifest.json', DIRECTORY)));
    expect(packed.byteLength + manifest.byteLength).toBeLessThan(1_000_000);
  });

  it('has not seen a day that is ever replayed', () => {
    expect(toDayNumber(model.manifest.training.last_day)).toBeLessThan(UNSEEN_FROM);
    const firstStart = toDayNumber('2026-11-22');
    const firstReplayed = Array.from({ length: 2 * 366 }, (_, day) => {
      const today = firstStart + day;
      return today - travel(synthetic, toIsoDate(today)).shiftDays;
    });
    expect(Math.min(...firstReplayed)).toBe(UNSEEN_FROM);
  });

  it.each(DAYS_LEFT)(
    'beats last week and the four-week mean when %i days of the synthetic dataset are left',
    (daysLeft) => {
      const lastDay = dataset.panel.firstDay + dataset.panel.dayCount - 1;
      const { actual, p50, p10, p90, lastWeek, fourWeeks } = forecastAll(lastDay - daysLeft);
      expect(actual.length).toBe(STORES * dataset.families.length * HORIZON);
      const ours = scorePoint(actual, p50);
      expect(ours.rmsle).toBeLessThan(scorePoint(actual, lastWeek).rmsle);
      expect(ours.rmsle).toBeLessThan(scorePoint(actual, fourWeeks).rmsle);
      const coverage = coverageOf(actual, p10, p90);
      expect(coverage).toBeGreaterThan(0.65);
    },
  );
});

/** Forecasts every series down the serving path: what the store keeps, the engine of the edge, the manifest's tables. */
function forecastAll(origin: DayNumber) {
  const columns = { actual: [], p50: [], p10: [], p90: [], lastWeek: [], fourWeeks: [] } as Record<
    'actual' | 'p50' | 'p10' | 'p90' | 'lastWeek' | 'fourWeeks',
    number[]
  >;
  const covariates = createCovariates(
    {
      shift_days: dataset.shiftDays,
      stores: [...dataset.stores],
      holidays: [...dataset.holidays],
      oil: [...dataset.oil],
    },
    origin,
    origin + HORIZON,
    model.manifest.categories,
  );
  for (const series of openPanelSeries(dataset, model.manifest.categories)) {
    const { history } = series;
    const end = origin + 1 - history.firstDay;
    const start = Math.max(0, end - RETENTION.historyDays);
    const points = forecastSeries({
      series,
      reading: {
        firstDate: toIsoDate(history.firstDay + start),
        milliUnits: history.milliUnits.slice(start, end),
        onpromotion: history.onpromotion.slice(start, end),
        tickets: history.tickets.slice(start, end),
      },
      planned: history.onpromotion.slice(end, end + HORIZON + 1),
      origin,
      covariates: covariates.of(series),
      model: modelOfFamily(model.manifest, model.forest, series.family),
    });
    for (const { h, p10, p50, p90 } of points) {
      columns.actual.push((history.milliUnits[end - 1 + h] as number) / 1000);
      columns.p10.push(p10);
      columns.p50.push(p50);
      columns.p90.push(p90);
      columns.lastWeek.push(seasonalNaive(history, origin, h));
      columns.fourWeeks.push(sameWeekdayMean4(history, origin, h));
    }
  }
  return columns;
}
