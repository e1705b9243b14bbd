import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import type {
  AggregationCommit,
  BucketDelta,
  SalesStore,
  StreamEntry,
} from '../../../shared/sales-store/sales-store.ts';
import { delta, entry, type MakeStore, runsOf } from './context.ts';

const OPENING = [
  delta('sales_weekly', '2026-W02', '1:DAIRY', 400),
  delta('sales_monthly', '2026-01', '2:EGGS', 7),
];
const BUCKETS = [
  ['sales_daily', '2026-01-05'],
  ['sales_daily', '2026-01-06'],
  ['sales_weekly', '2026-W02'],
  ['sales_monthly', '2026-01'],
  ['onpromotion_daily', '2026-01-05'],
] as const;

type Action =
  /** Delivers a batch, and delivers it again. */
  | { readonly deliver: readonly BucketDelta[]; readonly again: boolean }
  /** One of two aggregators reads; what it read it may commit much later. */
  | { readonly read: 0 | 1; readonly limit: number }
  /** An aggregator commits what it read last, perhaps twice, perhaps with the first answer lost. */
  | { readonly commit: 0 | 1; readonly twice: boolean };

const who = fc.constantFrom(0 as const, 1 as const);
const anyDelta = fc
  .record({
    bucket: fc.constantFrom(...BUCKETS),
    field: fc.constantFrom('1:DAIRY', '2:EGGS', '10:DAIRY'),
    value: fc.nat(5000),
  })
  .map(({ bucket: [kind, period], field, value }) => delta(kind, period, field, value));
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ deliver: fc.array(anyDelta, { maxLength: 4 }), again: fc.boolean() }),
  fc.record({ read: who, limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ commit: who, twice: fc.boolean() }),
);

async function readCommit(store: SalesStore, limit: number): Promise<AggregationCommit | null> {
  const { watermark, entries } = await store.readBacklog({ maxEntries: limit });
  const last = entries.at(-1);
  if (!last) return null;
  const deltas = entries.flatMap(({ payload }) => JSON.parse(payload) as BucketDelta[]);
  return { expectedWatermark: watermark, newWatermark: last.id, deltas, deadLetters: [] };
}

/** Opening plus stream, summed without the store. */
function expectedFields(entries: readonly StreamEntry[], kind: string, period: string) {
  const fields: Record<string, number> = {};
  const all = [...OPENING, ...entries.flatMap(({ payload }) => JSON.parse(payload) as BucketDelta[])];
  for (const change of all) {
    if (change.kind !== kind || change.period !== period) continue;
    const before = fields[change.field];
    if (before === undefined) fields[change.field] = change.value;
    else if (kind === 'onpromotion_daily') fields[change.field] = Math.max(before, change.value);
    else fields[change.field] = before + change.value;
  }
  return fields;
}

/** @param share of the random cases to try, for a store whose every step is many calls. */
export function describeExactlyOnce(makeStore: MakeStore, share = 1): void {
  describe('every bucket', () => {
    it('is its opening plus the stream, whatever is retried, repeated or overlaps', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 40 }), async (actions) => {
          const store = await makeStore();
          await store.openHistory({ liveFrom: '2026-01-05', storeCount: 0, openingBalances: OPENING });
          const held: [AggregationCommit | null, AggregationCommit | null] = [null, null];
          for (const [index, next] of actions.entries()) {
            if ('deliver' in next) {
              const batch = [entry(entryIdAt(index + 1), JSON.stringify(next.deliver))];
              await store.append(batch);
              if (next.again) expect((await store.append(batch)).duplicates).toHaveLength(1);
            } else if ('read' in next) {
              held[next.read] = await readCommit(store, next.limit);
            } else {
              const commit = held[next.commit];
              if (!commit) continue;
              const outcome = await store.commit(commit);
              if (next.twice && outcome !== 'lost-race') {
                expect(await store.commit(commit)).toBe('already-applied');
              }
            }
          }
          for (let rest = await readCommit(store, 100); rest; rest = await readCommit(store, 100)) {
            expect(await store.commit(rest)).toBe('applied');
          }
          const entries = await store.readStream(null, 100);
          for (const [kind, period] of BUCKETS) {
            expect((await store.readBucket(kind, period)).fields).toEqual(
              expectedFields(entries, kind, period),
            );
          }
        }),
        { numRuns: runsOf(share) },
      );
    });
  });
}
