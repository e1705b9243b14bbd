import { join } from 'node:path';
import { z } from 'zod';
import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import { findLoss, type PartitionMark } from '../../../shared/pipeline-status/store-loss.ts';
import { compareEntryIds, isEntryId } from '../../../shared/sales-store/entry-id.ts';
import type { StoreStatus } from '../../../shared/sales-store/sales-store.ts';
import { readNote, writeNote } from '../../trainer/data/note-file.ts';

/** The file beside a sales store that remembers how far it had come. */
export const SALES_MEMORY = 'sales-store.json';

const memorySchema = z.object({
  /** The first day of live sales. */
  liveFrom: z.string(),
  /** The newest entry of each partition, counted or waiting; null where there is none. */
  newest: z.array(z.string().refine(isEntryId).nullable()),
  /** Which store each is; missing in notes of earlier versions. */
  identities: z.array(z.string().nullable()).optional(),
});
export type SalesMemory = z.infer<typeof memorySchema>;

/** How far a store has come; the status of a partition is null while it does not answer. */
export interface SalesProgress {
  readonly liveFrom: string | null;
  readonly partitions: readonly {
    readonly status: Pick<StoreStatus, 'newestEntry' | 'watermark' | 'identity'> | null;
  }[];
}

/** Notes how far the store has come, so that the next start notices when the store has less. */
export async function rememberSales(directory: string, status: SalesProgress): Promise<void> {
  const { liveFrom, partitions } = status;
  // While a partition does not answer, the note of before says more.
  if (liveFrom === null || partitions.some((partition) => partition.status === null)) return;
  const marks = marksOf(status);
  const memory: SalesMemory = {
    liveFrom,
    newest: marks.map(({ watermark }) => watermark),
    identities: marks.map(({ identity }) => identity),
  };
  await writeNote(join(directory, SALES_MEMORY), JSON.stringify(memory));
}

/** @returns null where nothing was noted, or the note is damaged. */
export function readSalesMemory(directory: string): Promise<SalesMemory | null> {
  return readNote(join(directory, SALES_MEMORY), memorySchema);
}

/** What a store has lost of the sales that it had when they were noted; null when it has them all. */
export function describeLoss(before: SalesMemory, now: SalesProgress): string | null {
  const left = marksOf(now);
  const lost = before.newest.flatMap((watermark, partition) => {
    const had = { watermark, identity: before.identities?.[partition] ?? null };
    const loss = findLoss([had], [left[partition] ?? NOTHING], 0);
    if (loss === null) return [];
    const where = before.newest.length > 1 ? `partition ${partition}: ` : '';
    return [
      `${where}sales after ${loss.from === null ? before.liveFrom : toIso(loss.from)} to ${toIso(loss.to)}`,
    ];
  });
  if (lost.length === 0) return null;
  const what = now.liveFrom === null ? 'is empty' : 'is not the one that was here, or an older copy of it';
  return `The sales store ${what}. Gone are ${lost.join('; ')}.`;
}

/** Of a partition that holds nothing, does not answer, or is not there. */
const NOTHING: PartitionMark = { watermark: null, identity: null };

/** How far each partition has come, entries that wait included. */
function marksOf({ partitions }: SalesProgress): PartitionMark[] {
  return partitions.map(({ status }) => {
    if (status === null) return NOTHING;
    const { newestEntry, watermark, identity } = status;
    return { watermark: compareEntryIds(newestEntry, watermark) >= 0 ? newestEntry : watermark, identity };
  });
}

function toIso(instant: EpochMs): string {
  return new Date(instant).toISOString();
}
