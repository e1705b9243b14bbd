import { at } from '../at.ts';
import type { EpochMs } from '../calendar/business-clock.ts';
import { DAY_MS } from '../calendar/day-number.ts';
import { compareEntryIds, type EntryId, parseEntryId } from '../sales-store/entry-id.ts';

/** How far one partition had counted, and which one it is: see `StoreStatus.identity`. */
export interface PartitionMark {
  readonly watermark: EntryId | null;
  readonly identity: string | null;
}

/** How far each partition of the store had counted, in their order. */
export type StoreMark = readonly PartitionMark[];

/** As earlier versions recorded it, by the watermarks alone. */
export type RecordedMark = StoreMark | readonly (EntryId | null)[];

/** Counted sales that the store no longer has: it was emptied, replaced, or restored from an older copy. */
export interface StoreLoss {
  readonly noticedAt: EpochMs;
  /** The store begins to lack sales after this instant; null: it has none at all. */
  readonly from: EpochMs | null;
  /** Up to where sales had been counted. */
  readonly to: EpochMs;
}

/** For how long a loss is shown: a week is how long the stream keeps what could be sent again. */
const SHOWN_MS = 7 * DAY_MS;

/**
 * What a store has lost between two runs. One with another identity has nothing of what was counted. In one and the same
 * store a watermark never moves back, so one that does belongs to an older copy.
 *
 * @param last at the end of the last run.
 * @param found at the start of this one, read after `last` was.
 * @returns null when nothing is gone, or where the number of partitions says that they cannot be compared.
 */
export function findLoss(last: RecordedMark, found: StoreMark, noticedAt: EpochMs): StoreLoss | null {
  if (last.length !== found.length) return null;
  let from: EpochMs | null = Number.POSITIVE_INFINITY;
  let to: EpochMs | null = null;
  last.forEach((recorded, partition) => {
    const before =
      typeof recorded === 'object' && recorded !== null ? recorded : { watermark: recorded, identity: null };
    const now = at(found, partition);
    if (before.watermark === null) return;
    const isOther = before.identity !== null && now.identity !== before.identity;
    if (!isOther && compareEntryIds(now.watermark, before.watermark) >= 0) return;
    to = Math.max(to ?? 0, parseEntryId(before.watermark).instant);
    from =
      from === null || isOther || now.watermark === null
        ? null
        : Math.min(from, parseEntryId(now.watermark).instant);
  });
  return to === null ? null : { noticedAt, from, to };
}

/**
 * The loss to show from now on. One that begins where an earlier one ended shows that the earlier one was restored;
 * otherwise both are one.
 */
export function mergeLosses(
  earlier: StoreLoss | null,
  found: StoreLoss | null,
  now: EpochMs,
): StoreLoss | null {
  const known = earlier !== null && now - earlier.noticedAt < SHOWN_MS ? earlier : null;
  if (found === null) return known;
  if (known === null || (found.from !== null && found.from >= known.to)) return found;
  const from = known.from === null || found.from === null ? null : Math.min(known.from, found.from);
  return { noticedAt: found.noticedAt, from, to: Math.max(known.to, found.to) };
}
