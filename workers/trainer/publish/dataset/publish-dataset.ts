import { type IsoDate, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { DATASET_PREFIXES, objectKeys } from '../../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../../shared/models/object-store.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import { type ObjectToWrite, type WriteReport, writeObjects } from '../write-objects.ts';
import {
  buildCatalog,
  buildDaySheet,
  buildHistoryChunk,
  buildIntraday,
  buildPromotionPlans,
  createPublication,
  replayedDays,
} from './documents.ts';

export interface PublishOptions {
  /** First business day that arrives live. */
  readonly liveFrom: IsoDate;
  /** The etag that the store gives to a body; without it, everything is written whatever is stored. */
  readonly etagOf?: (body: Uint8Array | string) => string;
}

export interface PublishedDataset extends WriteReport {
  readonly catalog: Catalog;
  readonly objects: number;
  /** Objects of an earlier publication that were removed. */
  readonly removed: number;
}

/**
 * Writes all that the edge needs of a dataset besides a model: the history of each store up to the day before
 * `liveFrom`, the five-minute slots of the last seven days, day sheets and planned promotions by ISO week from a week
 * before `liveFrom` on, for a pipeline that lags behind, and last of all the catalog, which makes the publication
 * visible. What is stored with the same content is left alone, and what an earlier publication has beyond that is
 * removed: the night after, that is one more day of history for every store, one sheet gone, and the rest as it was.
 *
 * A dataset that ends before `liveFrom` has nothing to replay: no day sheets, and a plan only as far as test.csv went.
 *
 * @param onProgress called after each object.
 * @throws {RangeError} when `liveFrom` does not lie within the dataset's days or on the day after them.
 */
export async function publishDataset(
  dataset: Dataset,
  { liveFrom, etagOf }: PublishOptions,
  store: Pick<ObjectStore, 'put' | 'listEntries' | 'delete'>,
  onProgress?: (done: number, total: number) => void,
): Promise<PublishedDataset> {
  const publication = createPublication(dataset, toDayNumber(liveFrom));
  const { panel } = dataset;
  const stored = (await Promise.all(DATASET_PREFIXES.map((prefix) => store.listEntries(prefix)))).flat();
  const etags = new Map(stored.map(({ key, etag }) => [key, etag]));
  const isStored = (key: string, body: Uint8Array | string) =>
    etagOf !== undefined && etags.get(key) === etagOf(body);

  const toWrite = (key: string, build: () => unknown): ObjectToWrite => ({
    key,
    build: () => JSON.stringify(build()),
  });
  const objects = [
    toWrite(objectKeys.intraday, () => buildIntraday(publication)),
    ...dataset.stores.map(({ store_nbr }, index) =>
      toWrite(objectKeys.history(store_nbr), () => buildHistoryChunk(publication, index)),
    ),
    ...[...buildPromotionPlans(publication)].map((plan) =>
      toWrite(objectKeys.promotionPlan(plan.week), () => plan),
    ),
    ...replayedDays(publication).map((index) => {
      const key = objectKeys.daySheet(toIsoDate(panel.firstDay + index));
      return toWrite(key, () => buildDaySheet(publication, index));
    }),
  ];
  const total = objects.length + 1;
  let done = 0;
  const report = await writeObjects(store, objects, isStored, () => onProgress?.(++done, total));

  const catalog = buildCatalog(publication);
  await store.put(objectKeys.catalog, JSON.stringify(catalog));
  const published = new Set(objects.map(({ key }) => key));
  const leftovers = stored.filter(({ key }) => !published.has(key));
  // Days of an earlier publication after the last one of this must not be replayed.
  for (const { key } of leftovers) await store.delete(key);
  onProgress?.(total, total);
  return { ...report, written: report.written + 1, catalog, objects: total, removed: leftovers.length };
}
