import { datasetNames } from '../../shared/artifacts/object-keys.ts';
import { InvalidObjectError, parseObject } from '../../shared/artifacts/parse-object.ts';
import type { DatasetObjects } from '../../shared/artifacts/publication.ts';
import type { DatasetFacts } from '../../shared/artifacts/read-dataset-facts.ts';
import { type IsoDate, toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import { slotField } from '../../shared/calendar/tick.ts';
import { RETENTION } from '../../shared/sales-store/retention.ts';
import type { BucketDelta, SalesStore, StoreStatus } from '../../shared/sales-store/sales-store.ts';
import { isoDateSchema } from '../../shared/schemas/catalog.ts';
import { intradaySchema } from '../../shared/schemas/day-sheet.ts';
import type { HistoryChunk } from '../../shared/schemas/history-chunk.ts';
import { readStoreNbr } from '../../shared/schemas/series.ts';

/** 32 bits tell two stores of one retailer apart, and are short in the record of each run. */
const IDENTITY_LENGTH = 8;

interface ImportRequest {
  readonly store: SalesStore;
  readonly objects: DatasetObjects;
  readonly dataset: DatasetFacts;
  readonly status: StoreStatus;
  readonly limit: number;
  /** Whether the store opens with the slots of the days before the first live one. */
  readonly openingBalances: boolean;
}

/**
 * Opens an empty store and imports the published history, at most `limit` stores of it.
 *
 * @returns how many stores were imported now and how many are still to come.
 * @throws {InvalidObjectError | InvalidHistoryError} when a published object is missing or wrong.
 */
export async function importHistory({
  store,
  objects,
  dataset,
  status,
  limit,
  openingBalances,
}: ImportRequest): Promise<{ readonly imported: number; readonly remaining: number }> {
  if (status.liveFrom === null) {
    await store.openHistory({
      identity: crypto.randomUUID().slice(0, IDENTITY_LENGTH),
      liveFrom: dataset.liveFrom,
      storeCount: dataset.storeNbrs.size,
      openingBalances: openingBalances ? await readIntraday(objects, dataset) : [],
    });
  }
  const done = new Set(status.importedStores);
  const waiting = [...dataset.storeNbrs].filter((storeNbr) => !done.has(storeNbr));
  const batch = waiting.slice(0, limit);
  for (const storeNbr of batch) {
    const key = datasetNames.history(storeNbr);
    const object = await objects.get(key);
    if (!object) throw new InvalidObjectError(`${key}: is missing; publish the dataset again`);
    // The store checks every value; checking here as well would double the time of a run.
    const chunk = parseObject(await object.text(), key);
    if (readStoreNbr(chunk.store_nbr) !== storeNbr) {
      throw new InvalidObjectError(`${key}: store_nbr must be ${storeNbr}; publish the dataset again`);
    }
    const history = { ...chunk, store_nbr: storeNbr } as unknown as HistoryChunk;
    await store.importHistory(cutHistory(history, status.liveFrom ?? dataset.liveFrom));
  }
  return { imported: batch.length, remaining: waiting.length - batch.length };
}

/** The five-minute slots of the days before the first live one; none where they are not published. */
async function readIntraday(objects: DatasetObjects, { liveFrom }: DatasetFacts): Promise<BucketDelta[]> {
  const object = await objects.get(datasetNames.intraday);
  if (!object) return [];
  const parsed = intradaySchema.safeParse(parseObject(await object.text(), datasetNames.intraday));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InvalidObjectError(
      `${datasetNames.intraday}: ${issue?.path.join('.')} ${issue?.message}; publish the dataset again`,
    );
  }
  const oldest = toIsoDate(toDayNumber(liveFrom) - RETENTION.intradayDays);
  return Object.entries(parsed.data.days)
    .filter(([date]) => date >= oldest && date < liveFrom)
    .flatMap(([date, slots]) =>
      slots.flatMap((value, slot) => {
        const field = slotField(slot);
        return value > 0 ? [{ kind: 'sales_intraday' as const, period: date, field, value }] : [];
      }),
    );
}

/**
 * The part of a history that lies before `liveFrom`. An import takes several runs, and another publication may go
 * into service between them: then a chunk reaches further than the store that was opened before.
 *
 * @param chunk not checked yet; an invalid one is passed on for the store to refuse
 */
export function cutHistory(chunk: HistoryChunk, liveFrom: IsoDate): HistoryChunk {
  const { last_date, tickets, series } = chunk;
  if (!isoDateSchema.safeParse(last_date).success || !Array.isArray(series)) return chunk;
  const extraDays = toDayNumber(last_date) - toDayNumber(liveFrom) + 1;
  if (extraDays <= 0) return chunk;
  const cut = (column: number[]) => (Array.isArray(column) ? column.slice(0, -extraDays) : column);
  return {
    ...chunk,
    last_date: toIsoDate(toDayNumber(liveFrom) - 1),
    tickets: tickets && cut(tickets),
    series: series.map((columns) => ({
      ...columns,
      milli_units: cut(columns?.milli_units),
      onpromotion: cut(columns?.onpromotion),
    })),
  };
}
