import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { entryIdAt } from '../../../shared/sales-store/entry-id.ts';
import { RETENTION } from '../../../shared/sales-store/retention.ts';
import { MISSING } from '../../../shared/schemas/history-chunk.ts';
import type { SeriesKey } from '../../../shared/schemas/series.ts';
import { commitDeltas, delta, type MakeStore, openedStore, runsOf, smallHistory } from './context.ts';

const LIVE_FROM = toDayNumber('2026-01-05');
const SERIES: readonly SeriesKey[] = ['1:DAIRY', '1:BREAD/BAKERY', '2:DAIRY', '2:BREAD/BAKERY'];

type Step =
  | { readonly sale: SeriesKey; readonly day: number; readonly units: number; readonly promoted: number }
  | { readonly tickets: '1' | '2'; readonly day: number; readonly count: number }
  | { readonly compactThrough: number; readonly limit: number };

const dayInWeek = fc.integer({ min: 0, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    sale: fc.constantFrom(...SERIES),
    day: dayInWeek,
    units: fc.nat(3000),
    promoted: fc.nat(5),
  }),
  fc.record({ tickets: fc.constantFrom('1' as const, '2' as const), day: dayInWeek, count: fc.nat(90) }),
  fc.record({ compactThrough: dayInWeek, limit: fc.integer({ min: 1, max: 5 }) }),
);

/** What a reading must be, from the plain list of what arrived: no packing, no compaction. */
function expectedReading(steps: readonly Step[], series: SeriesKey, through: number) {
  const store = series.slice(0, 1);
  const past = smallHistory().series.find(({ family }) => series.endsWith(family));
  const milliUnits = [...(past?.milli_units ?? [])];
  const onpromotion = [...(past?.onpromotion ?? [])];
  const tickets = [...(smallHistory().tickets ?? [])];
  for (let day = 0; day <= through; day++) {
    const sales = steps.filter((s) => 'sale' in s && s.day === day && s.sale.startsWith(`${store}:`));
    const own = sales.flatMap((s) => ('sale' in s && s.sale === series ? [s] : []));
    const counts = steps.flatMap((s) => ('tickets' in s && s.day === day && s.tickets === store ? [s] : []));
    const open = sales.length > 0 || counts.length > 0;
    milliUnits.push(own.length > 0 || open ? own.reduce((sum, s) => sum + s.units, 0) : MISSING);
    onpromotion.push(own.reduce((most, s) => Math.max(most, s.promoted), 0));
    tickets.push(counts.length > 0 ? counts.reduce((sum, s) => sum + s.count, 0) : MISSING);
  }
  return { milliUnits, onpromotion, tickets };
}

/** @param share of the random cases to try, for a store whose every step is many calls. */
export function describeCompaction(makeStore: MakeStore, share = 1): void {
  describe('compaction', () => {
    it('works in chunks and says how many series remain', async () => {
      const store = await openedStore(makeStore);
      await commitDeltas(store, '1-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 9)]);
      expect(await store.compact({ through: '2026-01-05', limit: 1 })).toEqual({
        compacted: 1,
        remaining: 1,
      });
      expect((await store.status()).compactedThrough).toBe('2026-01-04');
      expect(await store.compact({ through: '2026-01-05', limit: 9 })).toEqual({
        compacted: 1,
        remaining: 0,
      });
      expect((await store.status()).compactedThrough).toBe('2026-01-05');
      expect(await store.compact({ through: '2026-01-05', limit: 9 })).toEqual({
        compacted: 0,
        remaining: 0,
      });
    });

    it('makes room for a late row: its day is read from the bucket again', async () => {
      const store = await openedStore(makeStore);
      await commitDeltas(store, '1-0', [
        delta('sales_daily', '2026-01-05', '1:DAIRY', 9),
        delta('sales_daily', '2026-01-06', '1:DAIRY', 1),
      ]);
      await store.compact({ through: '2026-01-06', limit: 9 });
      await commitDeltas(store, '2-0', [delta('sales_daily', '2026-01-05', '1:DAIRY', 3)]);
      expect((await store.status()).compactedThrough).toBe('2026-01-04');
      const reading = await store.readSeries('1:DAIRY', '2026-01-06');
      expect(reading?.milliUnits.slice(4)).toEqual(Int32Array.of(12, 1));
    });

    it('keeps as many days as the features look back, and reads no more before it either', async () => {
      const store = await makeStore();
      const days = RETENTION.historyDays + 20;
      const values = Array.from({ length: days }, (_, day) => day);
      await store.openHistory({ liveFrom: '2026-01-05', storeCount: 1, openingBalances: [] });
      await store.importHistory({
        store_nbr: '1',
        first_date: toIsoDate(LIVE_FROM - days),
        last_date: '2026-01-04',
        tickets: values,
        series: [{ family: 'DAIRY', milli_units: values, onpromotion: values }],
      });
      await commitDeltas(store, '1-0', [
        delta('sales_daily', '2026-01-05', '1:DAIRY', 9000),
        delta('transactions_daily', '2026-01-05', '1', 7),
      ]);
      const before = await store.readSeries('1:DAIRY', '2026-01-05');
      await store.compact({ through: '2026-01-05', limit: 9 });
      const after = await store.readSeries('1:DAIRY', '2026-01-05');
      const kept = values.slice(-RETENTION.historyDays + 1);
      expect(after).toEqual(before);
      expect(after).toMatchObject({
        firstDate: toIsoDate(LIVE_FROM - RETENTION.historyDays + 1),
        milliUnits: Int32Array.from([...kept, 9000]),
        onpromotion: Uint16Array.from([...kept, 0]),
        tickets: Int32Array.from([...kept, 7]),
      });
    });

    it('never changes a reading, whatever arrives late and however it is cut', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          const store = await makeStore();
          await store.openHistory({ liveFrom: '2026-01-05', storeCount: 2, openingBalances: [] });
          await store.importHistory(smallHistory(1));
          await store.importHistory(smallHistory(2));
          for (const [index, next] of steps.entries()) {
            const id = entryIdAt(index + 1);
            if ('compactThrough' in next) {
              await store.compact({
                through: toIsoDate(LIVE_FROM + next.compactThrough),
                limit: next.limit,
              });
              continue;
            }
            const date = toIsoDate(LIVE_FROM + next.day);
            await commitDeltas(
              store,
              id,
              'sale' in next
                ? [
                    delta('sales_daily', date, next.sale, next.units),
                    delta('onpromotion_daily', date, next.sale, next.promoted),
                  ]
                : [delta('transactions_daily', date, next.tickets, next.count)],
            );
          }
          for (const series of SERIES) {
            const reading = await store.readSeries(series, toIsoDate(LIVE_FROM + 6));
            expect({
              milliUnits: [...(reading?.milliUnits ?? [])],
              onpromotion: [...(reading?.onpromotion ?? [])],
              tickets: [...(reading?.tickets ?? [])],
            }).toEqual(expectedReading(steps, series, 6));
          }
        }),
        { numRuns: runsOf(share) },
      );
    });
  });
}
