import type { Decision } from '../../../shared/artifacts/decision.ts';
import { type FeatureContract, ModelError } from '../../../shared/artifacts/load-model.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { ReadPointer } from '../../../shared/artifacts/publication-pointer.ts';
import { recordDecision, verifyStored } from '../../../shared/artifacts/registry.ts';
import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import type { InferenceEngine } from '../../../shared/forecast/inference-engine.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { Dataset } from '../data/dataset.ts';
import type { ReportProgress } from '../data/progress.ts';
import type { TrainedModel } from '../evaluate/train-model.ts';
import { type WrittenDataset, writeDataset } from './dataset/write-dataset.ts';
import { type WrittenForecasts, writeForecasts } from './publish-forecasts.ts';
import { storeModel } from './publish-model.ts';
import {
  modelPartOf,
  putIntoService,
  readPartsInService,
  readPointerToWrite,
  writeParts,
} from './put-into-service.ts';

export interface TrainingPublication {
  readonly model: Pick<TrainedModel, 'ubj' | 'packed'>;
  readonly manifest: Manifest;
  readonly decision: Decision;
  /** null keeps the dataset in service, and its forecasts. */
  readonly dataset: Dataset | null;
  /** The training data: ends with the last finished day, from which forecasts are made. */
  readonly history: Dataset;
  readonly liveFrom: IsoDate;
  readonly contract: FeatureContract;
  readonly engine: InferenceEngine;
  /** The pointer on which the decision was based; null without one. */
  readonly pointer: ReadPointer | null;
  readonly now: Date;
  readonly onProgress: ReportProgress;
  readonly onNote: (note: string) => void;
}

export interface PublishReport {
  readonly dataset: WrittenDataset | null;
  /** null if no model is in service, or the one in service cannot forecast. */
  readonly forecasts: WrittenForecasts | null;
}

/**
 * Publishes the result of a training run: its objects, then a manifest that names all of them, then the pointer to it.
 * Nothing that a reader may hold is changed or removed, so if it is interrupted or overtaken, either the previous
 * publication or this one is in service, whole.
 *
 * A refused model is stored, and the publication combines the champion with the new dataset.
 *
 * @throws {RegistryError} `conflict` if another publication has gone into service meanwhile, or if the champion to be
 * replaced was held or released; `incomplete`, `unknown-version` for a model that is not stored as it was made
 * @throws {ModelError} if the edge could not serve the model to be promoted
 */
export async function publishTraining(
  store: ObjectStore,
  publication: TrainingPublication,
): Promise<PublishReport> {
  const { model, manifest, decision, history, liveFrom, contract, now, onProgress } = publication;
  const isPromoted = decision.action === 'promote';
  const before = await readPointerToWrite(store, publication.pointer);
  const inService = await readPartsInService(store, before);
  await storeModel(store, model, manifest);
  await recordDecision(store, decision);
  const dataset =
    publication.dataset &&
    (await writeDataset(
      publication.dataset,
      { liveFrom, history, now },
      store,
      inService.dataset,
      (done, total) => onProgress('publishing', done, total),
    ));
  const forecasts = dataset && (await forecastAhead(store, publication, dataset.catalog));
  if (isPromoted) await verifyStored(store, manifest.version, contract);
  if (!isPromoted && !dataset) return { dataset, forecasts };

  const written = await writeParts(
    store,
    {
      dataset: dataset?.part ?? inService.dataset,
      model: isPromoted ? await modelPartOf(store, manifest) : inService.model,
      forecasts: forecasts?.part ?? null,
    },
    now,
  );
  await putIntoService(store, written, {
    before,
    at: now,
    replacesModel: isPromoted,
    what: manifest.version,
  });
  return { dataset, forecasts };
}

/** Forecasts with the model that will be in service; a champion that cannot be served is no reason to fail. */
async function forecastAhead(
  store: ObjectStore,
  { decision, manifest, pointer, onNote, ...request }: TrainingPublication,
  catalog: Catalog,
): Promise<WrittenForecasts | null> {
  const isPromoted = decision.action === 'promote';
  const version = isPromoted ? manifest.version : pointer?.champion?.version;
  if (version === undefined) return null;
  try {
    return await writeForecasts(store, { ...request, version, catalog });
  } catch (error) {
    if (isPromoted || !(error instanceof ModelError)) throw error;
    onNote(`There are no batch forecasts of this night: ${error.message}`);
    return null;
  }
}
