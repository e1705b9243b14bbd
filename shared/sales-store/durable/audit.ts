import {
  type BucketAudit,
  type HistoryNames,
  type NumberedEntry,
  type RepairOutcome,
  storesToRepack,
} from '../bucket-audit.ts';
import type { EntryId } from '../entry-id.ts';
import type { Bucket, BucketKind } from '../sales-store.ts';
import type { SeriesColumns, TicketColumn } from '../series-reading.ts';
import { type Answer, unwrap } from './answer.ts';
import type { StoreNamespace } from './durable-sales-store.ts';

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

interface RemoteAudit {
  listBuckets(): Promise<Answer<{ kind: BucketKind; period: string }[]>>;
  readForAudit(
    kind: BucketKind,
    period: string,
  ): Promise<Answer<{ bucket: Bucket; countedTo: EntryId | null }>>;
  repairBucket(repair: BucketRepair): Promise<Answer<RepairOutcome>>;
  readNumbered(after: EntryId | null, limit: number): Promise<Answer<NumberedEntry[]>>;
  listHistories(): Promise<Answer<HistoryNames>>;
  readHistories(series: readonly string[]): Promise<Answer<(SeriesColumns | null)[]>>;
  readTicketHistories(stores: readonly string[]): Promise<Answer<(TicketColumn | null)[]>>;
}

/** The buckets of the embedded store, each a record of its own; its tables admit nothing but values. */
export function createDurableAudit(namespace: StoreNamespace, objectName: string): BucketAudit {
  const object = () => namespace.getByName(objectName) as RemoteAudit;
  return {
    recordOf: (kind, period) => ({ kinds: [kind], period }),
    listRecords: async () =>
      unwrap(await object().listBuckets()).map(({ kind, period }) => ({ kinds: [kind], period })),
    readRecord: async ({ kinds, period }) => {
      const [kind] = kinds;
      const { bucket, countedTo } = unwrap(await object().readForAudit(kind, period));
      const values = new Map(Object.entries(bucket.fields));
      return {
        kinds,
        period,
        token: '',
        countedTo,
        exists: bucket.watermark !== null || values.size > 0,
        watermark: bucket.watermark,
        values: new Map([[kind, values]]),
        strays: [],
        missingMarks: [],
      };
    },
    repairRecord: async (repair) => {
      const { held, values, watermark } = repair;
      const [kind] = held.kinds;
      return unwrap(
        await object().repairBucket({
          kind,
          period: held.period,
          expected: { countedTo: held.countedTo, watermark: held.watermark },
          fields: Object.fromEntries(values.get(kind) ?? []),
          watermark,
          stores: storesToRepack(repair),
        }),
      );
    },
    readEntries: async (after, limit) => unwrap(await object().readNumbered(after, limit)),
    listHistories: async () => unwrap(await object().listHistories()),
    readHistories: async (series) => unwrap(await object().readHistories(series)),
    readTicketHistories: async (stores) => unwrap(await object().readTicketHistories(stores)),
  };
}
