import { at } from '../../at.ts';
import type { Delivery, DeliveryResult } from '../delivery.ts';
import { type Partition, partitionOfText } from './partition.ts';

interface Part {
  readonly partition: Partition;
  readonly delivery: Delivery;
  /** Where the rows of the part stand in the whole delivery. */
  readonly places: readonly number[];
}

/**
 * Takes in a delivery whose rows belong to several partitions. Each takes in its own rows, once; the partition that the
 * key names decides first whether the key is free, with or without rows of its own, so that another content under a
 * taken key is refused before anything is written. Should a partition fail, the same delivery is sent again: those that
 * have taken their part answer as they did.
 *
 * @returns what an undivided store answers; `entries` are those of all partitions, `instant` is the latest of theirs.
 * @throws what a partition fails with.
 */
export async function ingestDelivery(
  partitions: readonly Partition[],
  delivery: Delivery,
): Promise<DeliveryResult> {
  const [decisive, ...others] = divide(partitions, delivery);
  if (!decisive) throw new RangeError('a store has at least one partition');
  const first = await decisive.partition.store.ingest(decisive.delivery);
  const results = [
    first,
    ...(first.outcome === 'key-conflict'
      ? []
      : await Promise.all(others.map(({ partition, delivery: part }) => partition.store.ingest(part)))),
  ];
  const taken = results.flatMap((result) => (result.outcome === 'key-conflict' ? [] : [result]));
  if (first.outcome === 'key-conflict' || taken.length < results.length) return { outcome: 'key-conflict' };
  const parts = [decisive, ...others];
  /** Where in the whole delivery the rows stand that each part names by its own places. */
  const placesIn = (ofParts: readonly (readonly number[])[]) =>
    ofParts
      .flatMap((ofPart, i) => ofPart.map((place) => at(at(parts, i).places, place)))
      .sort((a, b) => a - b);
  const withRows = taken.filter((_, i) => at(parts, i).places.length > 0);
  return {
    outcome: taken.some(({ outcome }) => outcome === 'taken') ? 'taken' : 'repeated',
    instant: Math.max(...(withRows.length > 0 ? withRows : taken).map(({ instant }) => instant)),
    entries: taken.flatMap(({ entries }) => entries),
    duplicates: placesIn(taken.map(({ duplicates }) => duplicates)),
    conflicts: placesIn(taken.map(({ conflicts }) => conflicts)),
    note: first.note,
  };
}

/** The parts of a delivery, the one that decides about its key first; that one and those with rows. */
function divide(partitions: readonly Partition[], delivery: Delivery): Part[] {
  const { key, digest, rows } = delivery;
  const home = partitionOfText(key ?? '', partitions.length);
  const parts = partitions.map((partition): Part => {
    const places = rows.flatMap(({ storeNbr }, place) => (partition.owns(storeNbr) ? [place] : []));
    const own = places.map((place) => at(rows, place));
    // Elsewhere the content belongs to the name: whether the key is free is decided in one place only.
    const name = key === null || partition.index === home ? key : `${key} ${digest}`;
    return { partition, places, delivery: { ...delivery, key: name, rows: own } };
  });
  const isHome = ({ partition }: Part) => partition.index === home;
  return [
    ...parts.filter((part) => isHome(part) && (key !== null || part.places.length > 0 || rows.length === 0)),
    ...parts.filter((part) => !isHome(part) && part.places.length > 0),
  ];
}
