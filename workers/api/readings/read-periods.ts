import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type SeriesId, seriesKey } from '../../../shared/schemas/series.ts';
import type { ApiContext } from '../context.ts';
import { type Period, type PeriodSum, sumPeriods } from './period-sums.ts';
import type { Position } from './position.ts';
import { requireSeries } from './require-series.ts';

/**
 * Reads a series' days and the buckets of the periods that `periodsUpTo` names for the day in progress.
 *
 * @throws {ApiProblem} `unknown-*` or `not-ready`.
 */
export async function readPeriods(
  { requireCatalog, series, store }: ApiContext,
  { storeNbr, family }: SeriesId,
  kind: 'sales_weekly' | 'sales_monthly',
  periodsUpTo: (day: DayNumber) => readonly Period[],
): Promise<{ readonly sums: readonly PeriodSum[]; readonly position: Position }> {
  requireSeries((await requireCatalog()).value, storeNbr, family);
  const closed = await series.read(storeNbr, family);
  const { businessDay } = closed.position;
  const periods = periodsUpTo(businessDay);
  const key = seriesKey(storeNbr, family);
  const names = periods.map(({ name }) => name);
  const [buckets, [today]] = await Promise.all([
    store.readField(kind, names, key),
    store.readField('sales_daily', [toIsoDate(businessDay)], key),
  ]);
  const sums = sumPeriods(closed, periods, { periods: buckets, today: today ?? null });
  return { sums, position: closed.position };
}
