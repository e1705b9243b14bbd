import type { BatchForecasts } from '../../../shared/artifacts/batch-forecasts.ts';
import { type FeatureContract, type LoadedModel, loadModel } from '../../../shared/artifacts/load-model.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { PublicationManifest } from '../../../shared/artifacts/publication.ts';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { createClosureCalendar } from '../../../shared/features/closure-calendar.ts';
import {
  createCovariates,
  type DailyColumns,
  HORIZON,
  PLANNED_DAYS,
} from '../../../shared/features/index.ts';
import { forecastSeries, modelOfFamily } from '../../../shared/forecast/forecast-series.ts';
import type { InferenceEngine } from '../../../shared/forecast/inference-engine.ts';
import { RETENTION } from '../../../shared/sales-store/retention.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import { sha256Hex } from '../../../shared/sha256.ts';
import { type Dataset, lastDayOf } from '../data/dataset.ts';
import type { ReportProgress } from '../data/progress.ts';
import { encodeBatchForecasts } from './encode-batch-forecasts.ts';

export interface WrittenForecasts {
  /** A publication's reference to them. */
  readonly part: NonNullable<PublicationManifest['forecasts']>;
  readonly key: string;
  readonly bytes: number;
  readonly series: number;
}

/**
 * Forecasts every series with a stored model, loaded as the edge loads it, and writes the batch under its origin and
 * version; nothing points to it yet.
 *
 * @throws {ModelError} if the model cannot be served
 */
export async function writeForecasts(
  store: Pick<ObjectStore, 'get' | 'put'>,
  request: {
    readonly version: string;
    /** Ends with the last finished day. */
    readonly history: Dataset;
    readonly catalog: Catalog;
    readonly engine: InferenceEngine;
    readonly contract: FeatureContract;
    readonly onProgress: ReportProgress;
  },
): Promise<WrittenForecasts> {
  const { version, history, catalog, engine, contract, onProgress } = request;
  const model = await loadModel(store, engine, contract, version);
  try {
    const batch = forecastAllSeries(history, catalog, model, (done, total) =>
      onProgress('forecasting', done, total),
    );
    const packed = encodeBatchForecasts(batch);
    const { origin } = batch;
    const sha256 = await sha256Hex(packed);
    const key = objectKeys.batchForecasts(origin, version, sha256);
    await store.put(key, packed);
    const part = { origin, model_version: version, object: { key, sha256 } };
    return { part, key, bytes: packed.byteLength, series: batch.series.length };
  } finally {
    model.forest.dispose();
  }
}

/**
 * Forecasts the days after the last finished one for every series, along the API's own path: the days that the feature
 * store keeps, the published catalog, `forecastSeries`.
 *
 * @param history ends with the last finished day, the origin
 * @param catalog published with the model
 */
export function forecastAllSeries(
  history: Dataset,
  catalog: Catalog,
  { manifest, forest }: LoadedModel,
  onProgress: (done: number, total: number) => void,
): BatchForecasts {
  const { panel } = history;
  const origin = lastDayOf(panel);
  const covariates = createCovariates(catalog, origin, origin + HORIZON, manifest.categories);
  const closures = createClosureCalendar(catalog.closures);
  const storeIndex = new Map(history.stores.map(({ store_nbr }, index) => [store_nbr, index]));
  const forecast = panel.series.map((series, index) => {
    const store = storeIndex.get(series.storeNbr);
    if (store === undefined) throw new RangeError(`the dataset has no store ${series.storeNbr}`);
    const reading = readingOf(history, index, store);
    const sales = { firstDay: toDayNumber(reading.firstDate), milliUnits: reading.milliUnits };
    const points = forecastSeries({
      series,
      reading,
      closed: closures.closedFrom(series.storeNbr, origin, PLANNED_DAYS, sales),
      planned: plannedAfter(history, index),
      origin,
      covariates: covariates.of(series),
      model: modelOfFamily(manifest, forest, series.family),
    });
    if (index % 64 === 0) onProgress(index, panel.series.length);
    return { ...series, points };
  });
  onProgress(panel.series.length, panel.series.length);
  return { modelVersion: manifest.version, origin: toIsoDate(origin), series: forecast };
}

/** The feature store's reading of a series on the morning after the origin. */
export function readingOf({ panel }: Dataset, index: number, store: number): DailyColumns {
  const { dayCount, plannedDayCount } = panel;
  const start = Math.max(0, dayCount - RETENTION.historyDays);
  const daysOf = (row: number, rowLength: number) =>
    [row * rowLength + start, row * rowLength + dayCount] as const;
  return {
    firstDate: toIsoDate(panel.firstDay + start),
    milliUnits: panel.milliUnits.subarray(...daysOf(index, dayCount)),
    onpromotion: panel.onpromotion.subarray(...daysOf(index, plannedDayCount)),
    tickets: panel.tickets
      ? panel.tickets.subarray(...daysOf(store, dayCount))
      : new Int32Array(dayCount - start).fill(MISSING),
  };
}

/** Promotions of the days after the origin; none on a day that is not planned yet. */
export function plannedAfter({ panel }: Dataset, index: number): Uint16Array {
  const { dayCount, plannedDayCount } = panel;
  const row = index * plannedDayCount;
  const planned = new Uint16Array(PLANNED_DAYS);
  planned.set(
    panel.onpromotion.subarray(row + dayCount, row + Math.min(plannedDayCount, dayCount + PLANNED_DAYS)),
  );
  return planned;
}
