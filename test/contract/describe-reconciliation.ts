import { describe, expect, it } from 'vitest';
import { DAY_MS, toIsoDate } from '../../shared/calendar/day-number.ts';
import { entryIdAt } from '../../shared/sales-store/entry-id.ts';
import { type PartitionReport, type Verdict, verdictOf } from '../../workers/local/reconcile/report.ts';
import {
  LIVE_FROM,
  liveFrom,
  ReconcileBench,
  SERIES,
  type TearableStore,
} from '../support/pipeline/reconcile-bench.ts';

const verdict = (report: PartitionReport): Verdict => verdictOf({ partitions: [report] });
const linesOf = ({ differences }: PartitionReport) =>
  differences.map(({ kinds: [kind], period, symptoms }) => `${kind} ${period}: ${symptoms}`);
const coverageOf = ({ coverage }: PartitionReport, part: string) =>
  coverage.find((line) => line.part === part) ?? null;
const open = ({ coverage }: PartitionReport) =>
  coverage.flatMap(({ part, notProvable }) =>
    notProvable.map(({ from, to, why }) => `${part} ${from} to ${to}: ${why}`),
  );

/**
 * What reconciliation has to find in a store of either kind.
 *
 * @param makeStore makes an empty store that shares nothing with any other.
 */
export function describeReconciliation(name: string, makeStore: () => Promise<TearableStore>): void {
  const openBench = async () => ReconcileBench.open(await makeStore());
  /** Twenty closed days: the stream has the last week of them. */
  const longRunning = async () => {
    const bench = await openBench();
    await bench.live(liveFrom, liveFrom + 19);
    return bench;
  };
  const [oldDay, oldWeek, oldMonth] = ['2026-01-13', '2026-W03', '2026-01'];
  const slotsByDay = '2026-01-17';

  describe(`reconciliation of ${name}`, () => {
    it('has every entry of a store whose first live day is long ago, and finds what was written by hand', async () => {
      const bench = await openBench();
      const day = liveFrom + 30;
      const date = toIsoDate(day);
      // No replay: all that was ever delivered came a month after the first live day.
      const noon = day * DAY_MS + DAY_MS / 2;
      await bench.count([1, 2, 3].map((minute) => bench.entryOf(noon + 60_000 * minute, [{ day }])));
      const right = await bench.reconcile();
      expect(right).toMatchObject({ entries: 3, completeFrom: null, differences: [], histories: [] });
      expect(open(right)).toEqual([]);
      expect(verdict(right)).toBe('proven');

      await bench.add('sales_daily', date, SERIES, 5_000_000_000);
      await bench.add('sales_weekly', '2026-W06', SERIES, 5_000_000_000);
      await bench.add('sales_monthly', '2026-02', SERIES, 5_000_000_000);
      await bench.add('sales_intraday', date, '120', 9_000_000_000);
      const wrong = await bench.reconcile();
      expect(new Set(wrong.differences.flatMap(({ values }) => values.map(({ kind }) => kind)))).toEqual(
        new Set(['sales_daily', 'sales_weekly', 'sales_monthly', 'sales_intraday']),
      );
      expect(verdict(wrong)).toBe('different');
      await bench.reconcile({ repair: true });
      expect(verdict(await bench.reconcile())).toBe('proven');
    });

    it('proves a healthy store that has run for long, and says by what', async () => {
      const bench = await longRunning();
      const report = await bench.reconcile();
      expect(report).toMatchObject({ differences: [], histories: [] });
      expect(open(report)).toEqual([]);
      expect(verdict(report)).toBe('proven');
      expect(report.completeFrom).toBe('2026-01-23');
      // Twenty closed days and the one that has just begun.
      const days = { periods: 21, provenBy: { histories: 15, stream: 6 }, different: 0 };
      expect(coverageOf(report, 'sales of days')).toMatchObject(days);
      expect(coverageOf(report, 'promotions of days')).toMatchObject(days);
      expect(coverageOf(report, 'tickets of days')).toMatchObject(days);
      expect(coverageOf(report, 'slots')).toMatchObject({ provenBy: { days: 10, stream: 6 }, different: 0 });
      expect(coverageOf(report, 'weeks')).toMatchObject({ provenBy: { days: 3, stream: 1 } });
      expect(coverageOf(report, 'months')).toMatchObject({ provenBy: { days: 1 } });
      expect(coverageOf(report, 'packed histories')).toMatchObject({
        periods: 60,
        provenBy: { dataset: 40, days: 15, stream: 5 },
      });
    });

    it.each([
      ['sales_daily', oldDay, SERIES, `sales_daily ${oldDay}: history`],
      ['onpromotion_daily', oldDay, SERIES, `${oldDay}: history`],
      ['transactions_daily', oldDay, '1', `${oldDay}: history`],
      ['sales_intraday', slotsByDay, '120', `${slotsByDay}: slots`],
      ['sales_weekly', oldWeek, SERIES, `sales_weekly ${oldWeek}: days`],
      ['sales_monthly', oldMonth, SERIES, `sales_monthly ${oldMonth}: days`],
    ] as const)(
      'finds a wrong value of %s %s that the stream does not have any more',
      async (kind, period, field, line) => {
        const bench = await longRunning();
        await bench.add(kind, period, field, 7);
        const report = await bench.reconcile({ repair: true });
        expect(linesOf(report).join()).toContain(line);
        expect(report.differences[0]?.outcome).toBe('not-recomputable');
        expect(verdict(report)).toBe('different');
      },
    );

    it('misses a day, a week and a month that are gone', async () => {
      const bench = await longRunning();
      await bench.torn.dropBucket('sales_daily', oldDay);
      await bench.torn.dropBucket('sales_weekly', oldWeek);
      await bench.torn.dropBucket('sales_monthly', oldMonth);
      const lines = linesOf(await bench.reconcile());
      expect(lines).toContain(`sales_daily ${oldDay}: history,missing`);
      expect(lines.join()).toMatch(/sales_weekly 2026-W03: .*missing.*sales_monthly 2026-01: .*missing/);
    });

    it('packs a history again that differs from the stream, and reports one that nothing can restore', async () => {
      const bench = await longRunning();
      const { store, setPacked } = bench.torn;
      await setPacked(SERIES, liveFrom + 18, 123);
      const found = await bench.reconcile();
      expect(found.histories).toMatchObject([
        { field: SERIES, days: { from: '2026-01-26', count: 1 }, held: 123, outcome: 'repairable' },
      ]);
      expect(verdict(found)).toBe('different');
      const repaired = await bench.reconcile({ repair: true });
      expect(repaired.histories).toMatchObject([{ outcome: 'repaired' }]);
      expect(verdict(repaired)).toBe('proven');
      await store.compact({ through: '2026-01-27', limit: 10 });
      expect(verdict(await bench.reconcile())).toBe('proven');

      await setPacked(SERIES, liveFrom + 3, 123);
      expect(linesOf(await bench.reconcile())).toEqual([
        expect.stringMatching(/^sales_daily 2026-01-11: history$/),
      ]);
    });

    it('compares imported days with the published history, and says so when there is none', async () => {
      const bench = await longRunning();
      await bench.torn.setPacked(SERIES, liveFrom - 5, 123);
      const report = await bench.reconcile();
      expect(report.histories).toMatchObject([
        { field: SERIES, days: { from: '2026-01-03' }, held: 123, outcome: 'not-recomputable' },
      ]);
      expect(verdict(report)).toBe('different');

      const alone = await bench.reconcile({ published: null });
      expect(open(alone)).toEqual([
        expect.stringMatching(/^packed histories 2025-11-29 to 2026-01-07: .*give --catalog/),
      ]);
      expect(verdict(alone)).toBe('not-provable');
      expect(verdict(await bench.reconcile({ published: null, since: LIVE_FROM }))).toBe('proven');
      // A later dataset may have been corrected: other values in it prove nothing.
      const later = await bench.reconcile({ dataset: { ...bench.dataset, liveFrom: '2026-01-20' } });
      expect(open(later)).toEqual([expect.stringMatching(/^packed histories 2026-01-03 to 2026-01-03: /)]);
    });

    it('is not mistaken about late rows, and says which days are being packed again', async () => {
      const bench = await longRunning();
      const day = liveFrom + 20;
      const late = [{ day: liveFrom + 6 }, { day: liveFrom + 10 }, { day: liveFrom + 17 }];
      await bench.count([bench.entryOf(day * DAY_MS + 3_600_000, late)]);
      const waiting = await bench.reconcile();
      expect(linesOf(waiting)).toEqual([]);
      expect(open(waiting)).toContainEqual(
        expect.stringMatching(/^sales of days 2026-01-14 to 2026-01-22: .*has not packed it yet/),
      );
      expect(verdict(waiting)).toBe('not-provable');
      await bench.torn.store.compact({ through: toIsoDate(day - 1), limit: 10 });
      const packed = await bench.reconcile();
      expect([linesOf(packed), open(packed)]).toEqual([[], []]);
      expect(verdict(packed)).toBe('proven');
    });

    it('notices an entry that is missing in the middle', async () => {
      const bench = await longRunning();
      const entry = bench.entryOf((liveFrom + 18) * DAY_MS + DAY_MS / 2, []);
      await bench.torn.dropEntry(entry);
      const report = await bench.reconcile();
      expect(report.completeFrom).toBe('2026-01-28');
      expect(linesOf(report)).toEqual([]);
      expect(verdict(report)).toBe('proven');
    });

    it('names what has no witness, unless training runs have archived it', async () => {
      const bench = await openBench();
      const last = liveFrom + 460;
      await bench.live(liveFrom, liveFrom + 60);
      for (let day = liveFrom; day <= liveFrom + 60; day++) await bench.archive(day);
      await bench.live(liveFrom + 61, last);
      const without = await bench.reconcile({
        published: { dataset: bench.objects, archive: { get: async () => null } },
      });
      expect(linesOf(without)).toEqual([]);
      expect(open(without)).toEqual([
        expect.stringMatching(/^weeks 2026-W02 to 2026-W06: the buckets of its days are no longer kept/),
        expect.stringMatching(/^months 2026-01 to 2026-02: the buckets of its days are no longer kept/),
        expect.stringMatching(/^packed histories 2026-02-08 to 2026-03-09: the buckets/),
      ]);
      expect(verdict(without)).toBe('not-provable');
      const archived = await bench.reconcile();
      expect(open(archived)).toEqual([]);
      expect(coverageOf(archived, 'packed histories')?.provenBy.archive).toBe(30);
      expect(coverageOf(archived, 'weeks')?.provenBy.archive).toBe(5);
      expect(verdict(archived)).toBe('proven');
      // It reads some 3,000 buckets.
    }, 240_000);

    it('gives entries running numbers that outlive them', async () => {
      const { store, audit } = await makeStore();
      const entries = [1, 2, 3].map((day) => ({
        id: entryIdAt((liveFrom + day) * DAY_MS),
        payload: `${day}`,
      }));
      await store.append(entries.slice(0, 2));
      const numbers = async () => (await audit.readEntries(null, 10)).map(({ number }) => number);
      expect(await numbers()).toEqual([1, 2]);
      const [, second] = entries;
      if (!second) throw new Error('two entries are needed');
      await store.commit({ expectedWatermark: null, newWatermark: second.id, deltas: [], deadLetters: [] });
      await store.expire(toIsoDate(liveFrom + 30));
      expect(await numbers()).toEqual([]);
      await store.append(entries.slice(1));
      expect(await numbers()).toEqual([3]);
    });
  });
}
