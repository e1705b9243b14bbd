import { toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import { objectKeys } from '../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../shared/models/object-store.ts';
import { InvalidObjectError, parseObject } from '../../shared/models/parse-object.ts';
import type { DatasetFacts } from '../../shared/models/read-dataset-facts.ts';
import { intradaySchema } from '../../shared/schemas/day-sheet.ts';
import type { HistoryChunk } from '../../shared/schemas/history-chunk.ts';
import { RETENTION } from '../../shared/store/retention.ts';
import type { BucketDelta, SalesStore, StoreStatus } from '../../shared/store/sales-store.ts';
import { cutHistory } from './cut-history.ts';

interface ImportRequest {
  readonly store: SalesStore;
  readonly objects: ObjectStore;
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
      liveFrom: dataset.liveFrom,
      storeCount: dataset.storeNumbers.size,
      openingBalances: openingBalances ? await readIntraday(objects, dataset) : [],
    });
  }
  const done = new Set(status.importedStores);
  const waiting = [...dataset.storeNumbers].filter((storeNbr) => !done.has(storeNbr));
  const batch = waiting.slice(0, limit);
  for (const storeNbr of batch) {
    const key = objectKeys.history(storeNbr);
    const object = await objects.get(key);
    if (!object) throw new InvalidObjectError(`${key}: is missing; publish the dataset again`);
    // The store checks every value of it; doing so here as well would double the time of a run.
    const chunk = parseObject(await object.text(), key) as unknown as HistoryChunk;
    await store.importHistory(cutHistory(chunk, status.liveFrom ?? dataset.liveFrom));
  }
  return { imported: batch.length, remaining: waiting.length - batch.length };
}

/** The five-minute slots of the days before the first live one; none where they are not published. */
async function readIntraday(objects: ObjectStore, { liveFrom }: DatasetFacts): Promise<BucketDelta[]> {
  const object = await objects.get(objectKeys.intraday);
  if (!object) return [];
  const parsed = intradaySchema.safeParse(parseObject(await object.text(), objectKeys.intraday));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InvalidObjectError(
      `${objectKeys.intraday}: ${issue?.path.join('.')} ${issue?.message}; publish the dataset again`,
    );
  }
  const oldest = toIsoDate(toDayNumber(liveFrom) - RETENTION.intradayDays);
  return Object.entries(parsed.data.days)
    .filter(([date]) => date >= oldest && date < liveFrom)
    .flatMap(([date, slots]) =>
      slots.flatMap((value, slot) => {
        const field = String(slot).padStart(3, '0');
        return value > 0 ? [{ kind: 'sales_intraday' as const, period: date, field, value }] : [];
      }),
    );
}
