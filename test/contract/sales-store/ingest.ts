import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, DeliveryResult } from '../../../shared/sales-store/delivery.ts';
import { compareEntryIds, type EntryId, entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { commitDeltas, entry, type MakeStore, runsOf } from './context.ts';

const DAY = 86_400_000;
const TICK = 300_000;

function delivery(rows: readonly string[], changes: Partial<Delivery> = {}): Delivery {
  return {
    key: null,
    digest: 'd1',
    note: '',
    rows: rows.map((id) => ({ storeNbr: '1', id, json: JSON.stringify({ id }) })),
    notBefore: 1000,
    rememberMs: DAY,
    rowsPerEntry: 100,
    ...changes,
  };
}

function idsIn(payload: string): string[] {
  return (JSON.parse(payload) as { transactions: { id: string }[] }).transactions.map(({ id }) => id);
}

async function idsInStream(store: SalesStore): Promise<string[]> {
  return (await store.readStream(null, 1000)).flatMap(({ payload }) => idsIn(payload));
}

/** @param share of the random cases to try, for a store whose every step is many calls. */
export function describeIngest(makeStore: MakeStore, share = 1): void {
  describe('a delivery', () => {
    it('becomes entries of bounded size after the first place of its instant', async () => {
      const store = await makeStore();
      const result = await store.ingest(delivery(['a', 'b', 'c'], { rowsPerEntry: 2, note: 'said\n"so"' }));
      expect(result).toEqual({
        outcome: 'taken',
        instant: 1000,
        entries: ['1000-1', '1000-2'],
        duplicates: [],
        note: 'said\n"so"',
      });
      expect(await store.readStream(null, 10)).toEqual([
        entry('1000-1', '{"transactions":[{"id":"a"},{"id":"b"}]}'),
        entry('1000-2', '{"transactions":[{"id":"c"}]}'),
      ]);
      expect(await store.status()).toMatchObject({ newestEntry: '1000-2', waitingEntries: 2 });
    });

    it('lies at the newest entry where that is later, and leaves room for every tick after it', async () => {
      const store = await makeStore();
      await store.append([entry('600000-0')]);
      expect(await store.ingest(delivery(['a'], { notBefore: 1000 }))).toMatchObject({
        entries: ['600000-1'],
      });
      expect(await store.append([entry('600000-0'), entry('900000-0')])).toEqual({
        appended: ['900000-0'],
        duplicates: ['600000-0'],
        conflicts: [],
      });
      expect(await store.ingest(delivery(['b']))).toMatchObject({ entries: ['900000-1'] });
      expect(await store.ingest(delivery(['c']))).toMatchObject({ entries: ['900000-2'] });
      expect(await store.ingest(delivery(['d'], { notBefore: 901_000 }))).toMatchObject({
        entries: ['901000-1'],
      });
    });

    it('never lies at or below the watermark, though the stream be empty', async () => {
      const store = await makeStore();
      await commitDeltas(store, '5000-7', []);
      expect(await store.ingest(delivery(['a']))).toMatchObject({ entries: ['5000-8'] });
      expect(await store.readBacklog({ maxEntries: 5 })).toMatchObject({ entries: [{ id: '5000-8' }] });
    });

    it('that comes again without a key takes in only what is new', async () => {
      const store = await makeStore();
      await store.ingest(delivery(['a', 'b']));
      expect(await store.ingest(delivery(['b', 'c', 'a', 'c']))).toMatchObject({
        outcome: 'taken',
        duplicates: [0, 2, 3],
        entries: ['1000-2'],
      });
      expect(await idsInStream(store)).toEqual(['a', 'b', 'c']);
      expect(await store.ingest(delivery(['c']))).toMatchObject({ entries: [], duplicates: [0] });
    });

    it('names its transactions within their stores', async () => {
      const store = await makeStore();
      const [a] = delivery(['a']).rows;
      const ofTwo = { storeNbr: '2', id: 'a', json: '{"id":"a of 2"}' };
      const odd = { storeNbr: '12', id: ':é 🛒 "\n', json: '{"id":"odd"}' };
      const rows = a ? [a, ofTwo, odd] : [];
      expect(await store.ingest(delivery([], { rows }))).toMatchObject({ duplicates: [] });
      expect(await store.ingest(delivery([], { rows }))).toMatchObject({ duplicates: [0, 1, 2] });
    });

    it('that comes again under its key is answered as it was, whatever has happened since', async () => {
      const store = await makeStore();
      await store.ingest(delivery(['b']));
      const first = await store.ingest(delivery(['a', 'b'], { key: 'k 1', note: 'one' }));
      expect(first).toMatchObject({ outcome: 'taken', duplicates: [1], entries: ['1000-2'] });
      await store.append([entry('2000-0')]);
      await store.ingest(delivery(['c']));
      expect(await store.ingest(delivery(['a', 'b'], { key: 'k 1', note: 'two' }))).toEqual({
        ...first,
        outcome: 'repeated',
      });
      const nothing = await store.ingest(delivery([], { key: 'k 2' }));
      expect(nothing).toMatchObject({ outcome: 'taken', entries: [], duplicates: [] });
      expect(await store.ingest(delivery([], { key: 'k 2' }))).toEqual({ ...nothing, outcome: 'repeated' });
    });

    it('under a taken key with another content is refused, and changes nothing', async () => {
      const store = await makeStore();
      await store.ingest(delivery(['a'], { key: 'k' }));
      expect(await store.ingest(delivery(['b'], { key: 'k', digest: 'd2' }))).toEqual({
        outcome: 'key-conflict',
      });
      expect(await store.readStream(null, 10)).toHaveLength(1);
      expect(await store.ingest(delivery(['b'], { digest: 'd2' }))).toMatchObject({ duplicates: [] });
    });

    it('is forgotten, keys and ids, once the time to remember them has passed, and not before', async () => {
      const store = await makeStore();
      await store.ingest(delivery(['a', 'b'], { key: 'k', notBefore: 10 * DAY }));
      const last = { notBefore: 11 * DAY };
      expect(await store.ingest(delivery(['a', 'b'], { key: 'k', ...last }))).toMatchObject({
        outcome: 'repeated',
      });
      expect(await store.ingest(delivery(['a'], last))).toMatchObject({ duplicates: [0] });
      const after = { notBefore: 11 * DAY + 1 };
      expect(await store.ingest(delivery(['a'], after))).toMatchObject({ duplicates: [] });
      expect(await store.ingest(delivery(['a', 'b'], { key: 'k', digest: 'd2', ...after }))).toMatchObject({
        outcome: 'taken',
        duplicates: [0],
      });
    });

    it('of 5,000 rows is taken in whole and in order', async () => {
      const store = await makeStore();
      const ids = Array.from({ length: 5000 }, (_, i) => `${i}`.padStart(120, 'x'));
      const result = await store.ingest(delivery(ids, { rowsPerEntry: 250 }));
      expect(result).toMatchObject({ outcome: 'taken', duplicates: [] });
      expect(await idsInStream(store)).toEqual(ids);
      const again = await store.ingest(delivery(ids, { rowsPerEntry: 250, key: 'k' }));
      expect(again).toMatchObject({ entries: [], duplicates: ids.map((_, i) => i) });
    });
  });

  describe('a backlog', () => {
    it('is limited by the length of its payloads too, but never to nothing', async () => {
      const store = await makeStore();
      await store.append([
        entry('1-0', 'x'.repeat(60)),
        entry('2-0', 'x'.repeat(60)),
        entry('3-0', 'x'.repeat(60)),
      ]);
      const short = await store.readBacklog({ maxEntries: 10, maxCharacters: 150 });
      expect(short.entries.map(({ id }) => id)).toEqual(['1-0', '2-0']);
      expect(short.more).toBe(true);
      expect((await store.readBacklog({ maxEntries: 10, maxCharacters: 1 })).entries).toHaveLength(1);
    });
  });

  describe('the stream', () => {
    it('has every tick and every delivered transaction once, whatever is repeated and in whatever order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), async (actions) => {
          const store = await makeStore();
          let tick = 0;
          const keyed = new Map<string, { readonly ids: string; readonly result: DeliveryResult }>();
          const taken = new Set<string>();
          for (const next of actions) {
            if ('ticks' in next) {
              const from = next.again ? Math.max(1, tick - 2) : tick + 1;
              tick = Math.max(tick, from + next.ticks - 1);
              const batch = Array.from({ length: tick - from + 1 }, (_, i) => tickEntry(from + i));
              expect((await store.append(batch)).conflicts).toEqual([]);
              continue;
            }
            const { ids, key, rowsPerEntry } = next;
            const request = delivery(ids, { key, digest: digestOf(ids), notBefore: 0, rowsPerEntry });
            const result = await store.ingest(request);
            const earlier = key === null ? undefined : keyed.get(key);
            if (earlier) {
              const same = earlier.ids === ids.join();
              expect(result).toEqual(
                same ? { ...earlier.result, outcome: 'repeated' } : { outcome: 'key-conflict' },
              );
              continue;
            }
            const expected = ids.flatMap((id, place) => {
              if (taken.has(id)) return [place];
              taken.add(id);
              return [];
            });
            expect(result).toMatchObject({ outcome: 'taken', duplicates: expected });
            if (key !== null) keyed.set(key, { ids: ids.join(), result });
          }
          const entries = await store.readStream(null, 1000);
          const ticks = Array.from({ length: tick }, (_, i) => tickEntry(i + 1).id);
          expect(entries.map(({ id }) => id).filter((id) => id.endsWith('-0'))).toEqual(ticks);
          expect(entries.map(({ id }) => id)).toEqual(
            entries.map(({ id }) => id).sort((a: EntryId, b: EntryId) => compareEntryIds(a, b)),
          );
          expect(entries.flatMap(({ payload }) => idsIn(payload)).sort()).toEqual([...taken].sort());
        }),
        { numRuns: runsOf(share) },
      );
    });
  });
}

const action = fc.oneof(
  fc.record({ ticks: fc.integer({ min: 1, max: 3 }), again: fc.boolean() }),
  fc.record({
    ids: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 5 }),
    key: fc.constantFrom(null, null, 'k1', 'k2', 'k3'),
    rowsPerEntry: fc.integer({ min: 1, max: 3 }),
  }),
);

function tickEntry(n: number) {
  return entry(entryIdAt(n * TICK), '{"transactions":[]}');
}

/** Hexadecimal, as a digest is. */
function digestOf(ids: readonly string[]): string {
  return ids.map((id) => id.charCodeAt(0).toString(16)).join('');
}
