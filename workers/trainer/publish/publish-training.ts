import {
  type ReadPointer,
  requireSameChampion,
  requireUnmoved,
} from '../../../shared/artifacts/champion-pointer.ts';
import type { Decision } from '../../../shared/artifacts/decision.ts';
import { type FeatureContract, ModelError } from '../../../shared/artifacts/load-model.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { promoteVerified, recordDecision, verifyStored } from '../../../shared/artifacts/registry.ts';
import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { InferenceEngine } from '../../../shared/forecast/inference-engine.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { Dataset } from '../data/dataset.ts';
import type { ReportProgress } from '../data/progress.ts';
import type { TrainedModel } from '../evaluate/train-model.ts';
import {
  type PublishedDataset,
  putInPlace,
  type StagedDataset,
  stageDataset,
} from './dataset/publish-dataset.ts';
import { contentEtag } from './object-store/content-etag.ts';
import { type PublishedForecasts, publishForecasts } from './publish-forecasts.ts';
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
 * Writes what a training run made, in an order that keeps what is in service serveable wherever it is broken off:
 *
 * 1. the model's files, its manifest, the decision, and the forecasts of all series by the model that is in service
 *    afterwards: under names of their own, which nothing asks for yet
 * 2. nothing: the model is checked byte for byte, and the pointer has to be the one that the decision was made over; for
 *    a refused model it is enough that it names the same champion. Who has lost the race by then is told before it costs
 *    anything
 * 3. the dataset but for its catalog
 * 4. the catalog, and in the next request the champion pointer, if the decision says so; each over the very version that
 *    was read. If the pointer has moved since step 2, the catalog before is put back
 * 5. what an earlier publication has left is removed
 *
 * Where the dataset is that of the night before, step 3 changes nothing that a reader of the old catalog could tell. Another
 * dataset, or the same at another place in time, has other content under the same names, and no store swaps many objects
 * at one stroke. Broken off in step 3, or overtaken there, it leaves days of both: series of the old catalog are forecast
 * as if nothing were planned in weeks that have been replaced, days that have been replaced are replayed with series that
 * the catalog does not know, and a feature store that is opened right then takes in the history that it finds. Broken off
 * between the two requests of step 4, it leaves series of the old dataset not found; an isolate that has read anew the one
 * and not yet the other is in the same position, for a minute at most. Broken off in step 5, it leaves day sheets that would
 * still be replayed. The same publication, made again, puts all of it right.
 *
 * @throws {RegistryError} `conflict` when another champion has gone into service meanwhile, or another dataset, or when
 *   the champion that is to be replaced was held or released; `incomplete`, `unknown-version` for a model that is not stored as it was made
 * @throws {ModelError} when the edge could not serve what is to be promoted
 */
export async function publishTraining(store: ObjectStore, publication: Publication): Promise<PublishReport> {
  const { model, manifest, decision, history, liveFrom, contract, pointer, now, onProgress, onNote } =
    publication;
  const isPromoted = decision.action === 'promote';
  await storeModel(store, model, manifest);
  await recordDecision(store, decision);
  const staged =
    publication.dataset &&
    (await stageDataset(
      publication.dataset,
      { liveFrom, history, etagOf: contentEtag },
      store,
      (done, total) => onProgress('publishing', done, total),
    ));
  const forecasts = staged && (await forecastAhead(store, publication, staged.catalog));

  if (isPromoted) await verifyStored(store, manifest.version, contract);
  if (isPromoted) await requireUnmoved(store, pointer, manifest.version);
  else if (staged) await requireSameChampion(store, pointer, manifest.version);
  const movePointer = async () => {
    if (!isPromoted) return;
    const { unverified } = await promoteVerified(store, manifest.version, now, pointer);
    if (unverified !== null) onNote(`${manifest.version} is in service; ${unverified}`);
  };
  if (!staged) {
    await movePointer();
    return { dataset: null, forecasts };
  }
  const written = await putInPlace(staged, movePointer);
  return { dataset: { ...written, removed: await removeLeftovers(staged, onNote) }, forecasts };
}

/** What the run was for has happened, so a failure is told and is none of the run. */
async function removeLeftovers(staged: StagedDataset, onNote: (note: string) => void): Promise<number> {
  try {
    return await staged.removeLeftovers();
  } catch (error) {
    const reason = messageOf(error);
    onNote(`What an earlier publication has left stays until the next run removes it: ${reason}`);
    return 0;
  }
}

/** Forecasts with the model that will be in service; a champion that cannot serve is no reason to fail. */
async function forecastAhead(
  store: ObjectStore,
  { decision, manifest, pointer, onNote, ...request }: Publication,
  catalog: Catalog,
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
