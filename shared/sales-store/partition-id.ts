import { UserError } from '../errors/user-error.ts';

/** Which part of a divided store a store is. */
export interface PartitionId {
  /** `0..count - 1` */
  readonly index: number;
  readonly count: number;
}

/** The store holds another part, or was divided otherwise; nothing was read or written. */
export class PartitionCountError extends UserError {
  override name = 'PartitionCountError';
}

/** `<index>/<count>`, as a store keeps it. */
export function formatPartitionId({ index, count }: PartitionId): string {
  return `${index}/${count}`;
}

/** The inverse of `formatPartitionId`; null for null. @throws {PartitionCountError} for any other text. */
export function parsePartitionId(text: string | null): PartitionId | null {
  if (text === null) return null;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  if (!match) throw new PartitionCountError(`"${text}" is not a partition: <index>/<count> is expected`);
  return { index: Number(match[1]), count: Number(match[2]) };
}

/**
 * @param held what the store says it is; null for one that holds sales without having been divided.
 * @returns the refusal to use it as `wanted`.
 */
export function refuseOtherPartition(wanted: PartitionId, held: PartitionId | null): PartitionCountError {
  const found = held ? `is partition ${held.index} of ${held.count}` : 'holds sales and is not divided';
  const fix =
    held?.count === wanted.count
      ? 'each partition needs the place that it was made for'
      : `set STREAM_PARTITIONS to ${held?.count ?? 1} again, or give the new number an empty store`;
  return new PartitionCountError(
    `the store that should be partition ${wanted.index} of ${wanted.count} ${found}: ${fix}`,
  );
}
