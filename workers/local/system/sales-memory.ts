import { join } from 'node:path';
import { z } from 'zod';
import {
  compareEntryIds,
  type EntryId,
  isEntryId,
  parseEntryId,
} from '../../../shared/sales-store/entry-id.ts';
import type { StoreStatus } from '../../../shared/sales-store/sales-store.ts';
import { readNote, writeNote } from '../../trainer/data/note-file.ts';

/** The file beside a sales store that remembers how far it had come. */
export const SALES_MEMORY = 'sales-store.json';

const memorySchema = z.object({
  /** The first day of live sales. */
  liveFrom: z.string(),
  /** The newest entry of each partition, counted or waiting; null where there is none. */
  newest: z.array(z.string().refine(isEntryId).nullable()),
});
export type SalesMemory = z.infer<typeof memorySchema>;

/** How far a store has come; the status of a partition is null while it does not answer. */
export interface SalesProgress {
  readonly liveFrom: string | null;
  readonly partitions: readonly {
    readonly status: Pick<StoreStatus, 'newestEntry' | 'watermark'> | null;
  }[];
}

/** Notes how far the store has come, so that the next start notices when the store has less. */
export async function rememberSales(directory: string, status: SalesProgress): Promise<void> {
  const { liveFrom, partitions } = status;
  // While a partition does not answer, the note of before says more.
  if (liveFrom === null || partitions.some((partition) => partition.status === null)) return;
  const memory: SalesMemory = { liveFrom, newest: newestOf(status) };
  await writeNote(join(directory, SALES_MEMORY), JSON.stringify(memory));
}

/** @returns null where nothing was noted, or the note is damaged. */
export function readSalesMemory(directory: string): Promise<SalesMemory | null> {
  return readNote(join(directory, SALES_MEMORY), memorySchema);
}

/** What a store has lost of the sales that it had when they were noted; null when it has them all. */
export function describeLoss(before: SalesMemory, now: SalesProgress): string | null {
  const left = newestOf(now);
  const lost = before.newest.flatMap((had, partition) => {
    const has = left[partition] ?? null;
    if (had === null || compareEntryIds(has, had) >= 0) return [];
    const where = before.newest.length > 1 ? `partition ${partition}: ` : '';
    return [`${where}sales after ${has === null ? before.liveFrom : timeOf(has)} to ${timeOf(had)}`];
  });
  if (lost.length === 0) return null;
  const what = now.liveFrom === null ? 'is empty' : 'is not the one that was here, or an older copy of it';
  return `The sales store ${what}. Gone are ${lost.join('; ')}.`;
}

function newestOf({ partitions }: SalesProgress): (EntryId | null)[] {
  return partitions.map(({ status }) => {
    const [entry, counted] = [status?.newestEntry ?? null, status?.watermark ?? null];
    return compareEntryIds(entry, counted) >= 0 ? entry : counted;
  });
}

function timeOf(entry: EntryId): string {
  return new Date(parseEntryId(entry).instant).toISOString();
}
