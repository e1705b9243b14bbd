import { readPointer } from '../../../../../shared/artifacts/current-publication.ts';
import { FEATURE_CONTRACT } from '../../../../../shared/artifacts/load-model.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { type IsoDate, toIsoDate } from '../../../../../shared/calendar/day-number.ts';
import { type Dataset, historyOf } from '../../../../../workers/trainer/data/dataset.ts';
import { planPruning, pruneModels } from '../../../../../workers/trainer/publish/prune-models.ts';
import { storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import {
  type PublishReport,
  publishTraining,
  type TrainingPublication,
} from '../../../../../workers/trainer/publish/publish-training.ts';
import { createSampleEngine } from '../../../../support/api/sample-served-model.ts';
import { FIRST_DAY, smallDataset } from '../../../../support/datasets/small-dataset.ts';
import { AT, sampleDecision, sampleManifest } from '../../../../support/trainer/sample-trained-model.ts';

/** What a training run publishes in addition to its model. */
export interface Night {
  readonly dataset: Dataset;
  readonly liveFrom: IsoDate;
}

/** The contract of this release, so that the API serves the models. */
export const CONTRACT = FEATURE_CONTRACT;
const DAYS = 40;
const LIVE_DAY = DAYS - 6;
const ENGINE = createSampleEngine();
/** Keeps as little as possible, however new the files are by the machine's clock. */
export const RULES = { keepVersions: 0, keepDays: Number.NEGATIVE_INFINITY, keepForecastDays: 10 };

const small = smallDataset(DAYS, ['A']);
/** Promotions on every day, a different number on each. */
small.panel.onpromotion.forEach((_, index, planned) => {
  planned[index] = 1 + (index % 9);
});

/**
 * Another retailer: one of its two stores and one of its families share a name with the first, and it ends a few days
 * earlier.
 */
function otherDataset(): Dataset {
  const { panel, stores, ...rest } = smallDataset(DAYS - 3, ['A', 'B']);
  const renumber = (storeNbr: string) => (storeNbr === '2' ? '3' : storeNbr);
  return {
    ...rest,
    name: 'other',
    stores: stores.map((store) => ({ ...store, store_nbr: renumber(store.store_nbr) })),
    panel: {
      ...panel,
      series: panel.series.map((series) => ({ ...series, storeNbr: renumber(series.storeNbr) })),
    },
  };
}

export const FIRST_NIGHT: Night = { dataset: small, liveFrom: toIsoDate(FIRST_DAY + LIVE_DAY) };
export const NEXT_NIGHT: Night = { dataset: small, liveFrom: toIsoDate(FIRST_DAY + LIVE_DAY + 1) };
export const OTHER_DATASET: Night = { dataset: otherDataset(), liveFrom: NEXT_NIGHT.liveFrom };

/** The last finished day of a night, from which it forecasts. */
export const originOf = ({ dataset, liveFrom }: Night): IsoDate => {
  const { firstDay, dayCount } = historyOf(dataset, liveFrom).panel;
  return toIsoDate(firstDay + dayCount - 1);
};

/** What a training run publishes: a better model, unless `changes` say otherwise. */
export async function publish(
  store: ObjectStore,
  version: string,
  { dataset, liveFrom }: Night,
  changes: Partial<TrainingPublication> = {},
): Promise<PublishReport> {
  const pointer = changes.pointer === undefined ? await readPointer(store) : changes.pointer;
  return publishTraining(store, {
    ...sampleManifest(version, AT, CONTRACT.hash),
    decision: sampleDecision(version, { champion: pointer?.champion?.version ?? null }),
    dataset,
    history: historyOf(dataset, liveFrom),
    liveFrom,
    contract: CONTRACT,
    engine: ENGINE,
    now: AT,
    onProgress: () => undefined,
    onNote: () => undefined,
    ...changes,
    pointer,
  });
}

/** Everything a training run does with a store once its model is made: publish, then prune. */
export async function publishAndPrune(store: ObjectStore, version: string, night: Night): Promise<void> {
  const { forecasts } = await publish(store, version, night);
  const written = forecasts ? [forecasts.key] : [];
  await pruneModels(store, await planPruning(store, RULES, AT, written));
}

/** A store in which the first night has promoted `old`, with two models that were refused. */
export async function fill(store: ObjectStore): Promise<ObjectStore> {
  for (const version of ['refused-1', 'refused-2']) {
    const { model, manifest } = sampleManifest(version, AT, CONTRACT.hash);
    await storeModel(store, model, manifest);
  }
  await publish(store, 'old', FIRST_NIGHT);
  return store;
}
