import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EntryId } from '../../../../../shared/sales-store/entry-id.ts';
import {
  describeLoss,
  readSalesMemory,
  rememberSales,
  type SalesProgress,
} from '../../../../../workers/local/system/sales-memory.ts';

const NOON = Date.parse('2026-11-30T12:00:00Z');

/** A store of these partitions; null for one that does not answer, nothing in one that is empty. */
const progressOf = (
  ...partitions: (ReturnType<typeof open> | Record<string, never> | null)[]
): SalesProgress => ({
  liveFrom: partitions.some((own) => own?.watermark) ? '2026-11-01' : null,
  partitions: partitions.map((own) => ({
    status: own && {
      watermark: own.watermark ?? null,
      newestEntry: own.newestEntry ?? null,
      identity: own.identity ?? null,
    },
  })),
});
const at = (minutes: number): EntryId => `${NOON + minutes * 60_000}-0`;
const open = (counted: number, newest = counted, identity = 'a') => ({
  watermark: at(counted),
  newestEntry: at(newest),
  identity,
});

async function memoryOf(...partitions: Parameters<typeof progressOf>) {
  const directory = await mkdtemp(join(tmpdir(), 'memory-'));
  await rememberSales(directory, progressOf(...partitions));
  return { directory, memory: await readSalesMemory(directory) };
}

it('a store that has what it had, or more, has lost nothing', async () => {
  const { memory } = await memoryOf(open(0, 5));
  for (const now of [open(0, 5), open(5), open(10)]) {
    expect(memory && describeLoss(memory, progressOf(now))).toBeNull();
  }
});

it('an empty store has lost everything that was counted or waiting', async () => {
  const { memory } = await memoryOf(open(0, 5));
  expect(memory && describeLoss(memory, progressOf({}))).toBe(
    'The sales store is empty. Gone are sales after 2026-11-01 to 2026-11-30T12:05:00.000Z.',
  );
});

it('an older copy of a partition has lost what came after it', async () => {
  const { memory } = await memoryOf(open(30), open(20));
  expect(memory && describeLoss(memory, progressOf(open(30), open(10)))).toBe(
    'The sales store is not the one that was here, or an older copy of it. Gone are partition 1: sales after ' +
      '2026-11-30T12:10:00.000Z to 2026-11-30T12:20:00.000Z.',
  );
});

it('another store in its place has lost everything, however far it has come', async () => {
  const { directory, memory } = await memoryOf(open(30));
  expect(memory && describeLoss(memory, progressOf(open(60, 60, 'b')))).toBe(
    'The sales store is not the one that was here, or an older copy of it. Gone are sales after 2026-11-01 to ' +
      '2026-11-30T12:30:00.000Z.',
  );
  const { identities, ...earlier } = memory ?? {};
  expect(identities).toEqual(['a']);
  await writeFile(join(directory, 'sales-store.json'), JSON.stringify(earlier));
  const old = await readSalesMemory(directory);
  expect(old && describeLoss(old, progressOf(open(60, 60, 'b')))).toBeNull();
});

it('is not noted while a partition does not answer, nor before live sales begin', async () => {
  const { directory, memory } = await memoryOf(open(30), open(20));
  await rememberSales(directory, progressOf(open(40), null));
  expect(await readSalesMemory(directory)).toEqual(memory);
  expect((await memoryOf({})).memory).toBeNull();
});

it('takes a damaged note for none', async () => {
  const { directory } = await memoryOf(open(0));
  await writeFile(join(directory, 'sales-store.json'), '{"liveFrom"');
  expect(await readSalesMemory(directory)).toBeNull();
});
