import { DurableObject } from 'cloudflare:workers';
import { type IsoDate, toDayNumber, toIsoDate } from '../../calendar/day-number.ts';
import type { HistoryChunk } from '../../schemas/history-chunk.ts';
import type { SeriesKey } from '../../schemas/series.ts';
import type { HistoryNames, NumberedEntry, RepairOutcome } from '../bucket-audit.ts';
import { type BucketChange, checkCommit, gatherDeltas, storeOfField } from '../check-commit.ts';
import type { Delivery, DeliveryResult } from '../delivery.ts';
import type { EntryId } from '../entry-id.ts';
import { checkHistoryChunk, InvalidHistoryError, openingBalances } from '../history-import.ts';
import {
  formatPartitionId,
  type PartitionId,
  parsePartitionId,
  refuseOtherPartition,
} from '../partition-id.ts';
import { planExpiry, RETENTION } from '../retention.ts';
import {
  type AggregationCommit,
  type AppendResult,
  type Backlog,
  type BacklogLimits,
  BUCKET_KINDS,
  type Bucket,
  type BucketKind,
  type CommitOutcome,
  type DeadLetter,
  type HistoryOpening,
  type NewEntry,
  type SeriesReading,
  type StoreStatus,
  type StreamEntry,
} from '../sales-store.ts';
import {
  extendSeries,
  extendTickets,
  lastDayOf,
  type SeriesColumns,
  type TicketColumn,
  toReading,
} from '../series-reading.ts';
import { type Answer, answer } from './answer.ts';
import type { BucketRepair } from './audit.ts';
import { BucketTable } from './bucket-table.ts';
import { DeliveryTable } from './delivery-table.ts';
import { HistoryTable } from './history-table.ts';
import { ImportedTable, MetaTable } from './meta-table.ts';
import { createTables } from './schema.ts';
import { DeadLetterTable, StreamTable } from './stream-table.ts';

/**
 * The whole store inside one Durable Object. Every method is one call over RPC and runs to its end without giving way
 * to another, so that what it reads belongs together; what it writes is one transaction.
 */
export class SalesStoreObject extends DurableObject<unknown> {
  readonly #storage: DurableObjectStorage;
  readonly #meta: MetaTable;
  readonly #stream: StreamTable;
  readonly #buckets: BucketTable;
  readonly #history: HistoryTable;
  readonly #deadLetters: DeadLetterTable;
  readonly #imported: ImportedTable;
  readonly #deliveries: DeliveryTable;

  constructor(context: DurableObjectState, env: unknown) {
    super(context, env);
    this.#storage = context.storage;
    const { sql } = context.storage;
    context.storage.transactionSync(() => createTables(sql));
    this.#meta = new MetaTable(sql);
    this.#stream = new StreamTable(sql, this.#meta);
    this.#buckets = new BucketTable(sql);
    this.#history = new HistoryTable(sql);
    this.#deadLetters = new DeadLetterTable(sql);
    this.#imported = new ImportedTable(sql);
    this.#deliveries = new DeliveryTable(sql, this.#meta);
  }

  append(entries: readonly NewEntry[]): Answer<AppendResult> {
    return this.#write(() => this.#append(entries, this.#meta.watermark()));
  }

