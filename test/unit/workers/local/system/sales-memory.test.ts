import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EntryId } from '../../../../../shared/sales-store/entry-id.ts';
import { mergeStatus } from '../../../../../shared/sales-store/partitioned/partitioned-status.ts';
import type { StoreStatus } from '../../../../../shared/sales-store/sales-store.ts';
import {
  describeLoss,
  readSalesMemory,
  rememberSales,
} from '../../../../../workers/local/system/sales-memory.ts';

const NOON = Date.parse('2026-11-30T12:00:00Z');
const EMPTY: StoreStatus = {
  ...{
    watermark: null,
    newestEntry: null,
    waitingEntries: 0,
    waitingRows: 0,
    oldestWaiting: null,
    deadLetters: 0,
    liveFrom: null,
  },
  ...{ storeCount: null, importedStores: [], compactedThrough: null, partition: null },
};

const statusOf = (...partitions: (Partial<StoreStatus> | null)[]) =>
  mergeStatus(
    partitions.map((own, index) =>
      own === null
        ? { index, status: null, error: new Error('away') }
        : { index, status: { ...EMPTY, ...own }, error: null },
    ),
  );
const at = (minutes: number): EntryId => `${NOON + minutes * 60_000}-0`;
const open = (counted: number, newest = counted) => ({
  ...{ liveFrom: '2026-11-01', storeCount: 2, watermark: at(counted), newestEntry: at(newest) },
});

async function memoryOf(...status: Parameters<typeof statusOf>) {
  const directory = await mkdtemp(join(tmpdir(), 'memory-'));
  await rememberSales(directory, statusOf(...status));
  return { directory, memory: await readSalesMemory(directory) };
}

it('a store that has what it had, or more, has lost nothing', async () => {
  const { memory } = await memoryOf(open(0, 5));
  for (const now of [open(0, 5), open(5), open(10)]) {
    expect(memory && describeLoss(memory, statusOf(now))).toBeNull();
  }
});

it('an empty store has lost everything that was counted or waiting', async () => {
  const { memory } = await memoryOf(open(0, 5));
  expect(memory && describeLoss(memory, statusOf({}))).toBe(
    'The sales store is empty. Gone are sales after 2026-11-01 to 2026-11-30T12:05:00.000Z.',
  );
});

it('an older copy of a partition has lost what came after it', async () => {
  const { memory } = await memoryOf(open(30), open(20));
  expect(memory && describeLoss(memory, statusOf(open(30), open(10)))).toBe(
    'The sales store is not the one that was here, or an older copy of it. Gone are partition 1: sales after ' +
      '2026-11-30T12:10:00.000Z to 2026-11-30T12:20:00.000Z.',
  );
});

it('is not noted while a partition does not answer, nor before live sales begin', async () => {
  const { directory, memory } = await memoryOf(open(30), open(20));
  await rememberSales(directory, statusOf(open(40), null));
  expect(await readSalesMemory(directory)).toEqual(memory);
  expect((await memoryOf({})).memory).toBeNull();
});

it('takes a damaged note for none', async () => {
  const { directory } = await memoryOf(open(0));
  await writeFile(join(directory, 'sales-store.json'), '{"liveFrom"');
  expect(await readSalesMemory(directory)).toBeNull();
});
