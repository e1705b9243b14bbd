import { encodeBatchForecasts } from '../../../../shared/forecast/batch/encode-batch-forecasts.ts';
import type { InferenceEngine } from '../../../../shared/models/inference-engine.ts';
import { loadModel } from '../../../../shared/models/load-model.ts';
import { objectKeys } from '../../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../../shared/models/object-store.ts';
import type { FeatureContract } from '../../../../shared/models/verify-model.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import type { ReportProgress } from '../../report/report-progress.ts';
import { forecastAllSeries } from './forecast-all-series.ts';

export interface PublishedForecasts {
  readonly key: string;
  readonly bytes: number;
  readonly series: number;
}

/**
 * Forecasts every series with a stored model, as the edge loads it, and writes the batch under its origin and version.
 *
 * @throws {ModelError} when the model cannot be served
 */
export async function publishForecasts(
  store: Pick<ObjectStore, 'get' | 'put'>,
  request: {
    readonly version: string;
    /** Ends with the last closed day. */
    readonly history: Dataset;
    readonly catalog: Catalog;
    readonly engine: InferenceEngine;
    readonly contract: FeatureContract;
    readonly onProgress: ReportProgress;
  },
): Promise<PublishedForecasts> {
  const { version, history, catalog, engine, contract, onProgress } = request;
  const model = await loadModel(store, engine, contract, version);
  try {
    const batch = forecastAllSeries(history, catalog, model, (done, total) =>
      onProgress('forecasting', done, total),
    );
    const packed = await encodeBatchForecasts(batch);
    const key = objectKeys.batchForecasts(batch.origin, version);
    await store.put(key, packed);
    return { key, bytes: packed.byteLength, series: batch.series.length };
  } finally {
    model.forest.dispose();
  }
}