  ingest(delivery: Delivery): Answer<DeliveryResult> {
    return this.#write(() => {
      const watermark = this.#meta.watermark();
      return this.#deliveries.take(delivery, this.#stream.newest() ?? watermark, (entries) =>
        this.#append(entries, watermark),
      );
    });
  }

  readBacklog({ maxEntries, maxCharacters }: BacklogLimits): Answer<Backlog> {
    const watermark = this.#meta.watermark();
    return { value: { watermark, ...this.#stream.read(watermark, maxEntries, maxCharacters) } };
  }

  /** Refuses with an `InvalidCommitError` before anything is written. */
  commit(commit: AggregationCommit): Answer<CommitOutcome> {
    return this.#write(() => {
      const changes = checkCommit(commit);
      const watermark = this.#meta.watermark();
      if (watermark === commit.newWatermark) return 'already-applied';
      if (watermark !== commit.expectedWatermark) return 'lost-race';
      this.#buckets.apply(changes, commit.newWatermark);
      this.#deadLetters.add(commit.deadLetters);
      this.#meta.set('watermark', commit.newWatermark);
      this.#countRows(commit);
      this.#takeIntoHistory(changes);
      return 'applied';
    });
  }

  readBucket(kind: BucketKind, period: string): Answer<Bucket> {
    return { value: this.#buckets.read(kind, period) };
  }

  readField(kind: BucketKind, periods: readonly string[], field: string): Answer<(number | null)[]> {
    return { value: this.#buckets.readField(kind, periods, field) };
  }

  readOpening(kind: BucketKind, period: string): Answer<Record<string, number>> {
    return { value: this.#buckets.readOpening(kind, period) };
  }

  readSeries(series: SeriesKey, closedThrough: IsoDate): Answer<SeriesReading | null> {
    return answer(() => this.#reading(series, toDayNumber(closedThrough), this.#meta.watermark()));
  }

  readManySeries(series: readonly SeriesKey[], closedThrough: IsoDate): Answer<(SeriesReading | null)[]> {
    return answer(() => {
      const watermark = this.#meta.watermark();
      return series.map((name) => this.#reading(name, toDayNumber(closedThrough), watermark));
    });
  }

  status(): Answer<StoreStatus> {
    const watermark = this.#meta.watermark();
    const liveFrom = this.#meta.liveFrom();
    const importedStores = this.#imported.stores();
    const complete = liveFrom !== null && importedStores.length >= Number(this.#meta.get('store_count'));
    const compacted = complete ? this.#history.compactedRange() : null;
    const waitingEntries = this.#stream.countAfter(watermark);
    return {
      value: {
        watermark,
        newestEntry: this.#stream.newest() ?? watermark,
        waitingEntries,
        waitingRows: waitingEntries === 0 ? 0 : this.#waitingRows(),
        oldestWaiting: waitingEntries === 0 ? null : this.#stream.firstAfter(watermark),
        deadLetters: this.#deadLetters.count(),
        identity: this.#meta.get('identity'),
        liveFrom: liveFrom === null ? null : toIsoDate(liveFrom),
        storeCount: liveFrom === null ? null : Number(this.#meta.get('store_count')),
        importedStores,
        compactedThrough: compacted ? toIsoDate(compacted.min) : null,
        partition: parsePartitionId(this.#meta.get('partition')),
      },
    };
  }

  readDeadLetters(limit: number): Answer<DeadLetter[]> {
    return { value: this.#deadLetters.readNewest(limit) };
  }

  readStream(after: EntryId | null, limit: number): Answer<StreamEntry[]> {
    return answer(() => this.#stream.read(after, limit).entries);
  }

  /** Refuses with a `PartitionCountError` when the store is anything else already. */
  claimPartition(partition: PartitionId): Answer<void> {
    return this.#write(() => {
      const held = parsePartitionId(this.#meta.get('partition'));
      if (held?.index === partition.index && held.count === partition.count) return;
      const isEmpty = this.#meta.isEmpty() && this.#stream.newest() === null;
      if (!isEmpty) throw refuseOtherPartition(partition, held);
      this.#meta.set('partition', formatPartitionId(partition));
    });
  }

  /** Refuses with an `InvalidHistoryError` when the store is open with another first live day. */
  openHistory(opening: HistoryOpening): Answer<'opened' | 'already-open'> {
    return this.#write(() => {
      const liveFrom = toDayNumber(opening.liveFrom);
      const changes = gatherDeltas(opening.openingBalances);
      const open = this.#meta.liveFrom();
      if (open === liveFrom) return 'already-open';
      if (open !== null) {
        throw new InvalidHistoryError(
          `liveFrom ${opening.liveFrom}: the store is open from ${toIsoDate(open)}; another dataset needs an empty store`,
        );
      }
      this.#meta.set('live_from', String(liveFrom));
      this.#meta.set('store_count', String(opening.storeCount));
      if (opening.identity !== undefined) this.#meta.set('identity', opening.identity);
      this.#buckets.open(changes);
      this.#history.startSeries(this.#buckets.soldSeries(), liveFrom);
      return 'opened';
    });
  }

  /** Refuses with an `InvalidHistoryError` when the store is not open or the chunk does not fit it. */
  importHistory(chunk: HistoryChunk): Answer<'imported' | 'already-imported'> {
    return this.#write(() => {
      const liveFrom = this.#meta.liveFrom();
      if (liveFrom === null) throw new InvalidHistoryError('the store is not open: call openHistory first');
      checkHistoryChunk(chunk, toIsoDate(liveFrom - 1));
      if (!this.#imported.add(chunk.store_nbr)) return 'already-imported';
      this.#history.importChunk(chunk, liveFrom);
      this.#buckets.open(gatherDeltas(openingBalances(chunk, liveFrom)));
      return 'imported';
    });
  }

  compact({ through, limit }: { readonly through: IsoDate; readonly limit: number }): Answer<{
    compacted: number;
    remaining: number;
  }> {
    return this.#write(() => {
      const day = toDayNumber(through);
      const lagging = this.#history.lagging(day, limit);
      for (const series of lagging) this.#compactSeries(series, day);
      return { compacted: lagging.length, remaining: this.#history.countLagging(day) };
    });
  }

  expire(today: IsoDate): Answer<{ droppedBuckets: number; droppedEntries: number }> {
    return this.#write(() => {
      const plan = planExpiry(today, this.#history.compactedRange()?.min ?? null);
      let droppedBuckets = 0;
      for (const kind of BUCKET_KINDS) {
        droppedBuckets += this.#buckets.dropBefore(kind, plan.keepFrom[kind]);
      }
      if (plan.keepFrom.sales_daily !== '') {
        const dailyFrom = Math.max(toDayNumber(plan.keepFrom.sales_daily), this.#dailyFrom());
        this.#meta.set('daily_from', String(dailyFrom));
      }
      this.#deadLetters.dropBefore(plan.deadLettersBefore);
      const droppedEntries = this.#stream.dropBefore(plan.entriesBefore, this.#meta.watermark());
      return { droppedBuckets, droppedEntries };
    });
  }

  listBuckets(): Answer<{ kind: BucketKind; period: string }[]> {
    return { value: this.#buckets.list() };
  }

  /** A bucket and the store's watermark of the same moment. */
  readForAudit(kind: BucketKind, period: string): Answer<{ bucket: Bucket; countedTo: EntryId | null }> {
    return { value: { bucket: this.#buckets.read(kind, period), countedTo: this.#meta.watermark() } };
  }

  readNumbered(after: EntryId | null, limit: number): Answer<NumberedEntry[]> {
    return answer(() => this.#stream.readNumbered(after, limit).entries);
  }

  listHistories(): Answer<HistoryNames> {
    return { value: this.#history.names() };
  }

  readHistories(series: readonly string[]): Answer<(SeriesColumns | null)[]> {
    return { value: series.map((name) => readable(() => this.#history.readSeries(name))) };
  }

  readTicketHistories(stores: readonly string[]): Answer<(TicketColumn | null)[]> {
    return { value: stores.map((store) => readable(() => this.#history.readTickets(store))) };
  }

  /** Replaces a bucket if nothing has been counted since it was read, see `BucketAudit`. */
  repairBucket(repair: BucketRepair): Answer<RepairOutcome> {
    return this.#write(() => {
      const { kind, period, expected } = repair;
      if (this.#meta.watermark() !== expected.countedTo) return 'changed';
      if (this.#buckets.read(kind, period).watermark !== expected.watermark) return 'changed';
      const isDaily = kind === 'sales_daily' || kind === 'onpromotion_daily' || kind === 'transactions_daily';
      if (isDaily && toDayNumber(period) < this.#dailyFrom()) return 'expired';
      this.#buckets.replace(kind, period, repair.fields, repair.watermark);
      const liveFrom = this.#meta.liveFrom();
      if (kind === 'sales_daily' && liveFrom !== null) {
        this.#history.startSeries(Object.keys(repair.fields), liveFrom);
      }
      const floor = this.#dailyFrom() - 1;
      for (const store of isDaily ? repair.stores : []) {
        this.#history.reopenStore(store, Math.max(toDayNumber(period) - 1, floor));
      }
      return 'repaired';
    });
  }

  #append(entries: readonly NewEntry[], watermark: EntryId | null): AppendResult {
    return this.#stream.append(entries, watermark, (rows) => {
      this.#meta.set('appended_rows', String(this.#meta.number('appended_rows') + rows));
    });
  }

  /** Once nothing waits, every row is counted, whatever was said of the entries. */
  #countRows({ newWatermark, rows = 0 }: AggregationCommit): void {
    const counted =
      this.#stream.firstAfter(newWatermark) === null
        ? this.#meta.number('appended_rows')
        : this.#meta.number('counted_rows') + rows;
    if (counted !== this.#meta.number('counted_rows')) this.#meta.set('counted_rows', String(counted));
  }

  #waitingRows(): number {
    return Math.max(0, this.#meta.number('appended_rows') - this.#meta.number('counted_rows'));
  }

  /** One transaction: all of `work` or nothing. */
  #write<T>(work: () => T): Answer<T> {
    return answer(() => this.#storage.transactionSync(work));
  }

  /** History and buckets of one series and the tickets of its store, up to and including `through`. */
  #join(series: string, through: number) {
    const columns = this.#history.readSeries(series);
    if (!columns) return null;
    const store = storeOfField(series);
    // A store without an import has tickets from its first series' first day on.
    const tickets = this.#history.readTickets(store) ?? {
      firstDay: columns.firstDay,
      tickets: new Int32Array(0),
    };
    const ticketsThrough = lastDayOf(tickets);
    const tailFrom = Math.min(lastDayOf(columns), ticketsThrough) + 1;
    const tail = this.#buckets.readTail(series, store, tailFrom, through);
    return {
      store,
      ticketsThrough,
      columns: extendSeries(columns, tail, through, RETENTION.historyDays),
      tickets: extendTickets(tickets, tail, through, RETENTION.historyDays),
    };
  }

  #reading(series: SeriesKey, through: number, watermark: EntryId | null): SeriesReading | null {
    const joined = this.#join(series, through);
    return joined && toReading(series, joined.columns, joined.tickets, watermark);
  }

  #compactSeries(series: string, through: number): void {
    const joined = this.#join(series, through);
    if (!joined) return;
    this.#history.writeSeries(series, joined.columns);
    if (joined.ticketsThrough < through) this.#history.writeTickets(joined.store, joined.tickets);
  }

  /** The first day whose daily buckets are whole: after the imported history, and not dropped since. */
  #dailyFrom(): number {
    return Math.max(this.#meta.liveFrom() ?? 0, Number(this.#meta.get('daily_from') ?? 0));
  }

  /** New series get a history of their own, and rows for compacted days open these days again. */
  #takeIntoHistory(changes: readonly BucketChange[]): void {
    const liveFrom = this.#meta.liveFrom();
    if (liveFrom === null) return;
    const compacted = this.#history.compactedRange();
    const lateFrom = new Map<string, number>();
    for (const { kind, period, fields } of changes) {
      if (kind !== 'sales_daily' && kind !== 'onpromotion_daily' && kind !== 'transactions_daily') continue;
      if (kind === 'sales_daily') this.#history.startSeries([...fields.keys()], liveFrom);
      const day = toDayNumber(period);
      if (compacted === null || day > compacted.max) continue;
      for (const field of fields.keys()) {
        const store = storeOfField(field);
        lateFrom.set(store, Math.min(day, lateFrom.get(store) ?? day));
      }
    }
    const floor = this.#dailyFrom() - 1;
    for (const [store, day] of lateFrom) this.#history.reopenStore(store, Math.max(day - 1, floor));
  }
}

/** Columns that are shorter than the days which they should have cannot be read. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
