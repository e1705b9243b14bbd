import type { EntryId } from '../entry-id.ts';
import type { BucketKind } from '../sales-store.ts';

/** What takes the place of a bucket, and of what it is the correction. */
export interface BucketRepair {
  readonly kind: BucketKind;
  readonly period: string;
  /** The watermarks of store and bucket when it was read. */
  readonly expected: { readonly countedTo: EntryId | null; readonly watermark: EntryId | null };
  readonly fields: Readonly<Record<string, number>>;
  readonly watermark: EntryId | null;
  /** Stores whose packed histories are made again from that day on. */
  readonly stores: readonly string[];
}
