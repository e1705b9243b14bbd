import { datasetNames, objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { DatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import { createBusinessClock } from '../../../shared/calendar/business-clock.ts';
import { DAY_MS, type DayNumber, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { BucketAudit } from '../../../shared/sales-store/bucket-audit.ts';
import { entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import type { BucketKind, SalesStore, StreamEntry } from '../../../shared/sales-store/sales-store.ts';
import type { HistoryChunk } from '../../../shared/schemas/history-chunk.ts';
import { aggregate } from '../../../workers/aggregator/aggregate.ts';
import {
  type ReconcileRequest,
  reconcilePartition,
} from '../../../workers/local/reconcile/reconcile-partition.ts';
import type { PartitionReport } from '../../../workers/local/reconcile/report.ts';
import { MemoryObjects } from '../object-store/memory-objects.ts';

/** A Thursday: neither the week nor the month begins with it. */
export const LIVE_FROM = '2026-01-08';
export const SERIES = '1:DAIRY';
export const liveFrom = toDayNumber(LIVE_FROM);
const FAMILIES = ['DAIRY', 'BREAD/BAKERY'];
const HISTORY_DAYS = 40;
const HOUR = DAY_MS / 24;
const clock = createBusinessClock('UTC');

/** A store of any kind, and hands that write into it without asking. */
export interface TearableStore {
  readonly store: SalesStore;
  readonly audit: BucketAudit;
  /** null: removes the field. */
  setValue(kind: BucketKind, period: string, field: string, value: number | null): Promise<void>;
  dropBucket(kind: BucketKind, period: string): Promise<void>;
  setPacked(series: string, day: DayNumber, milliUnits: number): Promise<void>;
  dropEntry(entry: StreamEntry): Promise<void>;
}

interface Sale {
  readonly day: DayNumber;
  readonly family?: string;
  readonly units?: number;
  readonly onpromotion?: number;
}

/** One store that sells two families, with a published history, driven day by day. */
export class ReconcileBench {
  readonly objects = new MemoryObjects();
  readonly torn: TearableStore;
  readonly dataset: DatasetFacts = {
    liveFrom: LIVE_FROM,
    lastDate: '2028-12-31',
    storeNbrs: new Set(['1']),
    families: new Set(FAMILIES),
  };
  #sent = 0;

  private constructor(torn: TearableStore) {
    this.torn = torn;
  }

  static async open(torn: TearableStore): Promise<ReconcileBench> {
    const bench = new ReconcileBench(torn);
    const history = historyOf();
    await bench.objects.put(datasetNames.history('1'), JSON.stringify(history));
    const slots = { kind: 'sales_intraday' as const, period: '2026-01-07', field: '100', value: 700 };
    await torn.store.openHistory({ liveFrom: LIVE_FROM, storeCount: 1, openingBalances: [slots] });
    await torn.store.importHistory(history);
    return bench;
  }

  /** Sales and tickets of some days, each closed by an entry at its end, counted, packed and expired as they are. */
  async live(from: DayNumber, through: DayNumber): Promise<void> {
    const entries: StreamEntry[] = [];
    for (let day = from; day <= through; day++) {
      const sales = FAMILIES.map((family, i) => ({ day, family, units: 1 + ((day + i) % 7) }));
      entries.push(this.entryOf(clock.startOf(day) + 12 * HOUR, [{ ...sales[0], day, onpromotion: 2 }]));
      entries.push(this.entryOf(clock.startOf(day) + 18 * HOUR, sales, { 1: 50 + (day % 9) }));
      entries.push({ id: entryIdAt(clock.startOf(day + 1)), payload: '{"transactions":[],"tickets":{}}' });
    }
    await this.count(entries);
    await this.torn.store.compact({ through: toIsoDate(through), limit: 10 });
    await this.torn.store.expire(toIsoDate(through + 1));
  }

  entryOf(instant: number, sales: readonly Sale[], tickets: Record<string, number> = {}): StreamEntry {
    const transactions = sales.map(({ day, family = 'DAIRY', units = 3, onpromotion = 0 }, row) => ({
      id: `sale ${++this.#sent}`,
      ts: clock.startOf(day) + 10 * HOUR + row,
      store_nbr: '1',
      family,
      units,
      onpromotion,
    }));
    return { id: entryIdAt(instant), payload: JSON.stringify({ transactions, tickets }) };
  }

  /** Appends entries and commits them as the aggregator does. */
  async count(entries: readonly StreamEntry[]): Promise<void> {
    const { store } = this.torn;
    await store.append(entries);
    for (;;) {
      const backlog = await store.readBacklog({ maxEntries: 300 });
      const last = backlog.entries.at(-1);
      if (!last) return;
      const { deltas, deadLetters } = aggregate(backlog.entries, this.dataset, clock);
      await store.commit({
        expectedWatermark: backlog.watermark,
        newWatermark: last.id,
        deltas,
        deadLetters,
      });
    }
  }

  /** What a nightly training run keeps of a closed day. */
  async archive(day: DayNumber): Promise<void> {
    const date = toIsoDate(day);
    const read = async (kind: BucketKind) => (await this.torn.store.readBucket(kind, date)).fields;
    const [sales, onpromotion, tickets] = [
      await read('sales_daily'),
      await read('onpromotion_daily'),
      await read('transactions_daily'),
    ];
    await this.objects.put(
      objectKeys.liveDay(LIVE_FROM, date),
      JSON.stringify({ date, sales, onpromotion, tickets }),
    );
  }

  /** Adds to a value by hand. */
  async add(kind: BucketKind, period: string, field: string, value: number): Promise<void> {
    const before = (await this.torn.store.readBucket(kind, period)).fields[field] ?? 0;
    await this.torn.setValue(kind, period, field, before + value);
  }

  reconcile(request: Partial<ReconcileRequest> = {}): Promise<PartitionReport> {
    const { store, audit } = this.torn;
    return reconcilePartition({
      partition: 0,
      store,
      audit,
      dataset: this.dataset,
      published: { dataset: this.objects, archive: this.objects },
      clock,
      owns: () => true,
      repair: false,
      since: null,
      ...request,
    });
  }
}

function historyOf(): HistoryChunk {
  const days = Array.from({ length: HISTORY_DAYS }, (_, i) => i);
  return {
    store_nbr: '1',
    first_date: toIsoDate(liveFrom - HISTORY_DAYS),
    last_date: toIsoDate(liveFrom - 1),
    tickets: days.map((day) => 40 + day),
    series: FAMILIES.map((family, i) => ({
      family,
      milli_units: days.map((day) => 1000 * (1 + ((day + i) % 5))),
      onpromotion: days.map((day) => day % 3),
    })),
  };
}
