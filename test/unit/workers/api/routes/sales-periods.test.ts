import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoMonthOf, isoWeekOf } from '../../../../../shared/calendar/date-parts.ts';
import { toDayNumber } from '../../../../../shared/calendar/day-number.ts';
import { salesDailyBodySchema } from '../../../../../shared/schemas/api/sales-daily.ts';
import {
  salesMonthlyBodySchema,
  salesWeeklyBodySchema,
} from '../../../../../shared/schemas/api/sales-periods.ts';
import type { Closures } from '../../../../../shared/schemas/catalog.ts';
import { MISSING } from '../../../../../shared/schemas/history-chunk.ts';
import { monthsUpTo, weeksUpTo } from '../../../../../workers/api/queries/period-sums.ts';
import { sampleSeries } from '../../../../support/api/memory-sales.ts';
import {
  createSampleApi,
  publishCatalog,
  sampleCatalog,
  seriesQuery,
  TODAY,
} from '../../../../support/api/sample-api.ts';

const query = seriesQuery('45', 'BOOKS');

it('weeks and months add up to the days, whatever was sold and whatever is not known', async () => {
  const api = await createSampleApi();
  const day = fc.oneof(
    { weight: 9, arbitrary: fc.nat(3_000_000) },
    { weight: 1, arbitrary: fc.constant(MISSING) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 120 }), async (days) => {
      api.sales.series.set(
        '45:BOOKS',
        sampleSeries(TODAY, days.length, (index) => days[index] ?? 0),
      );
      const daily = salesDailyBodySchema.parse(
        await (await api.get(`/v1/sales/daily?${query}&days=400`)).json(),
      );
      const weekly = salesWeeklyBodySchema.parse(
        await (await api.get(`/v1/sales/weekly?${query}&weeks=104`)).json(),
      );
      const monthly = salesMonthlyBodySchema.parse(
        await (await api.get(`/v1/sales/monthly?${query}&months=36`)).json(),
      );
      const all = [...daily.points, daily.today];
      expect(toMap(weekly.points, 'week')).toEqual(sumBy(all, (date) => isoWeekOf(toDayNumber(date))));
      expect(toMap(monthly.points, 'month')).toEqual(sumBy(all, (date) => date.slice(0, 7)));
    }),
    { numRuns: 60 },
  );
});

/** Sums in thousandths of a unit, periods of which nothing is known left out. */
function sumBy(points: readonly { date: string; units: number | null }[], nameOf: (date: string) => string) {
  const sums: Record<string, number> = {};
  for (const { date, units } of points) {
    const name = nameOf(date);
    if (units !== null) sums[name] = (sums[name] ?? 0) + Math.round(units * 1000);
  }
  return dropZeros(sums);
}

function toMap<Name extends string>(
  points: readonly (Record<Name, string> & { units: number | null })[],
  name: Name,
) {
  return dropZeros(
    Object.fromEntries(points.map((point) => [point[name], Math.round((point.units ?? 0) * 1000)])),
  );
}

/** Nothing sold and nothing known add the same to a sum. */
function dropZeros(sums: Record<string, number>) {
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

describe('a period is complete', () => {
  const weeks = async (days: readonly number[], closures?: Closures) => {
    const api = await createSampleApi();
    if (closures) await publishCatalog(api.objects, { ...sampleCatalog, closures });
    api.sales.series.set(
      '45:BOOKS',
      sampleSeries(TODAY, days.length, (index) => days[index] ?? 0),
    );
    const response = await api.get(`/v1/sales/weekly?${query}&weeks=4`);
    return salesWeeklyBodySchema.parse(await response.json()).points;
  };

  it('when all of its days are closed and known', async () => {
    // 28 days up to Sunday 2026-11-22, which is still in progress.
    const points = await weeks(new Array(28).fill(1000));
    expect(points.map(({ week, units, complete }) => [week, units, complete])).toEqual([
      ['2026-W44', 7, true],
      ['2026-W45', 7, true],
      ['2026-W46', 7, true],
      ['2026-W47', 7, false],
    ]);
    expect(points[0]).toMatchObject({ from: '2026-10-26', to: '2026-11-01' });
  });

  it('when its store was shut on the days that are missing', async () => {
    // Missing: each Sunday, and the Thursday of the third week, on which the store should have been open.
    const days = Array.from({ length: 28 }, (_, day) => (day % 7 === 6 || day === 17 ? MISSING : 1000));
    const weekly = [{ store_nbr: '45', weekdays: [7], from: '2026-01-01' }];
    const points = await weeks(days, { intervals: [], weekly });
    expect(points.map(({ units, complete }) => [units, complete])).toEqual([
      [6, true],
      [6, true],
      [5, false],
      [6, false],
    ]);
  });

  it('but not when a day is missing or the history starts in it', async () => {
    const points = await weeks(Array.from({ length: 24 }, (_, index) => (index === 5 ? MISSING : 1000)));
    expect(points.map(({ units, complete }) => [units, complete])).toEqual([
      [3, false],
      [6, false],
      [7, true],
      [7, false],
    ]);
  });
});

it('weeks and months up to a day lie next to each other without a gap and end with that day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10_000, max: 40_000 }), fc.integer({ min: 1, max: 40 }), (day, count) => {
      for (const [periods, nameOf] of [
        [weeksUpTo(day, count), isoWeekOf],
        [monthsUpTo(day, count), isoMonthOf],
      ] as const) {
        expect(periods).toHaveLength(count);
        periods.forEach((period, index) => {
          expect(nameOf(period.firstDay)).toBe(period.name);
          expect(nameOf(period.lastDay)).toBe(period.name);
          expect(nameOf(period.lastDay + 1)).not.toBe(period.name);
          if (index > 0) expect(period.firstDay).toBe((periods[index - 1]?.lastDay ?? 0) + 1);
        });
        expect(periods.at(-1)?.name).toBe(nameOf(day));
      }
    }),
  );
});
