import { openCurrentDataset, readFacts } from '../../shared/artifacts/current-publication.ts';
import type { DatasetObjects, ObjectReader } from '../../shared/artifacts/publication.ts';
import type { DatasetFacts } from '../../shared/artifacts/read-dataset-facts.ts';
import type { BusinessClock, EpochMs } from '../../shared/calendar/business-clock.ts';
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import type { PartitionMark, StoreMark } from '../../shared/pipeline-status/store-loss.ts';
import { closedThrough, type EntryId, parseEntryId } from '../../shared/sales-store/entry-id.ts';
import type { SalesStore, StoreStatus } from '../../shared/sales-store/sales-store.ts';
import { aggregate } from './aggregate.ts';
import { importHistory } from './import-history.ts';

export interface AggregatorLimits {
  /** Where datasets are published; a run reads all that it needs from the one in service when it starts. */
  readonly objects: ObjectReader;
  readonly clock: BusinessClock;
  /** The instant for which the run is due. */
  readonly now: EpochMs;
  /** Bounds of the work of one run; what is left is done by later runs. */
  readonly maxEntries: number;
  /** Of the payloads of the entries counted; the store's own limit when left out. */
  readonly maxCharacters?: number;
  readonly storesPerRun: number;
  readonly compactSeriesPerRun: number;
}

export interface AggregatorRequest extends AggregatorLimits {
  readonly store: SalesStore;
}

export interface AggregatorReport {
  /**
   * - `no-dataset`: nothing has been published yet.
   * - `importing`: stores of the history are still to come; nothing is counted before.
   * - `aggregated`, `idle`: entries were counted, or none were waiting.
   * - `lost-race`: another run counted them at the same time, again and again.
   */
  readonly outcome: 'no-dataset' | 'importing' | 'aggregated' | 'idle' | 'lost-race';
  readonly imported: number;
  readonly entries: number;
  readonly rows: number;
  readonly deadLetters: number;
  /** More entries follow that this run has not read. */
  readonly more: boolean;
  readonly compacted: number;
  /** Series whose finished days are not compacted yet. */
  readonly compactionRemaining: number;
  readonly droppedBuckets: number;
  readonly droppedEntries: number;
  /** Time from the watermark to `now`; null before the first entry. */
  readonly lagMs: number | null;
  /** How far each partition had counted before the run and after it; empty where the run did not come that far. */
  readonly before: StoreMark;
  readonly after: StoreMark;
}

const COMMIT_ATTEMPTS = 3;
export const NOTHING_AGGREGATED: AggregatorReport = {
  outcome: 'idle',
  imported: 0,
  entries: 0,
  rows: 0,
  deadLetters: 0,
  more: false,
  compacted: 0,
  compactionRemaining: 0,
  droppedBuckets: 0,
  droppedEntries: 0,
  lagMs: null,
  before: [],
  after: [],
};

/**
 * One run: imports the history if the store is new, counts waiting entries, compacts finished days, and drops what has
 * expired once the last finished day is compacted.
 *
 * @throws when the store or a published object fails; earlier commits stay, and the next run continues.
 */
export async function runAggregator(request: AggregatorRequest): Promise<AggregatorReport> {
  const status = await request.store.status();
  const objects = await openCurrentDataset(request.objects);
  const dataset = await readFacts(objects);
  if (!dataset) return { ...NOTHING_AGGREGATED, outcome: 'no-dataset' };
  return aggregateStore({ ...request, objects }, status, dataset, { openingBalances: true });
}

/** Properties of a partition of a divided stream. */
export interface StreamPart {
  /** Whether it opens with the slots of the days before the first live one, which belong to all stores together. */
  readonly openingBalances: boolean;
  /** The stores whose rows it may count; all by default. */
  readonly owns?: (storeNbr: string) => boolean;
}

/**
 * One run over one store.
 *
 * @param request `objects` are those of the dataset that the run reads.
 * @param status of the store, just read.
 * @param published the dataset, restricted to this partition's stores.
 * @throws as `runAggregator` does.
 */
