import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import type { ReadPointer } from '../../../shared/models/champion-pointer.ts';
import type { Decision } from '../../../shared/models/decision.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { promote, recordDecision } from '../../../shared/models/registry.ts';
import type { FeatureContract } from '../../../shared/models/verify-model.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { ReportProgress } from '../report/report-progress.ts';
import type { TrainedModel } from '../train-model.ts';
import { contentEtag } from './content-etag.ts';
import { publishDataset } from './dataset/publish-dataset.ts';
import { storeModel } from './publish-model.ts';

export interface Publication {
  readonly model: Pick<TrainedModel, 'ubj' | 'packed'>;
  readonly manifest: Manifest;
  readonly decision: Decision;
  /** null leaves the dataset that is published. */
  readonly dataset: Dataset | null;
  readonly liveFrom: IsoDate;
  readonly contract: FeatureContract;
  /** The pointer that the decision was made over; null where there was none. */
  readonly pointer: ReadPointer | null;
  readonly now: Date;
  readonly onProgress: ReportProgress;
}

/**
 * Writes what a training run made, in an order that may be broken off anywhere: the model's files, its manifest, the
 * decision, the dataset, and the champion pointer last, if the decision says so, over the very champion that the model
 * was compared with. All but the last are files that nothing points to yet.
 *
 * @throws {RegistryError} `conflict` when another champion has gone into service meanwhile
 */
export async function publishTraining(store: ObjectStore, publication: Publication): Promise<void> {
  const { model, manifest, decision, dataset, liveFrom, contract, pointer, now, onProgress } = publication;
  await storeModel(store, model, manifest);
  await recordDecision(store, decision);
  if (dataset) {
    await publishDataset(dataset, { liveFrom, etagOf: contentEtag }, store, (done, total) =>
      onProgress('publishing', done, total),
    );
  }
  if (decision.action === 'promote') await promote(store, manifest.version, contract, now, pointer);
}
