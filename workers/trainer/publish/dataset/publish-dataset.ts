import { type IsoDate, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { DATASET_PREFIXES, objectKeys } from '../../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../../shared/models/object-store.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import {
  buildCatalog,
  buildDaySheet,
  buildHistoryChunk,
  buildIntraday,
  buildPromotionPlans,
  createPublication,
} from './documents.ts';

/** Objects written at the same time. */
const IN_FLIGHT = 8;

export interface PublishOptions {
  /** First business day that arrives live. */
  readonly liveFrom: IsoDate;
}

export interface PublishedDataset {
  readonly catalog: Catalog;
  readonly objects: number;
  readonly daySheets: number;
}

/**
 * Writes all that the edge needs of a dataset besides a model: the history of each store up to the day before
 * `liveFrom`, the five-minute slots of the last seven days, a day sheet for each day from `liveFrom` on, the planned
 * promotions by ISO week, and last of all the catalog, which makes the publication visible. What an earlier
 * publication has beyond that is removed.
 *
 * A dataset that ends before `liveFrom` has nothing to replay: no day sheets, and a plan only as far as test.csv went.
 *
 * @param onProgress called after each object.
 * @throws {RangeError} when `liveFrom` does not lie within the dataset's days or on the day after them.
 */
export async function publishDataset(
  dataset: Dataset,
  { liveFrom }: PublishOptions,
  sink: Pick<ObjectStore, 'put' | 'list' | 'delete'>,
  onProgress?: (done: number, total: number) => void,
): Promise<PublishedDataset> {
  const publication = createPublication(dataset, toDayNumber(liveFrom));
  const { panel } = dataset;
  const liveDays = panel.dayCount - publication.liveStart;
  const plans = [...buildPromotionPlans(publication)];

  type Job = readonly [key: string, build: () => unknown];
  const jobs: Job[] = [
    [objectKeys.intraday, () => buildIntraday(publication)],
    ...dataset.stores.map(
      (store, index): Job => [
        objectKeys.history(store.store_nbr),
        () => buildHistoryChunk(publication, index),
      ],
    ),
    ...plans.map((plan): Job => [objectKeys.promotionPlan(plan.week), () => plan]),
    ...Array.from({ length: liveDays }, (_, offset): Job => {
      const index = publication.liveStart + offset;
      return [
        objectKeys.daySheet(toIsoDate(panel.firstDay + index)),
        () => buildDaySheet(publication, index),
      ];
    }),
  ];
  const total = jobs.length + 1;
  let done = 0;
  const queue = jobs.values();
  const work = async (): Promise<void> => {
    for (const [key, build] of queue) {
      await sink.put(key, JSON.stringify(build()));
      done += 1;
      onProgress?.(done, total);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));

  const catalog = buildCatalog(publication);
  await sink.put(objectKeys.catalog, JSON.stringify(catalog));
  await deleteLeftovers(sink, new Set(jobs.map(([key]) => key)));
  onProgress?.(total, total);
  return { catalog, objects: total, daySheets: liveDays };
}

/** Removes what an earlier publication left behind: its days after the last one of this must not be replayed. */
async function deleteLeftovers(
  sink: Pick<ObjectStore, 'list' | 'delete'>,
  published: ReadonlySet<string>,
): Promise<void> {
  for (const prefix of DATASET_PREFIXES) {
    for (const key of await sink.list(prefix)) if (!published.has(key)) await sink.delete(key);
  }
}
