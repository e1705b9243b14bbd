import { datasetNames } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import type { PublishedDatasetPart } from '../../../../shared/artifacts/publication.ts';
import { type IsoDate, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../../data/dataset.ts';
import {
  buildCatalog,
  buildDaySheet,
  buildHistoryChunk,
  buildIntraday,
  buildPromotionPlans,
  createPublication,
  replayedDays,
} from './documents.ts';
import { type NamedContent, writeContents } from './write-contents.ts';

export interface DatasetOptions {
  /** First business day that arrives live. */
  readonly liveFrom: IsoDate;
  /** All finished days, including live ones, from which closures ahead are inferred; default: those of the dataset. */
  readonly history?: Dataset;
  /** Time of the run. */
  readonly now: Date;
}

/** A dataset whose objects are written; nothing points to them yet. */
export interface WrittenDataset {
  readonly part: PublishedDatasetPart;
  readonly catalog: Catalog;
  readonly objects: number;
  readonly written: number;
  /** Not written, because objects with the same content exist. */
  readonly unchanged: number;
}

/**
 * Writes the objects of a dataset: the catalog, the history of each store up to the day before `liveFrom`, the
 * five-minute slots of the last seven days, and, from a week before `liveFrom` for a pipeline that lags behind, day
 * sheets and planned promotions by ISO week. Unchanged content is not rewritten.
 *
 * A dataset that ends before `liveFrom` has nothing to replay: no day sheets, and a plan only as far as test.csv
 * reaches.
 *
 * @param inService the dataset in service, whose objects are reused; null for none
 * @param onProgress called after each object
 * @throws {RangeError} if `liveFrom` is neither one of the dataset's days nor the day after them
 */
export async function writeDataset(
  dataset: Dataset,
  { liveFrom, history, now }: DatasetOptions,
  store: Pick<ObjectStore, 'put' | 'listEntries'>,
  inService: PublishedDatasetPart | null,
  onProgress?: (done: number, total: number) => void,
): Promise<WrittenDataset> {
  const publication = createPublication(dataset, toDayNumber(liveFrom));
  const { firstDay } = dataset.panel;
  const catalog = buildCatalog(publication, history);
  const named = (name: string, build: () => unknown): NamedContent => ({
    name,
    build: () => JSON.stringify(build()),
  });
  const contents = [
    named(datasetNames.catalog, () => catalog),
    named(datasetNames.intraday, () => buildIntraday(publication)),
    ...dataset.stores.map(({ store_nbr }, index) =>
      named(datasetNames.history(store_nbr), () => buildHistoryChunk(publication, index)),
    ),
    ...[...buildPromotionPlans(publication)].map((plan) =>
      named(datasetNames.promotionPlan(plan.week), () => plan),
    ),
    ...replayedDays(publication).map((index) =>
      named(datasetNames.daySheet(toIsoDate(firstDay + index)), () => buildDaySheet(publication, index)),
    ),
  ];
  return writeNamed(catalog, contents, store, inService, { now, ...(onProgress && { onProgress }) });
}

interface WriteOptions {
  readonly now: Date;
  /** Called after each object. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Writes a dataset from given objects. @param contents includes the catalog */
export async function writeNamed(
  catalog: Catalog,
  contents: readonly NamedContent[],
  store: Pick<ObjectStore, 'put' | 'listEntries'>,
  inService: PublishedDatasetPart | null,
  { now, onProgress }: WriteOptions,
): Promise<WrittenDataset> {
  let done = 0;
  const { refs, written, unchanged } = await writeContents(
    store,
    contents,
    Object.values(inService?.objects ?? {}),
    {
      now,
      copy: now.toISOString().slice(0, 19).replaceAll(':', ''),
      onDone: () => onProgress?.(++done, contents.length),
    },
  );
  const { dataset: name, live_from, last_date } = catalog;
  return {
    part: { name, live_from, last_date, objects: refs },
    catalog,
    objects: contents.length,
    written,
    unchanged,
  };
}
