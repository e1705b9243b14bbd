import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeliveredRow,
  type Delivery,
  type DeliveryResult,
  LONGER_MS,
} from '../../../shared/sales-store/delivery.ts';
import { compareEntryIds, type EntryId, entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import { commitDeltas, deliveredRow, entry, type MakeStore, runsOf } from './context.ts';

const DAY = 86_400_000;
const TICK = 300_000;

function delivery(rows: readonly string[], changes: Partial<Delivery> = {}): Delivery {
  return {
    key: null,
    digest: 'd1',
    note: '',
    rows: rows.map((id) => deliveredRow(id)),
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
        conflicts: [],
        note: 'said\n"so"',
      });
      expect(await store.readStream(null, 10)).toEqual([
        entry('1000-1', '{"transactions":[{"id":"a"},{"id":"b"}]}'),
        entry('1000-2', '{"transactions":[{"id":"c"}]}'),
      ]);
      expect(await store.status()).toMatchObject({
        newestEntry: '1000-2',
        waitingEntries: 2,
        waitingRows: 3,
        oldestWaiting: '1000-1',
      });
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
      const ofTwo = deliveredRow('a', { storeNbr: '2', json: '{"id":"a of 2"}' });
      const odd = deliveredRow(':é 🛒 "\n', { storeNbr: '12', json: '{"id":"odd"}' });
      const rows = [deliveredRow('a'), ofTwo, odd];
      expect(await store.ingest(delivery([], { rows }))).toMatchObject({ duplicates: [] });
      expect(await store.ingest(delivery([], { rows }))).toMatchObject({ duplicates: [0, 1, 2] });
    });

    it('takes the line of a receipt for a part of the name, whatever id and store are called', async () => {
      const store = await makeStore();
      const rows = [
        deliveredRow('a'),
        ...[0, 1, 10, 999_999].map((line) => deliveredRow('a', { line, contentHash: line })),
        // Names that would be the same were they put together without care.
        deliveredRow(':a', { line: 1 }),
        deliveredRow('1:a', { storeNbr: '1', contentHash: 1 }),
        deliveredRow('1:1:a', { contentHash: 2 }),
        deliveredRow(':1:1:a', { contentHash: 3 }),
        deliveredRow('a', { storeNbr: ':1:1', contentHash: 4 }),
        deliveredRow('a', { storeNbr: ':1', line: 1, contentHash: 5 }),
      ];
      const first = await store.ingest(delivery([], { rows }));
      expect(first).toMatchObject({ duplicates: [], conflicts: [] });
      const again = await store.ingest(delivery([], { rows: rows.toReversed() }));
      expect(again).toMatchObject({ entries: [], duplicates: rows.map((_, i) => i), conflicts: [] });
    });

    it('with a known name and another hash is a conflict, and the first one stays', async () => {
      const store = await makeStore();
      const largest = 99_999_999;
      const sent = (...hashes: number[]) =>
        delivery([], { rows: hashes.map((contentHash) => deliveredRow('a', { contentHash })) });
      expect(await store.ingest(sent(0, 1, 0, largest))).toMatchObject({
        entries: ['1000-1'],
        duplicates: [2],
        conflicts: [1, 3],
      });
      // After the first tick of a later day, as well as at the very instant.
      for (const instant of ['1000-2', `${DAY / 2}-0`] as const) {
        await store.append([entry(instant, '{"transactions":[]}')]);
        expect(await store.ingest(sent(1, largest, 0))).toMatchObject({
          entries: [],
          duplicates: [2],
          conflicts: [0, 1],
        });
      }
      const other = deliveredRow('b', { contentHash: largest });
      for (const expected of [{ duplicates: [] }, { duplicates: [0] }]) {
        expect(await store.ingest(delivery([], { rows: [other] }))).toMatchObject({
          ...expected,
          conflicts: [],
        });
      }
      expect(await idsInStream(store)).toEqual(['a', 'b']);
    });

    it('keeps hashes of all sizes exact at any time until 2109', async () => {
      const store = await makeStore();
      const hashes = [0, 1, 2, 49_999_999, 50_000_000, 99_999_998, 99_999_999];
      const instants = [0, 1, 100_000, 100_001, Date.UTC(2026, 10, 30, 7, 5), 2 ** 41 - 1, 2 ** 42 - 200_000];
      const sent = (shift: number, notBefore: number) =>
        delivery([], {
          notBefore,
          rows: hashes.map((contentHash, i) =>
            deliveredRow(`${notBefore}/${i}`, { contentHash: (contentHash + shift) % 1e8 }),
          ),
        });
      const all = hashes.map((_, i) => i);
      for (const instant of instants) {
        expect(await store.ingest(sent(0, instant))).toMatchObject({ duplicates: [], conflicts: [] });
        expect(await store.ingest(sent(0, instant))).toMatchObject({ duplicates: all, conflicts: [] });
        expect(await store.ingest(sent(1, instant))).toMatchObject({ duplicates: [], conflicts: all });
      }
    });

    it('says its conflicts again when it comes again under its key', async () => {
      const store = await makeStore();
      await store.ingest(delivery(['a']));
      const rows = [deliveredRow('b'), deliveredRow('a', { contentHash: 8 }), deliveredRow('a')];
      const first = await store.ingest(delivery([], { rows, key: 'k', note: '2;3' }));
      expect(first).toMatchObject({ duplicates: [2], conflicts: [1], note: '2;3' });
      expect(await store.ingest(delivery([], { rows, key: 'k' }))).toEqual({ ...first, outcome: 'repeated' });
      const refused = [deliveredRow('a', { contentHash: 9 })];
      const none = await store.ingest(delivery([], { rows: refused, key: 'k 2' }));
      expect(none).toMatchObject({ entries: [], duplicates: [], conflicts: [0] });
      expect(await store.ingest(delivery([], { rows: refused, key: 'k 2' }))).toEqual({
        ...none,
        outcome: 'repeated',
      });
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
      const keyFree = { key: 'k', digest: 'd2', notBefore: 11 * DAY + 1 };
      expect(await store.ingest(delivery(['c'], keyFree))).toMatchObject({
        outcome: 'taken',
        duplicates: [],
      });
      const after = { notBefore: 11 * DAY + 1 + LONGER_MS };
      const changed = deliveredRow('a', { contentHash: 8 });
      expect(await store.ingest(delivery([], { rows: [changed], ...after }))).toMatchObject({
        duplicates: [],
        conflicts: [],
      });
      expect(await store.ingest(delivery(['b', 'a'], after))).toMatchObject({
        duplicates: [],
        conflicts: [1],
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
          const keyed = new Map<string, { readonly text: string; readonly result: DeliveryResult }>();
          /** What was taken in, by name. */
          const taken = new Map<string, DeliveredRow>();
          for (const next of actions) {
            if ('ticks' in next) {
              const from = next.again ? Math.max(1, tick - 2) : tick + 1;
              tick = Math.max(tick, from + next.ticks - 1);
              const batch = Array.from({ length: tick - from + 1 }, (_, i) => tickEntry(from + i));
              expect((await store.append(batch)).conflicts).toEqual([]);
              continue;
            }
            const { key, rowsPerEntry } = next;
            const rows = next.rows.map((sent) => deliveredRow(sent.id, { ...sent, json: textOf(sent) }));
            const text = rows.map(({ json }) => json).join();
            const request = delivery([], { key, rows, digest: digestOf(text), notBefore: 0, rowsPerEntry });
            const result = await store.ingest(request);
            const earlier = key === null ? undefined : keyed.get(key);
            if (earlier) {
              const same = earlier.text === text;
              expect(result).toEqual(
                same ? { ...earlier.result, outcome: 'repeated' } : { outcome: 'key-conflict' },
              );
              continue;
            }
            const duplicates: number[] = [];
            const conflicts: number[] = [];
            rows.forEach((row, place) => {
              const name = JSON.stringify([row.id, row.line]);
              const held = taken.get(name);
              if (!held) taken.set(name, row);
              else (held.contentHash === row.contentHash ? duplicates : conflicts).push(place);
            });
            expect(result).toMatchObject({ outcome: 'taken', duplicates, conflicts });
            if (key !== null) keyed.set(key, { text, result });
          }
          const entries = await store.readStream(null, 1000);
          const ticks = Array.from({ length: tick }, (_, i) => tickEntry(i + 1).id);
          expect(entries.map(({ id }) => id).filter((id) => id.endsWith('-0'))).toEqual(ticks);
          expect(entries.map(({ id }) => id)).toEqual(
            entries.map(({ id }) => id).sort((a: EntryId, b: EntryId) => compareEntryIds(a, b)),
          );
          const held = entries.flatMap(({ payload }) =>
            (JSON.parse(payload) as { transactions: unknown[] }).transactions.map(textOf),
          );
          expect(held.sort()).toEqual(Array.from(taken.values(), ({ json }) => json).sort());
        }),
        { numRuns: runsOf(share) },
      );
    });
  });
}

const action = fc.oneof(
  fc.record({ ticks: fc.integer({ min: 1, max: 3 }), again: fc.boolean() }),
  fc.record({
    rows: fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        line: fc.constantFrom(null, null, 0, 1),
        contentHash: fc.constantFrom(0, 0, 0, 1),
      }),
      { maxLength: 5 },
    ),
    key: fc.constantFrom(null, null, 'k1', 'k2', 'k3'),
    rowsPerEntry: fc.integer({ min: 1, max: 3 }),
  }),
);

function tickEntry(n: number) {
  return entry(entryIdAt(n * TICK), '{"transactions":[]}');
}

/** Hexadecimal, as a digest is. */
function digestOf(text: string): string {
  return Array.from(text, (character) => character.charCodeAt(0).toString(16)).join('');
}

const textOf = (row: unknown) => JSON.stringify(row);
