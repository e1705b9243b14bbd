import type { DeliveredRow } from '../../../shared/sales-store/delivery.ts';
import type { EntryId } from '../../../shared/sales-store/entry-id.ts';
import type {
  BucketDelta,
  BucketKind,
  CommitOutcome,
  SalesStore,
  StreamEntry,
} from '../../../shared/sales-store/sales-store.ts';
import type { HistoryChunk } from '../../../shared/schemas/history-chunk.ts';

const RUNS = 60;

/**
 * Random cases to try of a property: a share of all where every step is many calls; all of them in
 * `npm run test:extended`.
 */
export function runsOf(share: number): number {
  return process.env.ALL_RUNS === '1' ? RUNS : Math.ceil(RUNS * share);
}

/** Makes an empty store that shares nothing with any other. */
export type MakeStore = () => Promise<SalesStore>;

export function entry(id: EntryId, payload = `payload of ${id}`): StreamEntry {
  return { id, payload };
}

export function delta(kind: BucketKind, period: string, field: string, value: number): BucketDelta {
  return { kind, period, field, value };
}

/** A transaction without a line, as a delivery hands it to the store. */
export function deliveredRow(id: string, changes: Partial<DeliveredRow> = {}): DeliveredRow {
  return { storeNbr: '1', id, line: null, contentHash: 7, json: JSON.stringify({ id }), ...changes };
}

/** Commits deltas on top of whatever the watermark is. */
export async function commitDeltas(
  store: SalesStore,
  newWatermark: EntryId,
  deltas: readonly BucketDelta[],
): Promise<CommitOutcome> {
  const { watermark } = await store.status();
  return store.commit({ expectedWatermark: watermark, newWatermark, deltas, deadLetters: [] });
}

/** Four days, Thursday 2026-01-01 to Sunday 2026-01-04, before a store that is live from Monday 2026-01-05. */
export function smallHistory(storeNbr = 1): HistoryChunk {
  return {
    store_nbr: String(storeNbr),
    first_date: '2026-01-01',
    last_date: '2026-01-04',
    tickets: [100, 101, -1, 103],
    series: [
      { family: 'DAIRY', milli_units: [-1, 2000, 0, 4500], onpromotion: [0, 1, 0, 3] },
      { family: 'BREAD/BAKERY', milli_units: [10, 20, 30, 40], onpromotion: [0, 0, 0, 0] },
    ],
  };
}

/** A store that is live from 2026-01-05, with `smallHistory` of store 1 imported. */
export async function openedStore(makeStore: MakeStore): Promise<SalesStore> {
  const store = await makeStore();
  await store.openHistory({ liveFrom: '2026-01-05', storeCount: 1, openingBalances: [] });
  await store.importHistory(smallHistory());
  return store;
}
