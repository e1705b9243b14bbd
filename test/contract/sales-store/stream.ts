import { describe, expect, it } from 'vitest';
import type { EntryId } from '../../../shared/sales-store/entry-id.ts';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { commitDeltas, entry, type MakeStore } from './context.ts';

/** Counts `rows` rows up to an entry. */
const countRows = async (store: SalesStore, newWatermark: EntryId, rows: number) =>
  store.commit({
    expectedWatermark: (await store.status()).watermark,
    newWatermark,
    deltas: [],
    deadLetters: [],
    rows,
  });

export function describeStream(makeStore: MakeStore): void {
  describe('the stream', () => {
    it('is empty at first', async () => {
      const store = await makeStore();
      expect(await store.readBacklog({ maxEntries: 10 })).toEqual({
        watermark: null,
        entries: [],
        more: false,
      });
      expect(await store.status()).toEqual({
        watermark: null,
        newestEntry: null,
        waitingEntries: 0,
        waitingRows: 0,
        oldestWaiting: null,
        deadLetters: 0,
        identity: null,
        liveFrom: null,
        storeCount: null,
        importedStores: [],
        compactedThrough: null,
        partition: null,
      });
    });

    it('takes entries and gives them back in order, unchanged', async () => {
      const store = await makeStore();
      const payload = JSON.stringify({ quote: '"', line: '\n', accent: 'é', emoji: '🛒', zero: '\\u0000' });
      const entries = [entry('1000-0', payload), entry('1000-1', ''), entry('2000-0')];
      expect(await store.append(entries)).toEqual({
        appended: ['1000-0', '1000-1', '2000-0'],
        duplicates: [],
        conflicts: [],
      });
      expect(await store.readStream(null, 10)).toEqual(entries);
      expect(await store.readStream('1000-0', 1)).toEqual([entry('1000-1', '')]);
    });

    it('orders ids by their numbers, not by their letters', async () => {
      const store = await makeStore();
      const ids = ['999-0', '1000-2', '1000-10', '1001-0'] as const;
      await store.append(ids.map((id) => entry(id)));
      expect((await store.readStream(null, 10)).map(({ id }) => id)).toEqual(ids);
    });

    it('takes a second delivery of the same entry for a duplicate', async () => {
      const store = await makeStore();
      await store.append([entry('1000-0'), entry('2000-0')]);
      expect(await store.append([entry('1000-0'), entry('2000-0'), entry('3000-0')])).toEqual({
        appended: ['3000-0'],
        duplicates: ['1000-0', '2000-0'],
        conflicts: [],
      });
      expect(await store.readStream(null, 10)).toHaveLength(3);
    });

    it('refuses another payload under a taken id and keeps the first', async () => {
      const store = await makeStore();
      await store.append([entry('1000-0', 'first')]);
      expect(await store.append([entry('1000-0', 'second')])).toEqual({
        appended: [],
        duplicates: [],
        conflicts: ['1000-0'],
      });
      expect(await store.readStream(null, 10)).toEqual([entry('1000-0', 'first')]);
    });

    it('refuses an entry below the newest, which no aggregator might read any more', async () => {
      const store = await makeStore();
      await store.append([entry('2000-0')]);
      expect((await store.append([entry('1999-5'), entry('2000-1')])).conflicts).toEqual(['1999-5']);
      expect((await store.readStream(null, 10)).map(({ id }) => id)).toEqual(['2000-0', '2000-1']);
    });

    it('refuses an id that is not one, and takes nothing of that call', async () => {
      const store = await makeStore();
      const bad = entry('soon-0' as '0-0');
      await expect(store.append([entry('1000-0'), bad])).rejects.toThrow('"soon-0" is not an entry id');
      expect(await store.readStream(null, 10)).toEqual([]);
    });

    it('limits a backlog and says that more follows', async () => {
      const store = await makeStore();
      await store.append([entry('1-0'), entry('2-0'), entry('3-0')]);
      const first = await store.readBacklog({ maxEntries: 2 });
      expect(first.entries.map(({ id }) => id)).toEqual(['1-0', '2-0']);
      expect(first.more).toBe(true);
      expect(await store.readBacklog({ maxEntries: 3 })).toMatchObject({ more: false });
    });

    it('counts only entries above the watermark as waiting', async () => {
      const store = await makeStore();
      await store.append([entry('1-0'), entry('2-0'), entry('3-0')]);
      await commitDeltas(store, '2-0', []);
      expect(await store.readBacklog({ maxEntries: 10 })).toEqual({
        watermark: '2-0',
        entries: [entry('3-0')],
        more: false,
      });
      expect(await store.status()).toMatchObject({
        watermark: '2-0',
        newestEntry: '3-0',
        waitingEntries: 1,
      });
    });

    it('tells the rows that wait and the oldest entry that does', async () => {
      const store = await makeStore();
      await store.append([
        { ...entry('1-0'), rows: 50 },
        { ...entry('2-0'), rows: 7 },
      ]);
      await store.append([{ ...entry('2-0'), rows: 7 }]);
      await store.append([{ ...entry('3-0'), rows: 3 }]);
      expect(await store.status()).toMatchObject({
        waitingEntries: 3,
        waitingRows: 60,
        oldestWaiting: '1-0',
      });
      await countRows(store, '2-0', 57);
      expect(await store.status()).toMatchObject({
        waitingEntries: 1,
        waitingRows: 3,
        oldestWaiting: '3-0',
      });
      await countRows(store, '3-0', 3);
      expect(await store.status()).toMatchObject({
        waitingEntries: 0,
        waitingRows: 0,
        oldestWaiting: null,
      });
      await store.append([{ ...entry('9-0'), rows: 5 }]);
      expect(await store.status()).toMatchObject({ waitingRows: 5, oldestWaiting: '9-0' });
    });

    it('no row waits once no entry does, whatever was said of the rows', async () => {
      const store = await makeStore();
      await store.append([{ ...entry('1-0'), rows: 50 }, entry('2-0')]);
      await countRows(store, '2-0', 4);
      expect(await store.status()).toMatchObject({ waitingEntries: 0, waitingRows: 0 });
      await store.append([{ ...entry('3-0'), rows: 2 }]);
      expect(await store.status()).toMatchObject({ waitingEntries: 1, waitingRows: 2 });
      await countRows(store, '3-0', 900);
      await store.append([{ ...entry('4-0'), rows: 6 }]);
      expect(await store.status()).toMatchObject({ waitingEntries: 1, waitingRows: 6 });
    });
  });
}
