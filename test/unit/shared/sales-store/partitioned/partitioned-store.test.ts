import { describe, expect, it } from 'vitest';
import {
  forEachPartition,
  PartitionFailure,
} from '../../../../../shared/sales-store/partitioned/for-each-partition.ts';
import {
  mergeStatus,
  oldestNewestEntry,
  slowestWatermark,
} from '../../../../../shared/sales-store/partitioned/partitioned-status.ts';
import { mergeBuckets, sumFields } from '../../../../../shared/sales-store/partitioned/partitioned-store.ts';
import type { StoreStatus } from '../../../../../shared/sales-store/sales-store.ts';

function status(index: number, changes: Partial<StoreStatus>): StoreStatus {
  return {
    watermark: '20-0',
    newestEntry: '20-0',
    waitingEntries: 0,
    waitingRows: 0,
    oldestWaiting: null,
    deadLetters: 1,
    identity: null,
    liveFrom: '2026-01-05',
    storeCount: 2,
    importedStores: [String(index + 10), String(index + 1)],
    compactedThrough: '2026-01-09',
    partition: { index, count: 3 },
    ...changes,
  };
}

const answer = (index: number, changes: Partial<StoreStatus> = {}) =>
  ({ index, status: status(index, changes), error: null }) as const;

describe('the status of a divided store', () => {
  it('has the newest watermark, the oldest compaction, and the counts of all', () => {
    const merged = mergeStatus([
      answer(0, { watermark: '3-0', newestEntry: '100-0', waitingEntries: 4 }),
      answer(1, { compactedThrough: '2026-01-07' }),
      answer(2),
    ]);
    expect(merged).toMatchObject({
      watermark: '20-0',
      newestEntry: '100-0',
      waitingEntries: 4,
      deadLetters: 3,
      storeCount: 6,
      importedStores: ['1', '2', '3', '10', '11', '12'],
      compactedThrough: '2026-01-07',
      partition: null,
    });
    expect(slowestWatermark(merged)).toBe('3-0');
    expect(oldestNewestEntry(merged)).toBe('20-0');
  });

  it('is not compacted while any partition still imports, but does not wait for one without stores', () => {
    const importing = answer(1, { compactedThrough: null, importedStores: [] });
    const bare = answer(2, { compactedThrough: null, storeCount: 0, importedStores: [] });
    expect(mergeStatus([answer(0), importing, answer(2)]).compactedThrough).toBeNull();
    expect(mergeStatus([answer(0), answer(1), bare]).compactedThrough).toBe('2026-01-09');
    expect(mergeStatus([bare]).compactedThrough).toBeNull();
  });

  it('is given for those that answer; how far all have come is not known then', () => {
    const error = new Error('partition 1 is away');
    const merged = mergeStatus([answer(0), { index: 1, status: null, error }, answer(2)]);
    expect(merged).toMatchObject({ deadLetters: 2, compactedThrough: '2026-01-09' });
    expect(merged.partitions[1]).toMatchObject({ status: null, error });
    expect(() => slowestWatermark(merged)).toThrow(error);
    expect(oldestNewestEntry(merged)).toBeNull();
    expect(() => mergeStatus([{ index: 0, status: null, error }])).toThrow(error);
  });

  it('knows no slowest watermark while a partition has counted nothing', () => {
    expect(slowestWatermark(mergeStatus([answer(0), answer(1, { watermark: null })]))).toBeNull();
    const bare = answer(2, { watermark: null, newestEntry: null, storeCount: 0 });
    expect(slowestWatermark(mergeStatus([answer(0), answer(1, { watermark: '7-0' }), bare]))).toBe('7-0');
    expect(slowestWatermark(mergeStatus([bare]))).toBeNull();
    expect(slowestWatermark(status(0, {}))).toBe('20-0');
  });
});

describe('a bucket of a divided store', () => {
  it('adds up the slots that several partitions have', () => {
    const part = (watermark: '1-0' | null, fields: Record<string, number>) =>
      ({ kind: 'sales_intraday', period: '2026-01-05', watermark, fields }) as const;
    expect(mergeBuckets([part(null, { '001': 5, '002': 1 }), part('1-0', { '002': 2, '003': 4 })])).toEqual(
      part('1-0', { '001': 5, '002': 3, '003': 4 }),
    );
    expect(
      sumFields([
        [null, 1, null],
        [null, 2, 0],
      ]),
    ).toEqual([null, 3, 0]);
  });
});

describe('work on every partition', () => {
  const partitions = [0, 1, 2].map((index) => ({ index, count: 3 }));
  const add = (reports: readonly number[]) => reports.reduce((sum, one) => sum + one, 0);

  it('goes on although one fails, and tells which and what the others did', async () => {
    const done: number[] = [];
    const work = forEachPartition(
      partitions,
      async ({ index }) => {
        if (index === 1) throw new Error('no answer');
        done.push(index);
        return 10;
      },
      add,
    );
    const failure: unknown = await work.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartitionFailure);
    expect(failure).toMatchObject({
      message: '1 of 3 partitions failed: partition 1: Error: no answer',
      report: 20,
    });
    expect(done).toEqual([0, 2]);
  });

  it('of an undivided store fails as it would without partitions', async () => {
    const error = new Error('no answer');
    const work = forEachPartition([{ index: 0, count: 1 }], () => Promise.reject(error), add);
    await expect(work).rejects.toBe(error);
  });
});
