import { at } from '../../at.ts';
import { storeOfPart } from '../../schemas/series.ts';
import { storeOfField } from '../check-commit.ts';
import { compareEntryIds } from '../entry-id.ts';
import type { Bucket, DeadLetter, SalesStore, SeriesReading } from '../sales-store.ts';
import { ingestDelivery } from './ingest-delivery.ts';
import { claimPartitions, type Partition, partitionOfStore, readPartitionStates } from './partition.ts';
import { mergeStatus, type PartitionedStatus } from './partitioned-status.ts';

/**
 * A stream and feature store divided by store into whole stores, each with a stream and a watermark of its own.
 * What reads it sees one store. What writes does so partition by partition: there is no commit over several, so that
 * the argument for counting exactly once is that of one store, and a partition that fails holds up no other.
 */
export interface PartitionedStore
  extends Pick<
    SalesStore,
    'ingest' | 'readBucket' | 'readField' | 'readSeries' | 'readManySeries' | 'readDeadLetters'
  > {
  readonly partitions: readonly Partition[];
  /**
   * Every partition's own, put together.
   *
   * @throws {PartitionCountError} when the stores were divided otherwise.
   */
  status(): Promise<PartitionedStatus>;
}

/** @param stores one for each partition, in the order in which they were made; a single one is used as it is. */
export function createPartitionedStore(stores: readonly SalesStore[]): PartitionedStore {
  const count = stores.length;
  if (count === 0) throw new RangeError('a store has at least one partition');
  const partitions = stores.map(
    (store, index): Partition => ({
      index,
      count,
      store,
      owns: (storeNbr) => partitionOfStore(storeNbr, count) === index,
    }),
  );
  const ofField = (field: string): SalesStore => {
    const partition = partitions[partitionOfStore(storeOfPart(storeOfField(field)), count)];
    if (!partition) throw new RangeError(`"${field}" names no store`);
    return partition.store;
  };
  const all = <T>(read: (store: SalesStore) => Promise<T>) => Promise.all(stores.map(read));

  let divided: Promise<void> | null = null;
  /** Deliveries come without anyone having asked for the status before; once is enough. */
  const ensureDivided = (): Promise<void> => {
    divided ??= assertDivided(partitions).catch((error: unknown) => {
      divided = null;
      throw error;
    });
    return divided;
  };

  return {
    partitions,
    ingest: async (delivery) => {
      await ensureDivided();
      return ingestDelivery(partitions, delivery);
    },
    readBucket: async (kind, period) => {
      const [first, ...others] = await all((store) => store.readBucket(kind, period));
      if (!first) throw new RangeError('a store has at least one partition');
      return mergeBuckets([first, ...others]);
    },
    readField: async (kind, periods, field) => {
      if (kind !== 'sales_intraday') return ofField(field).readField(kind, periods, field);
      return sumFields(await all((store) => store.readField(kind, periods, field)));
    },
    readSeries: (series, closedThrough) => ofField(series).readSeries(series, closedThrough),
    readManySeries: async (series, closedThrough) => {
      const places = [...Map.groupBy(series.keys(), (place) => ofField(at(series, place)))];
      const readings: (SeriesReading | null)[] = series.map(() => null);
      await Promise.all(
        places.map(async ([store, own]) => {
          const read = await store.readManySeries(
            own.map((place) => at(series, place)),
            closedThrough,
          );
          own.forEach((place, i) => {
            readings[place] = at(read, i);
          });
        }),
      );
      return readings;
    },
    readDeadLetters: async (limit) => {
      const letters = await all((store) => store.readDeadLetters(limit));
      return letters.flat().sort(newestFirst).slice(0, limit);
    },
    status: async () => mergeStatus(await readPartitionStates(partitions)),
  };
}

/** @throws {PartitionCountError} for stores that were divided otherwise; what a store fails with that is not divided yet. */
async function assertDivided(partitions: readonly Partition[]): Promise<void> {
  const states = await readPartitionStates(partitions);
  if (!(await claimPartitions(partitions, states))) throw states.find(({ error }) => error !== null)?.error;
}

/** Letters of one entry stay in the order in which their partition gave them. */
function newestFirst(left: DeadLetter, right: DeadLetter): number {
  return compareEntryIds(right.entryId, left.entryId);
}

/**
 * One bucket out of the partitions' buckets of that name. Fields of stores and series are in one partition only; slots
 * of a day are in all of them and add up. The watermark is the newest entry that any part counts.
 */
export function mergeBuckets([first, ...others]: readonly [Bucket, ...Bucket[]]): Bucket {
  if (others.length === 0) return first;
  const fields = new Map(Object.entries(first.fields));
  let { watermark } = first;
  for (const part of others) {
    if (compareEntryIds(part.watermark, watermark) > 0) watermark = part.watermark;
    for (const [field, value] of Object.entries(part.fields)) {
      fields.set(field, (fields.get(field) ?? 0) + value);
    }
  }
  return { kind: first.kind, period: first.period, watermark, fields: Object.fromEntries(fields) };
}

/** One field over several periods, added up; null where no partition has it. */
export function sumFields(parts: readonly (readonly (number | null)[])[]): (number | null)[] {
  const [first = [], ...others] = parts;
  return first.map((value, i) =>
    others.reduce((sum, part) => {
      const more = at(part, i);
      return sum === null || more === null ? (sum ?? more) : sum + more;
    }, value),
  );
}
