import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import type { ReadPointer } from '../../../shared/models/champion-pointer.ts';
import type { Decision } from '../../../shared/models/decision.ts';
import type { InferenceEngine } from '../../../shared/models/inference-engine.ts';
import { ModelError } from '../../../shared/models/model-error.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { promote, recordDecision } from '../../../shared/models/registry.ts';
import type { FeatureContract } from '../../../shared/models/verify-model.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { ReportProgress } from '../report/report-progress.ts';
import type { TrainedModel } from '../train-model.ts';
import { contentEtag } from './content-etag.ts';
import { type PublishedDataset, publishDataset } from './dataset/publish-dataset.ts';
import { type PublishedForecasts, publishForecasts } from './forecasts/publish-forecasts.ts';
import { storeModel } from './publish-model.ts';

export interface Publication {
  readonly model: Pick<TrainedModel, 'ubj' | 'packed'>;
  readonly manifest: Manifest;
  readonly decision: Decision;
  /** null leaves the dataset that is published, and its forecasts. */
  readonly dataset: Dataset | null;
  /** What the model was trained on: ends with the last closed day, from which forecasts are made. */
  readonly history: Dataset;
  readonly liveFrom: IsoDate;
  readonly contract: FeatureContract;
  readonly engine: InferenceEngine;
  /** The pointer that the decision was made over; null where there was none. */
  readonly pointer: ReadPointer | null;
  readonly now: Date;
  readonly onProgress: ReportProgress;
  readonly onNote: (note: string) => void;
}

export interface PublishReport {
  readonly dataset: PublishedDataset | null;
  /** null where no model is in service, or the one in service cannot forecast. */
  readonly forecasts: PublishedForecasts | null;
}

/**
 * Writes what a training run made, in an order that may be broken off anywhere: the model's files, its manifest, the
 * decision, the dataset, the forecasts of all series by the model that is in service afterwards, and the champion pointer
 * last, if the decision says so, over the very champion that the model was compared with. All but the last are files that
 * nothing points to yet.
 *
 * @throws {RegistryError} `conflict` when another champion has gone into service meanwhile
 * @throws {ModelError} when the edge could not serve what is to be promoted
 */
export async function publishTraining(store: ObjectStore, publication: Publication): Promise<PublishReport> {
  const { model, manifest, decision, liveFrom, contract, pointer, now, onProgress } = publication;
  await storeModel(store, model, manifest);
  await recordDecision(store, decision);
  const dataset =
    publication.dataset &&
    (await publishDataset(publication.dataset, { liveFrom, etagOf: contentEtag }, store, (done, total) =>
      onProgress('publishing', done, total),
    ));
  const forecasts = dataset && (await forecastAhead(store, publication, dataset));
  if (decision.action === 'promote') {
    const { unverified } = await promote(store, manifest.version, contract, now, pointer);
    if (unverified !== null) publication.onNote(`${manifest.version} is in service; ${unverified}`);
  }
  return { dataset, forecasts };
}

/** Forecasts with the model that will be in service; a champion that cannot serve is no reason to fail. */
async function forecastAhead(
  store: ObjectStore,
  { decision, manifest, pointer, onNote, ...request }: Publication,
  { catalog }: PublishedDataset,
): Promise<PublishedForecasts | null> {
  const isPromoted = decision.action === 'promote';
  const version = isPromoted ? manifest.version : pointer?.champion.version;
  if (version === undefined) return null;
  try {
    return await publishForecasts(store, { ...request, version, catalog });
  } catch (error) {
    if (isPromoted || !(error instanceof ModelError)) throw error;
    onNote(`There are no batch forecasts of this night: ${error.message}`);
    return null;
  }
}