export async function aggregateStore(
  request: Omit<AggregatorRequest, 'objects'> & { readonly objects: DatasetObjects },
  status: StoreStatus,
  published: DatasetFacts,
  part: StreamPart,
): Promise<AggregatorReport> {
  const { store, objects, now } = request;
  // A store that is open keeps its first live day whatever is published later.
  const dataset = { ...published, liveFrom: status.liveFrom ?? published.liveFrom };

  let imported = 0;
  if (status.compactedThrough === null) {
    const limit = request.storesPerRun;
    const result = await importHistory({ store, objects, dataset, status, limit, ...part });
    imported = result.imported;
    if (result.remaining > 0) {
      const mark = [markOf(status)];
      return { ...NOTHING_AGGREGATED, outcome: 'importing', imported, before: mark, after: mark };
    }
  }
  const counted = await countWaiting(request, dataset, part);
  const watermark = counted.watermark;
  const upkeep = watermark === null ? {} : await compactAndExpire(request, dataset, status, watermark);
  return {
    ...NOTHING_AGGREGATED,
    imported,
    ...counted.report,
    ...upkeep,
    lagMs: watermark === null ? null : now - parseEntryId(watermark).instant,
    before: [markOf(status)],
    after: [markOf({ ...status, watermark })],
  };
}

function markOf({ watermark, identity }: Pick<StoreStatus, 'watermark' | 'identity'>): PartitionMark {
  return { watermark, identity };
}

async function countWaiting(
  { store, clock, maxEntries, maxCharacters }: Omit<AggregatorRequest, 'objects'>,
  dataset: DatasetFacts,
  { owns }: StreamPart,
): Promise<{ report: Partial<AggregatorReport>; watermark: EntryId | null }> {
  let watermark: EntryId | null = null;
  for (let attempt = 0; attempt < COMMIT_ATTEMPTS; attempt++) {
    const backlog = await store.readBacklog({
      maxEntries,
      ...(maxCharacters !== undefined && { maxCharacters }),
    });
    watermark = backlog.watermark;
    const last = backlog.entries.at(-1);
    if (!last) return { report: { outcome: 'idle' }, watermark };
    const { deltas, deadLetters, rows, rowsRead } = aggregate(backlog.entries, dataset, clock, owns);
    const outcome = await store.commit({
      expectedWatermark: watermark,
      newWatermark: last.id,
      deltas,
      deadLetters,
      rows: rowsRead,
    });
    if (outcome !== 'lost-race') {
      const entries = backlog.entries.length;
      const report = {
        outcome: 'aggregated' as const,
        entries,
        rows,
        deadLetters: deadLetters.length,
        more: backlog.more,
      };
      return { report, watermark: last.id };
    }
  }
  return { report: { outcome: 'lost-race' }, watermark };
}

async function compactAndExpire(
  { store, clock, compactSeriesPerRun }: Omit<AggregatorRequest, 'objects'>,
  dataset: DatasetFacts,
  status: StoreStatus,
  watermark: EntryId,
): Promise<Partial<AggregatorReport>> {
  const closedDay = closedThrough(watermark, clock);
  const closed = toIsoDate(closedDay);
  if (closed < dataset.liveFrom) return {};
  if (status.compactedThrough !== null && status.compactedThrough >= closed) return {};
  // A store without any series has nothing to compact, but a stream that expires: once a day.
  const isBare = status.compactedThrough === null && status.storeCount === 0;
  if (isBare && status.watermark && closedThrough(status.watermark, clock) === closedDay) return {};
  const { compacted, remaining } = await store.compact({ through: closed, limit: compactSeriesPerRun });
  const report = { compacted, compactionRemaining: remaining };
  if (remaining > 0 || (compacted === 0 && !isBare)) return report;
  return { ...report, ...(await store.expire(toIsoDate(closedDay + 1))) };
}
