import { DATASET_PREFIXES, objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
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
import { readCatalogInPlace, swapCatalog } from './swap-catalog.ts';
import { type ObjectToWrite, type WriteReport, writeObjects } from './write-objects.ts';

export interface PublishOptions {
  /** First business day that arrives live. */
  readonly liveFrom: IsoDate;
  /** All closed days, live ones included, which say what closures are ahead; those of the dataset where it is left out. */
  readonly history?: Dataset;
  /** The etag that the store gives to a body; without it, everything is written whatever is stored. */
  readonly etagOf?: (body: Uint8Array | string) => string;
}

/** A dataset on its way into a store: all that the edge needs besides a model. The steps are called in this order. */
export interface StagedDataset {
  readonly catalog: Catalog;
  /** Objects of the dataset, the catalog included. */
  readonly objects: number;
  /** Writes what has no place yet and is looked for only by who knows it from the catalog: history and plans. */
  writeNew(): Promise<WriteReport>;
  /**
   * Writes what takes the place of something, and every day sheet, since the producer asks for those by the date alone. The
   * nearest days come last: until then a pipeline that is not behind finds what belongs to the catalog before.
   */
  replaceInPlace(): Promise<WriteReport>;
  /** Writes the catalog, which makes the rest visible (`swapCatalog`). */
  swapCatalog(movePointer: () => Promise<void>): Promise<void>;
  /**
   * Removes what an earlier publication has beyond this. Day sheets first: those after the last day of this dataset must
   * not be replayed.
   *
   * @returns how many objects
   */
  removeLeftovers(): Promise<number>;
}

/**
 * Compares a dataset with what is stored, and writes nothing yet: the history of each store up to the day before
 * `liveFrom`, the five-minute slots of the last seven days, day sheets and planned promotions by ISO week from a week
 * before `liveFrom` on, for a pipeline that lags behind. What is stored with the same content is left alone: the night
 * after, that is one more day of history for every store, one sheet gone, and the rest as it was.
 *
 * A dataset that ends before `liveFrom` has nothing to replay: no day sheets, and a plan only as far as test.csv went.
 *
 * @param onProgress called after each object
 * @throws {RangeError} when `liveFrom` does not lie within the dataset's days or on the day after them.
 */
export async function stageDataset(
  dataset: Dataset,
  { liveFrom, history, etagOf }: PublishOptions,
  store: ObjectStore,
  onProgress?: (done: number, total: number) => void,
): Promise<StagedDataset> {
  const publication = createPublication(dataset, toDayNumber(liveFrom));
  const { firstDay } = dataset.panel;
  const catalog = buildCatalog(publication, history);
  const catalogBefore = await readCatalogInPlace(store);
  const stored = (await Promise.all(DATASET_PREFIXES.map((prefix) => store.listEntries(prefix)))).flat();
  const etags = new Map(stored.map(({ key, etag }) => [key, etag]));
  const isStored = (key: string, body: Uint8Array | string) =>
    etagOf !== undefined && etags.get(key) === etagOf(body);

  const toWrite = (key: string, build: () => unknown): ObjectToWrite => ({
    key,
    build: () => JSON.stringify(build()),
  });
  const intraday = toWrite(objectKeys.intraday, () => buildIntraday(publication));
  const histories = dataset.stores.map(({ store_nbr }, index) =>
    toWrite(objectKeys.history(store_nbr), () => buildHistoryChunk(publication, index)),
  );
  const plans = [...buildPromotionPlans(publication)].map((plan) =>
    toWrite(objectKeys.promotionPlan(plan.week), () => plan),
  );
  const sheets = replayedDays(publication).map((index) =>
    toWrite(objectKeys.daySheet(toIsoDate(firstDay + index)), () => buildDaySheet(publication, index)),
  );
  const isNew = ({ key }: ObjectToWrite) => !etags.has(key);
  const inPlace = [...histories, ...plans.toReversed()].filter((object) => !isNew(object));
  const published = new Set([intraday, ...histories, ...plans, ...sheets].map(({ key }) => key));
  const total = published.size + 1;
  let done = 0;
  const onDone = () => onProgress?.(++done, total);
  const write = (objects: readonly ObjectToWrite[]) => writeObjects(store, objects, isStored, onDone);
  return {
    catalog,
    objects: total,
    writeNew: () => write([...histories, ...plans].filter(isNew)),
    replaceInPlace: () => write([intraday, ...inPlace, ...sheets.toReversed()]),
    async swapCatalog(movePointer) {
      await swapCatalog(store, catalog, catalogBefore, movePointer);
      onDone();
    },
    async removeLeftovers() {
      const leftovers = stored.map(({ key }) => key).filter((key) => !published.has(key));
      const isSheet = (key: string) => key.startsWith(objectKeys.daySheets);
      for (const key of leftovers.filter(isSheet)) await store.delete(key);
      for (const key of leftovers.filter((left) => !isSheet(left))) await store.delete(key);
      return leftovers.length;
    },
  };
}

export interface PublishedDataset extends WriteReport {
  readonly catalog: Catalog;
  readonly objects: number;
  /** Objects of an earlier publication that were removed. */
  readonly removed: number;
}

/**
 * Publishes a dataset where no model goes into service with it.
 *
 * @param onProgress called after each object.
 * @throws {RangeError} as `stageDataset` does.
 * @throws {RegistryError} `conflict` when another catalog was published meanwhile
 */
export async function publishDataset(
  dataset: Dataset,
  options: PublishOptions,
  store: ObjectStore,
  onProgress?: (done: number, total: number) => void,
): Promise<PublishedDataset> {
  const staged = await stageDataset(dataset, options, store, onProgress);
  const written = await putInPlace(staged, () => Promise.resolve());
  return { ...written, removed: await staged.removeLeftovers() };
}

/**
 * Takes a dataset through all steps but the last, which is `removeLeftovers`.
 *
 * @param movePointer what the catalog goes into service with
 * @throws as `swapCatalog` does
 */
export async function putInPlace(
  staged: StagedDataset,
  movePointer: () => Promise<void>,
): Promise<Omit<PublishedDataset, 'removed'>> {
  const { catalog, objects } = staged;
  const added = await staged.writeNew();
  const replaced = await staged.replaceInPlace();
  await staged.swapCatalog(movePointer);
  return {
    catalog,
    objects,
    written: added.written + replaced.written + 1,
    unchanged: added.unchanged + replaced.unchanged,
  };
}
